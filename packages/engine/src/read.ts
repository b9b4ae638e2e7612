import { setImmediate } from 'node:timers/promises'
import { internal } from '@fletching/columns/errors'
import { NdjsonDecoder } from '@fletching/ndjson'
import { type ObjectInfo, type Objects, type Store, storedBytes } from '@fletching/storage'
import type { Schema } from 'apache-arrow'
import { orAborted, untilAborted, WRITE_GRACE_MS } from './abort.ts'
import {
  type Accounting,
  addAccounting,
  addTally,
  assertAddsUp,
  emptyAccounting,
  newTally,
  rowsOut,
  type Tally,
} from './accounting.ts'
import { ContractCheck } from './contract-check.ts'
import type { Coordinator } from './coordinator.ts'
import type { Crew } from './crew.ts'
import type { Decided, Deduplicator } from './deduplicator.ts'
import { explodedSchema } from './exploder.ts'
import { tellsFailedRow } from './failed-row.ts'
import type { InflateAhead } from './inflate-ahead.ts'
import { InputList, type Inputs } from './input-list.ts'
import { assertReadWithin } from './limits.ts'
import { LineLimit, malformedLines, rejectedLines } from './line-limit.ts'
import { malformedError } from './malformed.ts'
import type { Meter } from './meter.ts'
import type { Ended, EndedObject, MorselBody, Reject, Undecided } from './morsel.ts'
import { writtenSchema } from './operators.ts'
import type { RunOptions } from './options.ts'
import type { PhysicalPlan } from './physical.ts'
import { Pipeline } from './pipeline.ts'
import { withObjectColumns } from './provenance.ts'
import { ReadAhead } from './read-ahead.ts'
import { readSplit } from './read-split.ts'
import { addRefused, type Refused } from './refused.ts'
import type { InputInfo } from './report.ts'
import type { Split, Unit, Units } from './split.ts'
import { rejectsOf } from './tail.ts'
import type { Threads } from './threads.ts'
import { type ScanMessage, type ScanSource, UnitScanner } from './unit-scanner.ts'
import { unpackBody, unpackError } from './worker-messages.ts'

/** What became of the whole input. */
export interface ReadInput {
  readonly inputs: Inputs
  /** Of all of them. */
  readonly accounting: Accounting
  /** Lines that the fast scanner left to the strict one. */
  readonly slowLines: number
  /** Values that were changed on the way, by `column: what`. */
  readonly converted: Tally
  readonly refused: Refused
  /** In texts of the CSVs. */
  readonly lineBreaksReplaced: number
}

/** What is to be read, and by whom. */
export interface InputWork {
  readonly plan: PhysicalPlan
  readonly store: Store
  readonly objects: Objects
  readonly units: Units
  /** Those who scan the units; without one, this thread does. */
  readonly crew: Crew | undefined
  /** All of the input, where it is a single compressed object that a thread inflates. */
  readonly archive: InflateAhead | undefined
  readonly threads: Threads
  /** Is told what every operator does on this thread. */
  readonly meter: Meter | undefined
}

/** The stored bytes of a split, from a store that has to be waited for. */
type Chunks = ScanSource['chunks']

/**
 * Reads every object once and hands its morsels on in the order of the input, on this thread or on several. What is in memory has
 * bounds that do not depend on the input: a worker waits when its messages are not taken, and a sink is waited for.
 *
 * - Errors: MALFORMED_JSON (data) for the first malformed line under `fail`; CONTRACT_BROKEN (data) for the first that is set aside for a frozen
 *   column, unless a malformed one comes before; TOO_MANY_MALFORMED (data) as soon as a limit in
 *   lines is passed; what the store and gzip report; the signal's reason.
 */
export async function readObjects(work: InputWork, coordinator: Coordinator, options: RunOptions): Promise<ReadInput> {
  const deduplicator = await openDeduplicator(work, options)
  const { frozen, lineBytesMax } = work.plan
  const contracts = frozen === undefined ? undefined : new ContractCheck(frozen, lineBytesMax)
  const reading = new Reading(coordinator, work.objects, options, deduplicator, contracts)
  const { store, units, threads } = work
  const read = (split: Split, signal: AbortSignal) => readSplit(store, split, signal)
  const ahead = new ReadAhead({ units, bytesMax: threads.aheadBytes, read })
  const chunks = (split: Split) => reading.watch(ahead.take(split))
  try {
    if (work.crew === undefined) await readHere(work, reading, chunks)
    else await readWithCrew(work, work.crew, reading, chunks, options.tmp)
    ahead.close()
    await reading.takeRest()
    return reading.finish()
  } catch (error) {
    if (!tellsFailedRow(error)) throw error
    const { withLine } = await import('./failed-line.ts')
    throw await withLine(error, work.plan, work, options.signal)
  } finally {
    ahead.close()
    await deduplicator?.close()
  }
}

/** For a plan that drops duplicates. */
async function openDeduplicator(
  { plan, threads: { keyBytes }, meter }: InputWork,
  { tmp, signal }: RunOptions,
): Promise<Deduplicator | undefined> {
  if (plan.dropDuplicates === undefined) return undefined
  const { Deduplicator } = await import('./deduplicator.ts')
  return new Deduplicator(plan, plan.dropDuplicates, { bytesMax: keyBytes, tmp, signal }, meter)
}

async function readHere(
  { plan, store, units, archive, meter }: InputWork,
  reading: Reading,
  chunks: Chunks,
): Promise<void> {
  const { gzipRatioMax } = plan
  let source: ScanSource = { store, chunks, gzipRatioMax }
  if (archive !== undefined) {
    const contents = () => reading.untilAborted(archive.content((bytes) => reading.countRead(bytes)))
    source = { ...source, contents }
  }
  const scanner = new UnitScanner(new Pipeline(plan, meter), source, meter)
  // Nothing has been read, but all is loaded.
  reading.countRead(0)
  for (const unit of units) {
    if (reading.hasRows && isBegin(unit)) return
    for await (const message of scanner.scan(unit)) await reading.take(message)
  }
}

async function readWithCrew(
  { plan, objects, units, threads: { windowBytes } }: InputWork,
  crew: Crew,
  reading: Reading,
  chunks: Chunks,
  tmp: string | undefined,
): Promise<void> {
  const schemas = {
    sinks: plan.sinks.map(writtenSchema),
    undecided: plan.dropDuplicates && undecidedSchema(plan),
  }
  const onRead = (bytes: number) => reading.countRead(bytes)
  let number = 0
  for await (const message of reading.untilAborted(crew.scan({ objects, units, windowBytes, tmp, chunks, onRead }))) {
    if (message.unit !== number) {
      number = message.unit
      if (reading.hasRows && isBegin(units.at(number))) return
    }
    if (message.kind === 'failed') throw unpackError(message.error)
    if (message.kind === 'ended') await reading.take(message)
    else {
      const body = unpackBody(message, schemas)
      await reading.take({ kind: 'morsel', index: message.index, body })
    }
  }
}

/** Whether a unit begins with an object, and does not go on with one. */
function isBegin(unit: Unit | undefined): boolean {
  return unit?.splits[0].start === 0
}

/** The schema of rows of which it is not yet known which repeat others. */
function undecidedSchema({ scan, objectColumns, explode }: PhysicalPlan): Schema {
  const schema = withObjectColumns(new NdjsonDecoder(scan, { scanner: 'ts' }).schema, objectColumns)
  return explode === undefined ? schema : explodedSchema(schema, explode)
}

/** How far the reading is, what is known of every object, and the policy on what it meets. */
class Reading {
  readonly #coordinator: Coordinator
  readonly #options: RunOptions
  readonly #objects: Objects
  readonly #first: ObjectInfo | undefined
  readonly #bytesTotal: number
  readonly #deduplicator: Deduplicator | undefined
  readonly #contracts: ContractCheck | undefined
  /** Those before the last. */
  readonly #read = new InputList()
  /** The last, of which more splits may come. */
  #last: { readonly index: number; readonly input: InputInfo } | undefined
  /** Of all objects together. */
  readonly #accounting = emptyAccounting()
  readonly #converted = newTally()
  readonly #refused: Refused = new Map()
  #bytes = 0
  #rows = 0
  readonly #malformedLimit: LineLimit
  readonly #rejectsLimit: LineLimit
  #slowLines = 0
  #lineBreaksReplaced = 0
  #seq = 0
  #lastPause = performance.now()

  constructor(
    coordinator: Coordinator,
    objects: Objects,
    options: RunOptions,
    deduplicator: Deduplicator | undefined,
    contracts: ContractCheck | undefined,
  ) {
    this.#coordinator = coordinator
    this.#deduplicator = deduplicator
    this.#contracts = contracts
    this.#objects = objects
    this.#options = options
    this.#malformedLimit = new LineLimit(malformedLines, options)
    this.#rejectsLimit = new LineLimit(rejectedLines, options)
    this.#first = objects.at(0)
    this.#bytesTotal = storedBytes(objects)
  }

  /** Takes the next message in the order of the input. */
  async take(message: ScanMessage): Promise<void> {
    this.#options.signal?.throwIfAborted()
    switch (message.kind) {
      case 'morsel':
        if (message.body.undecided === undefined) await this.#append(message.index, message.body)
        else await this.#decide(message.index, message.body.undecided)
        break
      case 'ended':
        this.#count(message.ended)
        break
      case 'progress':
        this.countRead(message.bytes)
        await this.#pause()
    }
  }

  /** Whether as many rows as a run may read have come, so that it ends where an object does. */
  get hasRows(): boolean {
    return this.#rows >= (this.#options.rowsMax ?? Number.POSITIVE_INFINITY)
  }

  countRead(bytes: number): void {
    this.#bytes += bytes
    this.#tell()
  }

  /** Takes what had to wait for the end of the input. */
  async takeRest(): Promise<void> {
    for await (const decided of this.#deduplicator?.rest() ?? []) {
      this.#options.signal?.throwIfAborted()
      await this.#writeDecided(decided)
      this.#tell()
    }
  }

  /** What became of every object, each with all of its lines accounted for. */
  finish(): ReadInput {
    this.#endLast()
    const inputs = this.#deduplicator === undefined ? this.#read : withCounts(this.#read, this.#deduplicator)
    if (this.#deduplicator !== undefined) for (const input of inputs) this.#account(input)
    return {
      inputs,
      accounting: this.#accounting,
      slowLines: this.#slowLines,
      converted: this.#converted,
      refused: this.#refused,
      lineBreaksReplaced: this.#lineBreaksReplaced,
    }
  }

  /** Passes stored bytes through, telling the progress. */
  async *watch(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    const first = this.#first
    for await (const bytes of this.untilAborted(source)) {
      this.countRead(bytes.length)
      if (first?.location.scheme === 'stdin') assertReadWithin(this.#bytes, first, this.#options)
      yield bytes
    }
  }

  /** Passes things through, and ends with the reason of the run's signal once that is given. */
  untilAborted<T>(source: AsyncIterable<T>): AsyncGenerator<T> {
    return untilAborted(source, this.#options.signal)
  }

  async #append(index: number, body: MorselBody): Promise<void> {
    const linesBefore = this.#linesBefore(index)
    this.#judge(body.rejects, linesBefore)
    await this.#write({ body, linesBefore })
  }

  /** Malformed lines are judged at once, although the rows beside them may have to wait. */
  async #decide(index: number, undecided: Undecided): Promise<void> {
    const linesBefore = this.#linesBefore(index)
    this.#judge(rejectsOf(undecided.malformed, [], undecided.objects), linesBefore)
    const decided = await this.#deduplicator?.take(undecided, linesBefore)
    if (decided !== undefined) await this.#writeDecided(decided)
  }

  /** Applies the policy on malformed lines and the contracts of columns: the first line that fails the run does. */
  #judge(rejects: readonly Reject[], linesBefore: number): void {
    for (const reject of rejects) this.#judgeLine({ ...reject, line: reject.line + linesBefore })
    this.#malformedLimit.add(
      rejects.filter(({ stage }) => stage === 'malformed'),
      linesBefore,
    )
  }

  #judgeLine(reject: Reject): void {
    const { onMalformed = 'fail' } = this.#options
    if (reject.stage === 'malformed' && onMalformed === 'fail') throw malformedError(reject, this.#options)
    const broken = this.#contracts?.brokenBy(reject)
    if (broken !== undefined) throw broken
  }

  /** Malformed lines among the rejects have been judged. */
  async #writeDecided(decided: Decided): Promise<void> {
    const { body, linesBefore } = decided
    for (const reject of body.rejects) {
      if (reject.stage === 'setAside') this.#judgeLine({ ...reject, line: reject.line + linesBefore })
    }
    await this.#write(decided)
  }

  async #write({ body: { parts, rejects }, linesBefore }: Decided): Promise<void> {
    this.#rejectsLimit.add(rejects, linesBefore)
    for (const part of parts) if (part.format === 'csv') this.#lineBreaksReplaced += part.lineBreaksReplaced
    const { onMalformed = 'fail', redactRejects = false } = this.#options
    const kept = onMalformed === 'skip' ? rejects.filter(({ stage }) => stage !== 'malformed') : rejects
    const placed = linesBefore === 0 ? kept : kept.map((reject) => ({ ...reject, line: reject.line + linesBefore }))
    const told = redactRejects ? placed.map((reject) => ({ ...reject, text: undefined })) : placed
    // A sink that does not answer must not keep a signal waiting.
    const written = this.#coordinator.append({ seq: this.#seq++, parts, rejects: told })
    await orAborted(written, this.#options.signal, WRITE_GRACE_MS)
  }

  /** Line numbers of a split count from its start; with these they become those of the object. */
  #linesBefore(index: number): number {
    return this.#last?.index === index ? this.#last.input.accounting.lines : 0
  }

  #count({ objects, remarks: { slowLines, converted, tallies } }: Ended): void {
    for (const ended of objects) {
      this.#rows += rowsOut(ended.counts.accounting)
      const input = this.#inputOf(ended)
      if (this.#last?.index === ended.index) this.#last = { index: ended.index, input: sumOf(this.#last.input, input) }
      else {
        this.#endLast()
        this.#last = { index: ended.index, input }
      }
    }
    this.#slowLines += slowLines
    addTally(this.#converted, converted)
    addRefused(this.#refused, tallies)
    this.#tell()
  }

  #inputOf({ index, counts: { object, ...counts } }: EndedObject): InputInfo {
    const { bytes, uncompressedBytes, accounting } = counts
    return { name: object, bytes, uncompressedBytes, etag: this.#objects.at(index)?.etag, accounting }
  }

  #endLast(): void {
    if (this.#last === undefined) return
    if (this.#last.index !== this.#read.length) throw internal(`object ${this.#last.index} ended out of order`)
    this.#read.add(this.#last.input)
    // What repeats others is known at the end alone.
    if (this.#deduplicator === undefined) this.#account(this.#last.input)
    this.#last = undefined
  }

  #account({ name, accounting }: InputInfo): void {
    assertAddsUp(accounting, name)
    addAccounting(this.#accounting, accounting)
  }

  /** Lets timers and signals have their turn, which reading without waiting would keep from them. */
  async #pause(): Promise<void> {
    const now = performance.now()
    if (now - this.#lastPause < PAUSE_EVERY_MS) return
    await setImmediate()
    this.#lastPause = performance.now()
  }

  #tell(): void {
    this.#options.onProgress?.({
      objects: this.#read.length + (this.#last === undefined ? 0 : 1),
      objectsTotal: this.#objects.length,
      bytes: this.#bytes,
      bytesTotal: this.#bytesTotal,
      rows: this.#rows + (this.#deduplicator?.rows ?? 0),
    })
  }
}

/** What became of an object, from what became of its splits. */
function sumOf(first: InputInfo, second: InputInfo): InputInfo {
  const accounting = emptyAccounting()
  for (const part of [first, second]) addAccounting(accounting, part.accounting)
  return {
    ...first,
    bytes: first.bytes + second.bytes,
    uncompressedBytes: first.uncompressedBytes + second.uncompressedBytes,
    accounting,
  }
}

/** What became of the objects, with what became of those of their rows that might repeat others. */
function withCounts(inputs: InputList, deduplicator: Deduplicator): InputList {
  const all = new InputList()
  const counted = deduplicator.counts()
  let next = counted.next()
  for (const input of inputs) {
    if (!next.done && next.value.index === all.length) {
      addAccounting(input.accounting, { ...emptyAccounting(), ...next.value.counts })
      next = counted.next()
    }
    all.add(input)
  }
  return all
}

/** Short enough for a progress line and for Ctrl-C. */
const PAUSE_EVERY_MS = 20
