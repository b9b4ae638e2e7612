import { internal } from '@fletching/columns/errors'
import { describeMalformed } from '@fletching/ndjson'
import { formatExpr, type OptimizedPlan } from '@fletching/plan'
import { newRowCounts } from './accounting.ts'
import { explodeRows } from './exploder.ts'
import { atLine, tellsRow } from './failed-row.ts'
import { itemOf, keyTexts, type LinePlace, type RowPlace, withItems } from './kept-rows.ts'
import type { FoundMessage } from './message-search.ts'
import type { Undecided } from './morsel.ts'
import { applyFilter, takeRows } from './operators.ts'
import type { PhysicalPlan } from './physical.ts'
import { Pipeline } from './pipeline.ts'
import { Tail } from './tail.ts'
import { type TracedRow, tracedRow } from './traced-row.ts'
import {
  duplicateJudge,
  filterJudge,
  fitJudge,
  type Judge,
  type Passage,
  type TracedStep,
  type TraceEnd,
  walk,
} from './traced-steps.ts'

/** The way of a line through a job, or of one of the rows that it becomes. */
interface Way {
  readonly end: TraceEnd
  /** Up to the one at which it ended; none for a line that is malformed. */
  readonly steps: readonly TracedStep[]
  /** One for each output, if a row came out. */
  readonly rows: readonly TracedRow[]
}

/** The way of a row that was made of an item, from there on. */
export interface TracedItem extends Way, Pick<RowPlace, 'item'> {}

/**
 * The way of a line through a job. Of a line that becomes several rows, it goes up to there, its end is that of the one that got furthest, as a report counts
 * it, and `items` has the rest.
 */
export interface Trace extends LinePlace, Way {
  readonly lineBytes: number
  /** In the order of the list. An item without a number is that of a line which had none, and yet became a row. */
  readonly items?: readonly TracedItem[]
}

/**
 * Sends single lines through the operators of a plan, as a run does with all of them, and tells what became of each.
 *
 * - Order: of the input, where the plan drops duplicates.
 */
export class LineTracer {
  readonly #plan: PhysicalPlan
  readonly #scanSteps: readonly string[]
  readonly #scan: Pipeline
  /** Of a scan that ends behind so many of its steps. */
  readonly #parts: readonly Pipeline[]
  readonly #residual: readonly Judge[]
  readonly #behind: readonly Judge[]
  readonly #tail: Tail
  #traced = 0

  /** - `kept`: the rows that the plan keeps, by their keys, where lines beside those that are traced may have the same. */
  constructor(plan: PhysicalPlan, { scan }: OptimizedPlan, kept: Map<string, RowPlace> = new Map()) {
    const { explode, dropDuplicates } = plan
    this.#plan = plan
    this.#scanSteps = scan.steps.map(({ predicate }) => formatExpr(predicate))
    this.#scan = new Pipeline(scanAlone(plan, plan.scan.steps.length))
    this.#parts = plan.scan.steps.map((_, number) => new Pipeline(scanAlone(plan, number + 1)))
    this.#residual = plan.residual.map(filterJudge)
    this.#behind = [
      ...(explode?.filters ?? []).map(filterJudge),
      ...(dropDuplicates === undefined ? [] : [duplicateJudge(dropDuplicates, kept)]),
      ...(dropDuplicates?.filters ?? []).map(filterJudge),
      fitJudge,
    ]
    const { dropDuplicates: _, ...rest } = plan
    this.#tail = new Tail(rest, undefined)
  }

  /** - Errors: those of the operators, with the line. */
  trace(message: FoundMessage): Trace {
    const place = placeOf(message)
    return { ...place, lineBytes: message.found.lineBytes, ...onLine(place, () => this.#wayOf(message, place)) }
  }

  /**
   * The keys of the rows of a line, where duplicates are dropped; none of those that do not get there.
   *
   * - Errors: those of the operators, with the line.
   */
  keysOf(message: FoundMessage): readonly string[] {
    const { residual, explode, dropDuplicates } = this.#plan
    const { row } = this.#read(message)
    if (row === undefined || dropDuplicates === undefined) return []
    return onLine(placeOf(message), () => {
      const before = residual.reduce(applyFilter, row)
      const made = explode === undefined ? before : explode.filters.reduce(applyFilter, explodeRows(before, explode))
      return keyTexts({ ...row, ...made }, dropDuplicates)
    })
  }

  #wayOf(message: FoundMessage, place: LinePlace): Way & Pick<Trace, 'items'> {
    const { scanned, row } = this.#read(message)
    if (row === undefined) return { ...scanned, rows: [] }
    const before = joined(scanned, walk(this.#residual, row, place))
    if (before.end !== undefined) return { ...before, end: before.end, rows: [] }
    if (this.#plan.explode === undefined) return this.#finish(row, place, before)
    const step = withItems(this.#plan.explode)
    const made = explodeRows(row, step)
    const count = made.batch.numRows
    const steps = [...before.steps, { step: `explode ${formatExpr(step.list)}`, passed: count > 0 }]
    if (count === 0) return { steps, end: { kind: 'filtered', reason: step.reason }, rows: [] }
    const items = Array.from({ length: count }, (_, at) => {
      const item = itemOf(made, step, at)
      const way = this.#finish({ ...row, ...takeRows(made, Int32Array.of(at)) }, { ...place, ...item })
      return { ...item, ...way }
    })
    const furthest = items.reduce((far, item) => (item.steps.length > far.steps.length ? item : far))
    return { steps, end: furthest.end, rows: [], items }
  }

  /** Behind the explode, or the filters of a plan that has none. */
  #finish(row: Undecided, place: RowPlace, before: Passage = NOTHING_YET): Way {
    const { steps, end } = joined(before, walk(this.#behind, row, place))
    if (end !== undefined) return { end, steps, rows: [] }
    const { parts } = this.#tail.run(row, [newRowCounts(this.#plan.explode !== undefined)])
    return { end: { kind: 'row' }, steps, rows: this.#plan.sinks.map((sink, number) => tracedRow(sink, parts[number])) }
  }

  /** Up to the last step of the scan. */
  #read(message: FoundMessage): Read {
    const { reason, row } = this.#send(this.#scan, message)
    if (reason !== undefined) {
      const at = this.#parts.findIndex((part) => this.#send(part, message).reason !== undefined)
      const steps = this.#scanSteps.slice(0, at + 1).map((step, number) => ({ step, passed: number < at }))
      return { scanned: { steps, end: { kind: 'filtered', reason } } }
    }
    if (row === undefined) throw internal(`nothing came of line ${message.found.line} of ${message.object.name}`)
    const [malformed] = row.malformed
    if (malformed !== undefined) {
      const { code, errorOffset } = malformed
      const message = describeMalformed(code, this.#plan)
      return { scanned: { steps: [], end: { kind: 'malformed', code, message, errorOffset } } }
    }
    return { scanned: { steps: this.#scanSteps.map((step) => ({ step, passed: true })), end: undefined }, row }
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
    return { reason, row: body?.undecided } as { reason: string | undefined; row: Undecided | undefined }
  }
}

/** What a scan tells of a line, and its row if there is one. */
type Read =
  | { readonly scanned: Passage & { readonly end: TraceEnd }; readonly row?: undefined }
  | { readonly scanned: Passage & { readonly end: undefined }; readonly row: Undecided }

/** A plan that ends behind so many steps of the scan, with rows that are undecided. */
function scanAlone(whole: PhysicalPlan, count: number): PhysicalPlan {
  const { explode: _, ...plan } = whole
  const scan = { ...plan.scan, steps: plan.scan.steps.slice(0, count) }
  return { ...plan, scan, residual: [], dropDuplicates: { keys: [], nulls: 'equal', filters: [] }, sinks: [] }
}

function placeOf({ object, found: { line }, byteOffset }: FoundMessage): LinePlace {
  return { object: object.name, line, byteOffset }
}

/** Does something with the rows of a line; an error of a row is one of the line. */
function onLine<T>(place: LinePlace, run: () => T): T {
  try {
    return run()
  } catch (error) {
    throw tellsRow(error) ? atLine(error, place) : error
  }
}

function joined(before: Passage, { steps, end }: Passage): Passage {
  return { steps: [...before.steps, ...steps], end }
}

const NOTHING_YET: Passage = { steps: [], end: undefined }
const LINE_ENDS = new Uint8Array(64 * 1024).fill(0x0a)
