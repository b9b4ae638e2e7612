import { type Begun, formatLocation, joinLocation, type Location, noConditionalWrites } from '@fletching/storage'
import type { State } from './places.ts'
import { readRecord, textOf } from './state-record.ts'

/** A run that goes on from a manifest. */
export interface Run {
  readonly id: string
  readonly output: string
  /** The ETag of that manifest; null before the first. */
  readonly before: string | null
}

interface RunRecord extends Run {
  readonly recordVersion: 1
  readonly begun: readonly Begun[]
}

/**
 * What a run has begun and nobody sees, kept in the state folder while it is under way, so that another can take it away if this one
 * cannot: the uploads under way on S3, and temporary files.
 *
 * - Cost: a small object for each output, or for those that are begun together, written again as a whole; none for a part of it. A run of many
 *   outputs has several records, so that the cost of each stays the same.
 */
export class RunLog {
  readonly #state: State
  readonly #run: Run
  /** By record. */
  readonly #begun: Begun[][] = [[]]
  /** Numbers of the records that name something which is not written. */
  readonly #changed = new Set<number>()
  #writing = Promise.resolve()
  /** The writing behind the one at hand, which takes all that is added until it begins. */
  #nextWriting: Promise<void> | undefined

  private constructor(state: State, run: Run) {
    this.#state = state
    this.#run = run
  }

  /**
   * Begins the log, which also tries whether the state folder can be written and keeps two runs apart.
   *
   * - Errors: ACCESS_DENIED and the like; NO_CONDITIONAL_WRITES (environment), unless the state says that there is a single writer.
   */
  static async open(state: State, run: Run): Promise<RunLog> {
    const log = new RunLog(state, run)
    if (state.isSingleWriter) {
      await log.#write(0)
      return log
    }
    await log.#write(0, { etag: undefined })
    // It is there now, so that a place which keeps the condition says no.
    if (await log.#write(0, { etag: undefined })) {
      await log.close()
      throw noConditionalWrites(formatLocation(state.folder))
    }
    return log
  }

  /** Resolves when what was begun is on record. */
  add(begun: Begun): Promise<void> {
    const last = this.#begun[this.#begun.length - 1]
    if (last.length < RECORD_BEGUN_MAX) last.push(begun)
    else this.#begun.push([begun])
    this.#changed.add(this.#begun.length - 1)
    this.#nextWriting ??= this.#writeNext()
    return this.#nextWriting
  }

  /** Takes away all that was begun; false when some of it may be left. */
  async abandon(): Promise<boolean> {
    return abandonAll(this.#state, this.#begun.flat())
  }

  async close(): Promise<void> {
    for (const number of this.#begun.keys()) await this.#state.store.remove(this.#location(number))
  }

  async #writeNext(): Promise<void> {
    // Whether it succeeds is told to those who wait for it.
    await this.#writing.catch(() => {})
    this.#nextWriting = undefined
    this.#writing = this.#writeChanged()
    await this.#writing
  }

  async #writeChanged(): Promise<void> {
    const numbers = [...this.#changed]
    this.#changed.clear()
    for (const number of numbers) await this.#write(number)
  }

  #write(number: number, condition?: { readonly etag: undefined }): Promise<boolean> {
    const record: RunRecord = { recordVersion: 1, ...this.#run, begun: this.#begun[number] }
    return this.#state.store.put(this.#location(number), Buffer.from(`${JSON.stringify(record)}\n`), condition)
  }

  #location(number: number): Location {
    return joinLocation(runsFolder(this.#state), `${this.#run.id}${number === 0 ? '' : `.${number}`}.json`)
  }
}

/**
 * Takes away what runs left that can never show it, since the manifest has moved on from the one that they go on from; what runs that may be under
 * way have begun stays. What cannot be taken away now is left to a later run, with its record.
 *
 * - `isOver`: whether no run that goes on from the manifest of this ETag can commit any more.
 *
 * @returns what is still there, or may be.
 */
export async function sweep(state: State, isOver: (before: string | null) => boolean): Promise<Begun[]> {
  const left: Begun[] = []
  for await (const object of state.store.list(runsFolder(state))) {
    const found = await readRecord(state.store, object.location, textOf)
    const record = found === undefined ? undefined : parseRecord(found.value)
    if (record === undefined) continue
    if (isOver(record.before) && (await abandonAll(state, record.begun))) await state.store.remove(object.location)
    else left.push(...record.begun)
  }
  return left
}

async function abandonAll(state: State, all: readonly Begun[]): Promise<boolean> {
  let isGone = true
  for (const begun of all) {
    try {
      await (await state.storeOf(begun.name)).abandon(begun)
    } catch {
      isGone = false
    }
  }
  return isGone
}

/** Undefined for what is no record of a run of this version: whose it is, and what it names, is not known. */
function parseRecord(text: string): RunRecord | undefined {
  try {
    const record = JSON.parse(text) as Partial<RunRecord> | null
    const isRecord = record?.recordVersion === 1 && Array.isArray(record.begun) && record.begun.every(isBegun)
    return isRecord ? (record as RunRecord) : undefined
  } catch {
    return undefined
  }
}

function isBegun(begun: { readonly name?: unknown; readonly handle?: unknown } | null): boolean {
  return typeof begun?.name === 'string' && typeof begun.handle === 'string'
}

function runsFolder({ folder }: State): Location {
  return joinLocation(folder, 'runs/')
}

/** What a record names at most: some 15 kB. */
const RECORD_BEGUN_MAX = 100
