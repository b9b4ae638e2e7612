import { CsvEncoder } from '@fletching/csv'
import type { Malformed, Unfit } from '@fletching/ndjson'
import type { FilterStep } from '@fletching/plan'
import type { RecordBatch } from 'apache-arrow'
import { addTo, type RowCounts } from './accounting.ts'
import { type Meter, metered, operatorName } from './meter.ts'
import type { CsvPart, MorselBody, ObjectName, Reject, SinkPart, Undecided } from './morsel.ts'
import { applyFilter, project, type Rows, setAside, sinkSchema } from './operators.ts'
import type { PhysicalPlan, PhysicalSink } from './physical.ts'

/** Filters of a plan; each row that one of them drops is counted for its object. */
export type Filters = (rows: Rows, counts: readonly RowCounts[]) => Rows

/** - `before`: how many filters of the plan stand before them. */
export function openFilters(steps: readonly FilterStep[], before: number, meter: Meter | undefined): Filters {
  const filters = steps.map((step, number) => ({
    reason: step.reason,
    apply: metered(meter, operatorName.filter(before + number), (rows: Rows) => applyFilter(rows, step), passed),
  }))
  return (rows, counts) => {
    let kept = rows
    for (const { reason, apply } of filters) {
      const after = apply(kept)
      for (const [at, count] of lostRows(kept, after)) addTo(counts[at].filtered, reason, count)
      kept = after
    }
    return kept
  }
}

/** For each object that lost rows, its place among those of the batch, and how many they are. */
export function lostRows(before: Rows, after: Rows): [number, number][] {
  const left = rowCounts(after)
  return rowCounts(before).flatMap((count, at) => (count > left[at] ? [[at, count - left[at]]] : []))
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

  constructor({ residual, dropDuplicates, sinks }: PhysicalPlan, meter: Meter | undefined) {
    this.#filters = openFilters(dropDuplicates?.filters ?? [], residual.length, meter)
    this.#setAside = metered(meter, operatorName.setAside, setAside, passed)
    this.#sinks = sinks.map((sink, number) => new SinkEnd(sink, number, meter))
  }

  /** - `counts`: of the objects, in their order. */
  run({ malformed, objects, ...rows }: Undecided, counts: readonly RowCounts[]): MorselBody {
    const filtered = this.#filters(rows, counts)
    for (const { object, column, code } of filtered.unfit) addTo(counts[object].setAside, `${column}: ${code}`, 1)
    const whole = this.#setAside(filtered)
    for (const [at, count] of rowCounts(whole).entries()) if (count > 0) counts[at].rows += count
    return {
      parts: this.#sinks.map((sink) => sink.encode(whole.batch)),
      rejects: rejectsOf(malformed, filtered.unfit, objects),
    }
  }
}

/** How many rows of the batch each object has, the last of which goes on in the next batch. */
function rowCounts({ batch, objectEnds }: Rows): number[] {
  return [...objectEnds, batch.numRows].map((end, at) => end - (at === 0 ? 0 : objectEnds[at - 1]))
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
