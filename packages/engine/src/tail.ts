import { CsvEncoder } from '@fletching/csv'
import type { Malformed, Unfit } from '@fletching/ndjson'
import type { RecordBatch } from 'apache-arrow'
import { addTo, type RowCounts } from './accounting.ts'
import { countDropped, countRows, onceALine } from './counted-rows.ts'
import { type Filters, openFilters, passed } from './filters.ts'
import { type Meter, metered, operatorName } from './meter.ts'
import type { CsvPart, MorselBody, ObjectName, Reject, SinkPart, Undecided } from './morsel.ts'
import { project, type Rows, setAside, sinkSchema } from './operators.ts'
import type { PhysicalPlan, PhysicalSink } from './physical.ts'
import { partsOf } from './table-part.ts'

/** The end of the way of rows: from those that are not dropped as duplicates to the parts that sinks get. */
export class Tail {
  readonly #filters: Filters
  readonly #setAside: (rows: Rows) => Rows
  readonly #sinks: readonly SinkEnd[]

  constructor({ residual, explode, dropDuplicates, sinks }: PhysicalPlan, meter: Meter | undefined) {
    const before = residual.length + (explode?.filters.length ?? 0)
    this.#filters = openFilters(dropDuplicates?.filters ?? [], before, meter)
    this.#setAside = metered(meter, operatorName.setAside, setAside, passed)
    const firstTable = sinks.findIndex(({ format }) => format === 'parquet')
    // What the first table keeps of a batch, others may not.
    this.#sinks = sinks.map((sink, number) => new SinkEnd(sink, number, number > firstTable, meter))
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

  /** - `isShared`: somebody else keeps the batches too. */
  constructor(sink: PhysicalSink, number: number, isShared: boolean, meter: Meter | undefined) {
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
        : (batch) => ({ format: 'parquet', parts: partsOf(batch, sink.partitionBy, isShared) })
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
