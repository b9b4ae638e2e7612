import { internal } from '@fletching/columns/errors'
import { CsvEncoder } from '@fletching/csv'
import type { Malformed, Unfit } from '@fletching/ndjson'
import type { ExplodeStep, FilterStep } from '@fletching/plan'
import type { RecordBatch } from 'apache-arrow'
import { addTo, type RowCounts } from './accounting.ts'
import { explodeRows } from './exploder.ts'
import { type Meter, metered, operatorName } from './meter.ts'
import type { CsvPart, MorselBody, ObjectName, Reject, SinkPart, Undecided } from './morsel.ts'
import { applyFilter, project, type Rows, setAside, sinkSchema } from './operators.ts'
import type { PhysicalPlan, PhysicalSink } from './physical.ts'

/** Filters of a plan; each line that one of them drops is counted for its object. */
export type Filters = (rows: Rows, counts: readonly RowCounts[]) => Rows

/** - `before`: how many filters of the plan stand before them. */
export function openFilters(steps: readonly FilterStep[], before: number, meter: Meter | undefined): Filters {
  const filters = steps.map((step, number) => {
    const operator = operatorName.filter(before + number)
    const apply = metered(meter, operator, (rows: Rows) => applyFilter(rows, step), passed)
    return { reason: step.reason, operator, apply }
  })
  return (rows, counts) => {
    let kept = rows
    for (const { reason, operator, apply } of filters) {
      const after = apply(kept)
      countFiltered(reason, kept, after, counts)
      if (after.lines !== undefined) countLines(meter, operator, kept, after)
      kept = after
    }
    return kept
  }
}

/** Makes rows of the items of a list; a line without any is counted for its object, unless it stays. */
export function openExplode(step: ExplodeStep, meter: Meter | undefined): Filters {
  const apply = metered(meter, operatorName.explode, (rows: Rows) => explodeRows(rows, step), passed)
  return (rows, counts) => {
    const made = apply(rows)
    for (const [at, count] of lostLines(rows, made)) addTo(counts[at].filtered, step.reason, count)
    countLines(meter, operatorName.explode, rows, made)
    return made
  }
}

function countFiltered(reason: string, before: Rows, after: Rows, counts: readonly RowCounts[]): void {
  for (const [at, count] of lostLines(before, after)) addTo(counts[at].filtered, reason, count)
  countDropped(reason, before, after, counts)
}

function countLines(meter: Meter | undefined, operator: string, before: Rows, after: Rows): void {
  if (meter === undefined) return
  const [rowsIn, rowsOut] = [before, after].map((rows) => lineCounts(rows).reduce((sum, count) => sum + count, 0))
  meter.count(operatorName.lines(operator), { rowsIn, rowsOut })
}

/** For each object that lost lines, its place among those of the batch, and how many they are: a line is lost with the last of its rows. */
export function lostLines(before: Rows, after: Rows): [number, number][] {
  return lost(lineCounts(before), lineCounts(after))
}

/** Counts rows that were dropped behind an explode. */
export function countDropped(reason: string, before: Rows, after: Rows, counts: readonly RowCounts[]): void {
  if (before.lines === undefined) return
  for (const [at, count] of lost(rowCounts(before), rowCounts(after))) {
    const { dropped } = counts[at]
    if (dropped === undefined) throw internal('rows were dropped behind an explode that the plan does not have')
    addTo(dropped, reason, count)
  }
}

function lost(before: readonly number[], after: readonly number[]): [number, number][] {
  return before.flatMap((count, at) => (count > after[at] ? [[at, count - after[at]]] : []))
}

/** What a meter is told of an operator that lets rows pass. */
export function passed(before: Rows, after: Rows) {
  return { rowsIn: before.batch.numRows, rowsOut: after.batch.numRows }
}

/** The end of the way of rows: from those that are not dropped as duplicates to the parts that sinks get. */
export class Tail {
  readonly #filters: Filters
  readonly #setAside: (rows: Rows) => Rows
  readonly #sinks: readonly SinkEnd[]

  constructor({ residual, explode, dropDuplicates, sinks }: PhysicalPlan, meter: Meter | undefined) {
    const before = residual.length + (explode?.filters.length ?? 0)
    this.#filters = openFilters(dropDuplicates?.filters ?? [], before, meter)
    this.#setAside = metered(meter, operatorName.setAside, setAside, passed)
    this.#sinks = sinks.map((sink, number) => new SinkEnd(sink, number, meter))
  }

  /** - `counts`: of the objects, in their order. */
  run({ malformed, objects, ...rows }: Undecided, counts: readonly RowCounts[]): MorselBody {
    const filtered = this.#filters(rows, counts)
    const unfit = onceALine(filtered)
    for (const { object, column, code } of unfit) addTo(counts[object].setAside, `${column}: ${code}`, 1)
    const whole = this.#setAside(filtered)
    countDropped('set aside', filtered, whole, counts)
    countRows(whole, counts)
    return {
      parts: this.#sinks.map((sink) => sink.encode(whole.batch)),
      rejects: rejectsOf(malformed, unfit, objects),
    }
  }
}

/** How many rows of the batch each object has, the last of which goes on in the next batch. */
function rowCounts({ batch, objectEnds }: Rows): number[] {
  return [...objectEnds, batch.numRows].map((end, at) => end - (at === 0 ? 0 : objectEnds[at - 1]))
}

/** How many lines have a row left. */
function lineCounts({ lines, ...rows }: Rows): number[] {
  const counts = rowCounts(rows)
  if (lines === undefined) return counts
  let row = 0
  return counts.map((count) => {
    let found = 0
    for (const end = row + count; row < end; row++) if (row === 0 || lines[row] !== lines[row - 1]) found++
    return found
  })
}

/** Counts what came out. */
function countRows(rows: Rows, counts: readonly RowCounts[]): void {
  const made = rowCounts(rows)
  for (const [at, count] of lineCounts(rows).entries()) {
    // Behind the last object there may be none that goes on.
    if (count === 0) continue
    counts[at].rows += count
    if (counts[at].exploded !== undefined) counts[at].exploded += made[at] - count
  }
}

/** What does not fit in a line is said of each of its rows, and counts once. */
function onceALine({ unfit, lines }: Rows): readonly Unfit[] {
  if (lines === undefined) return unfit
  return unfit.filter(({ row }, index) => index === 0 || lines[row] !== lines[unfit[index - 1].row])
}

/** The rejects of a batch, in the order of the lines, wherever batches end. */
export function rejectsOf(
  malformed: readonly Malformed[],
  unfit: readonly Unfit[],
  objects: readonly ObjectName[],
): Reject[] {
  const faults = [
    ...malformed.map((line) => ({ ...line, stage: 'malformed' as const, column: undefined })),
    ...unfit.map((line) => ({ ...line, stage: 'setAside' as const, errorOffset: undefined })),
  ]
  return faults
    .sort((a, b) => a.object - b.object || a.line - b.line)
    .map(({ object, line, byteOffset, errorOffset, stage, code, column, text }) => ({
      object: objects[object].name,
      line,
      byteOffset,
      errorOffset,
      stage,
      code,
      column,
      text,
    }))
}

/** The end of the pipeline that prepares batches for one sink. */
class SinkEnd {
  readonly #project: (batch: RecordBatch) => RecordBatch
  readonly #encode: (projected: RecordBatch) => SinkPart

  constructor(sink: PhysicalSink, number: number, meter: Meter | undefined) {
    const schema = sinkSchema(sink.columns)
    const counts = ({ numRows }: RecordBatch) => ({ rowsIn: numRows, rowsOut: numRows })
    this.#project = metered(
      meter,
      operatorName.project(number),
      (batch: RecordBatch) => project(batch, sink.columns, schema),
      counts,
    )
    this.#encode =
      sink.format === 'csv'
        ? metered(meter, operatorName.encode(number), csvPart(new CsvEncoder(schema, sink)), (batch, { bytes }) => ({
            ...counts(batch),
            bytes: bytes.length,
          }))
        : (batch) => ({ format: 'parquet', batch })
  }

  encode(batch: RecordBatch): SinkPart {
    return this.#encode(this.#project(batch))
  }
}

function csvPart(encoder: CsvEncoder): (batch: RecordBatch) => CsvPart {
  const { counts } = encoder
  return (batch) => {
    const before = counts.lineBreaksReplaced
    const bytes = encoder.encode(batch)
    return { format: 'csv', bytes, rows: batch.numRows, lineBreaksReplaced: counts.lineBreaksReplaced - before }
  }
}
