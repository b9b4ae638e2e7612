import { batchOf } from '@fletching/columns'
import { addPlace } from '@fletching/columns/errors'
import { takeBatch } from '@fletching/kernels/take'
import { trueRows } from '@fletching/kernels/true-rows'
import type { Unfit } from '@fletching/ndjson'
import type { FilterStep, SinkColumn } from '@fletching/plan'
import { type Bool, Field, type RecordBatch, Schema, type Vector } from 'apache-arrow'
import { arrowType } from './arrow-type.ts'
import { type Computed, evaluate } from './evaluate.ts'
import type { ParquetSinkPlan, PhysicalSink } from './physical.ts'
import { shaped } from './shape.ts'

/** Rows on their way through the operators, and which of them hold a value that does not fit. */
export interface Rows {
  readonly batch: RecordBatch
  /** In ascending order of `row`. */
  readonly unfit: readonly Unfit[]
  /** For each object that ended in the batch, the row behind its last. */
  readonly objectEnds: readonly number[]
  /** Behind an explode, for each row the number of its line, ascending; before it, each row is a line of its own. */
  readonly lines?: Int32Array
}

/** Keeps the rows for which the predicate is true. */
export function applyFilter(rows: Rows, step: FilterStep): Rows {
  const mask = placed(`filter "${step.reason}"`, () => evaluate(step.predicate, rows.batch))
  return takeRows(rows, trueRows(mask as Vector<Bool>))
}

/** The rows of some ascending numbers, with their notes. */
export function takeRows(rows: Rows, kept: Int32Array): Rows {
  if (kept.length === rows.batch.numRows) return rows
  return {
    batch: takeBatch(rows.batch, kept),
    unfit: keepUnfit(rows.unfit, kept),
    objectEnds: rowsBefore(rows.objectEnds, kept),
    ...(rows.lines === undefined ? {} : { lines: kept.map((row) => rows.lines?.[row] ?? row) }),
  }
}

/**
 * Takes out the rows that hold a value that no row can be made of. It stands behind the last filter, so that a line that
 * would be filtered is counted as filtered, wherever the filters ran.
 */
export function setAside(rows: Rows): Rows {
  if (rows.unfit.length === 0) return rows
  const kept = new Int32Array(rows.batch.numRows - rows.unfit.length)
  let next = 0
  let count = 0
  for (let row = 0; row < rows.batch.numRows; row++) {
    if (next < rows.unfit.length && rows.unfit[next].row === row) next++
    else kept[count++] = row
  }
  return takeRows(rows, kept)
}

/** The batch that a sink gets: one column for each of its expressions. */
export function project(batch: RecordBatch, columns: readonly SinkColumn[], schema: Schema): RecordBatch {
  const computed: Computed = new Map()
  const children = columns.map(({ name, expr }, number) => {
    const [data] = placed(`column ${name}`, () => evaluate(expr, batch, computed)).data
    return shaped(data, schema.fields[number].type)
  })
  return batchOf(schema, batch.numRows, children)
}

/** The schema of a table's files: the columns that name its folders are not in them. */
export function fileSchema(schema: Schema, { partitionBy }: ParquetSinkPlan): Schema {
  return new Schema(schema.fields.filter(({ name }) => !partitionBy.includes(name)))
}

/** The schema of the rows that a sink writes. */
export function writtenSchema(sink: PhysicalSink): Schema {
  const schema = sinkSchema(sink.columns)
  return sink.format === 'parquet' ? fileSchema(schema, sink) : schema
}

export function sinkSchema(columns: readonly SinkColumn[]): Schema {
  return new Schema(columns.map(({ name, type, nullable }) => new Field(name, arrowType(type), nullable)))
}

/** An error says in which filter or column it came up: a kernel knows no more than the row. */
export function placed(place: string, compute: () => Vector): Vector {
  try {
    return compute()
  } catch (error) {
    throw addPlace(error, place)
  }
}

/** The notes of kept rows, at their new places. */
function keepUnfit(unfit: readonly Unfit[], kept: Int32Array): Unfit[] {
  const places = rowsBefore(
    unfit.map(({ row }) => row),
    kept,
  )
  return unfit.flatMap((note, index) => {
    const row = places[index]
    return kept[row] === note.row ? [{ ...note, row }] : []
  })
}

/** For each of some ascending rows, how many of the kept rows come before it; a kept one may stand more than once. */
export function rowsBefore(rows: readonly number[], kept: Int32Array): number[] {
  let count = 0
  return rows.map((row) => {
    while (count < kept.length && kept[count] < row) count++
    return count
  })
}
