import { internal } from '@fletching/columns/errors'
import { describeMalformed } from '@fletching/ndjson'
import { formatExpr, formatKeys, type OptimizedPlan } from '@fletching/plan'
import { Deduplicator } from './deduplicator.ts'
import { type FirstRow, keyTexts } from './first-rows.ts'
import type { FoundMessage } from './message-search.ts'
import { type Measured, Meter, operatorName } from './meter.ts'
import type { MorselBody, Reject, SinkPart, Undecided } from './morsel.ts'
import type { RunOptions } from './options.ts'
import type { PhysicalPlan } from './physical.ts'
import { Pipeline } from './pipeline.ts'
import { rejectsOf } from './tail.ts'
import { type TracedRow, tracedRow } from './traced-row.ts'

/** Where a line stands. */
export interface LinePlace {
  readonly object: string
  /** Counted from 1, in the object. */
  readonly line: number
  /** Of its first byte, in the uncompressed object. */
  readonly byteOffset: number
}

/** A step of a plan, and whether the event got over it. */
export interface TracedStep {
  /** In the words of the plan. */
  readonly step: string
  readonly passed: boolean
}

/** What became of an event. */
export type TraceEnd =
  | { readonly kind: 'row' }
  /** With the word under which a report counts it. */
  | { readonly kind: 'filtered'; readonly reason: string }
  /** With the place of the first event that is its like. */
  | { readonly kind: 'duplicate'; readonly of: LinePlace }
  | { readonly kind: 'setAside'; readonly column: string; readonly code: string }
  /** Not JSON: its bytes hold the id, and nothing more is known. */
  | { readonly kind: 'malformed'; readonly code: string; readonly message: string; readonly errorOffset: number }

/** The way of a line through a job. */
export interface Trace extends LinePlace {
  readonly lineBytes: number
  readonly end: TraceEnd
  /** Up to the one at which it ended; none for a line that is malformed. */
  readonly steps: readonly TracedStep[]
  /** One for each output, if a row came out. */
  readonly rows: readonly TracedRow[]
}

/** A line that was filtered before duplicates are dropped, with the number of the step, or else what came out of the pipeline. */
type Passage =
  | { readonly reason: string; readonly step: number }
  | { readonly reason: undefined; readonly body: MorselBody }

/**
 * Sends single lines through the pipeline of a plan, as a run does with all of them, and tells what became of each.
 *
 * - Order: of the input, where the plan drops duplicates.
 */
export class LineTracer {
  readonly #plan: PhysicalPlan
  readonly #steps: readonly string[]
  readonly #meter = new Meter()
  readonly #pipeline: Pipeline
  /** Of a plan that ends behind so many steps of the scan. */
  readonly #parts: readonly Pipeline[]
  readonly #deduplicator: Deduplicator | undefined
  readonly #firsts: Map<string, LinePlace & { undecided?: Undecided | undefined }>
  #traced = 0

  /** - `firsts`: the first rows of the input by their keys, where lines beside those that are traced may have the same. */
  constructor(
    plan: PhysicalPlan,
    { scan, residual, dropDuplicates }: OptimizedPlan,
    { tmp, signal }: Pick<RunOptions, 'tmp' | 'signal'>,
    firsts: ReadonlyMap<string, FirstRow> = new Map(),
  ) {
    this.#plan = plan
    const before = [...scan.steps, ...residual].map(({ predicate }) => formatExpr(predicate))
    const behind = dropDuplicates?.filters.map(({ predicate }) => formatExpr(predicate)) ?? []
    const first = dropDuplicates === undefined ? [] : [`first with its ${formatKeys(dropDuplicates.keys)}`]
    this.#steps = [...before, ...first, ...behind, 'every value fits its column']
    this.#pipeline = new Pipeline(plan, this.#meter)
    this.#parts = plan.scan.steps.map((_, number) => {
      const steps = plan.scan.steps.slice(0, number + 1)
      return new Pipeline({ ...plan, scan: { ...plan.scan, steps }, residual: [], sinks: [] })
    })
    this.#firsts = new Map(firsts)
    this.#deduplicator =
      plan.dropDuplicates === undefined
        ? undefined
        : new Deduplicator(plan, plan.dropDuplicates, { bytesMax: KEY_BYTES, tmp, signal }, this.#meter)
  }

  async trace(message: FoundMessage): Promise<Trace> {
    const { object, found, byteOffset } = message
    const about = { object: object.name, line: found.line, byteOffset, lineBytes: found.lineBytes }
    const passage = this.#pass(message)
    if (passage.reason !== undefined) return { ...about, ...this.#filtered(passage.step, passage.reason) }
    const { undecided, rejects, parts } = passage.body
    if (undecided === undefined) return { ...about, ...this.#ended(rejects, parts) }
    if (undecided.malformed.length > 0) {
      return { ...about, ...this.#ended(rejectsOf(undecided.malformed, [], undecided.objects), []) }
    }
    return { ...about, ...(await this.#decide(undecided, { object: object.name, line: found.line, byteOffset })) }
  }

  /** The keys of a line where duplicates are dropped; none of one that is not among those. */
  keysOf(message: FoundMessage): string[] {
    const passage = this.#pass(message)
    const { dropDuplicates } = this.#plan
    if (passage.reason !== undefined || passage.body.undecided === undefined || dropDuplicates === undefined) return []
    return keyTexts(passage.body.undecided, dropDuplicates).map(({ text }) => text)
  }

  async close(): Promise<void> {
    await this.#deduplicator?.close()
  }

  /** Up to where duplicates are dropped, or to the end of a plan that drops none. */
  #pass(message: FoundMessage): Passage {
    const { residual, scan } = this.#plan
    this.#meter.take()
    const { reason, body } = this.#send(this.#pipeline, message)
    if (reason === undefined) {
      if (body === undefined) throw internal(`nothing came of line ${message.found.line} of ${message.object.name}`)
      return { reason, body }
    }
    const inResidual = refusingFilter(this.#meter.take(), 0, residual.length)
    const step =
      inResidual < 0
        ? this.#parts.findIndex((part) => this.#send(part, message).reason !== undefined)
        : scan.steps.length + inResidual
    return { reason, step }
  }

  #send(pipeline: Pipeline, { object, found }: FoundMessage) {
    // Who wants to know the number of a line counts line ends.
    const linesAhead = this.#plan.scan.places?.some(({ of }) => of === 'line') === true ? found.line - 1 : 0
    pipeline.start(this.#traced++, object.name)
    if (found.line > 1) pipeline.skipTo(found.byteOffset - linesAhead)
    for (let left = linesAhead; left > 0; left -= LINE_ENDS.length) pipeline.push(LINE_ENDS.subarray(0, left))
    const bodies = pipeline.push(found.bytes)
    pipeline.end(0)
    const [body] = [...bodies, ...pipeline.flush()]
    const [{ counts }] = pipeline.takeEnded().objects
    const [reason] = Object.keys(counts.accounting.filtered)
    return { reason, body } as { reason: string | undefined; body: MorselBody | undefined }
  }

  /** Behind the filters that stand before duplicates are dropped. */
  async #decide(undecided: Undecided, place: LinePlace): Promise<Pick<Trace, 'steps' | 'end' | 'rows'>> {
    const { scan, residual, dropDuplicates } = this.#plan
    if (dropDuplicates === undefined || this.#deduplicator === undefined) throw internal('the plan drops no duplicates')
    const [key] = keyTexts(undecided, dropDuplicates)
    const first = key === undefined ? undefined : this.#firsts.get(key.text)
    if (key !== undefined && first === undefined) this.#firsts.set(key.text, place)
    if (first?.undecided !== undefined) {
      if (!isSame(first, place)) await this.#take(first.undecided)
      first.undecided = undefined
    }
    this.#meter.take()
    const { rejects, parts } = await this.#take(undecided)
    const { duplicates, filtered } = this.#deduplicator.countsOf(undecided.objects[0].index)
    const at = scan.steps.length + residual.length
    if (duplicates > 0) {
      if (first === undefined) throw internal('an event repeats one that was not seen')
      const of = { object: first.object, line: first.line, byteOffset: first.byteOffset }
      return { ...this.#stepsTo(at), end: { kind: 'duplicate', of }, rows: [] }
    }
    const [reason] = Object.keys(filtered)
    if (reason === undefined) return this.#ended(rejects, parts)
    const behind = refusingFilter(this.#meter.take(), residual.length, dropDuplicates.filters.length)
    return this.#filtered(at + 1 + behind, reason)
  }

  async #take(undecided: Undecided): Promise<MorselBody> {
    const decided = await this.#deduplicator?.take(undecided, 0)
    if (decided === undefined) throw internal('the keys of the events that are traced have no room in memory')
    return decided.body
  }

  #filtered(step: number, reason: string): Pick<Trace, 'steps' | 'end' | 'rows'> {
    return { ...this.#stepsTo(step), end: { kind: 'filtered', reason }, rows: [] }
  }

  /** Behind the last filter. */
  #ended([reject]: readonly Reject[], parts: readonly SinkPart[]): Pick<Trace, 'steps' | 'end' | 'rows'> {
    if (reject === undefined) {
      const rows = this.#plan.sinks.map((sink, number) => tracedRow(sink, parts[number]))
      return { ...this.#stepsTo(this.#steps.length), end: { kind: 'row' }, rows }
    }
    const { stage, code, column = '', errorOffset = 0 } = reject
    if (stage === 'setAside') {
      return { ...this.#stepsTo(this.#steps.length - 1), end: { kind: 'setAside', column, code }, rows: [] }
    }
    return { steps: [], end: { kind: 'malformed', code, message: describeMalformed(code), errorOffset }, rows: [] }
  }

  /** The steps up to the one that an event did not get over. */
  #stepsTo(ended: number): Pick<Trace, 'steps'> {
    return { steps: this.#steps.slice(0, ended + 1).map((step, number) => ({ step, passed: number < ended })) }
  }
}

/** Which of some filters, the first of which has this number in the plan, took a row in and gave none; -1 when none did. */
function refusingFilter(measured: Measured, first: number, count: number): number {
  return Array.from({ length: count }, (_, number) => measured[operatorName.filter(first + number)]).findIndex(
    (figures) => figures !== undefined && figures.rowsIn > figures.rowsOut,
  )
}

function isSame(left: LinePlace, right: LinePlace): boolean {
  return left.object === right.object && left.line === right.line
}

/** More than the keys of as many events as are traced, unless they are very long. */
const KEY_BYTES = 256 * 1024 * 1024
const LINE_ENDS = new Uint8Array(64 * 1024).fill(0x0a)
