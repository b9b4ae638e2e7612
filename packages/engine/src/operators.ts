import { filterBatch } from '@fletching/kernels/filter'
import { takeBatch } from '@fletching/kernels/take'
import type { Unfit } from '@fletching/ndjson'
import type { FilterStep, SinkColumn } from '@fletching/plan'
import { type Bool, Field, makeData, RecordBatch, Schema, Struct, type Vector } from 'apache-arrow'
import { arrowType } from './arrow-type.ts'
import { evaluate } from './evaluate.ts'

/** Rows on their way through the operators, and which of them hold a value that does not fit. */
export interface Rows {
  readonly batch: RecordBatch
  /** In ascending order of `row`. */
  readonly unfit: readonly Unfit[]
}

/** Keeps the rows for which the predicate is true. */
export function applyFilter(rows: Rows, step: FilterStep): Rows {
  const mask = evaluate(step.predicate, rows.batch) as Vector<Bool>
  return { batch: filterBatch(rows.batch, mask), unfit: keepUnfit(rows.unfit, mask) }
}

/**
 * Takes out the rows that hold a value that no row can be made of. It stands behind the last filter, so that a line that
 * would be filtered is counted as filtered, wherever the filters ran.
 */
export function setAside(rows: Rows): RecordBatch {
  if (rows.unfit.length === 0) return rows.batch
  const kept = new Int32Array(rows.batch.numRows - rows.unfit.length)
  let next = 0
  let count = 0
  for (let row = 0; row < rows.batch.numRows; row++) {
    if (next < rows.unfit.length && rows.unfit[next].row === row) next++
    else kept[count++] = row
  }
  return takeBatch(rows.batch, kept)
}

/** The batch that a sink gets: one column for each of its expressions. */
export function project(batch: RecordBatch, columns: readonly SinkColumn[], schema: Schema): RecordBatch {
  const children = columns.map((column) => evaluate(column.expr, batch).data[0])
  return new RecordBatch(
    schema,
    makeData({ type: new Struct(schema.fields), length: batch.numRows, nullCount: 0, children }),
  )
}

export function sinkSchema(columns: readonly SinkColumn[]): Schema {
  return new Schema(columns.map(({ name, type, nullable }) => new Field(name, arrowType(type), nullable)))
}

function keepUnfit(unfit: readonly Unfit[], mask: Vector<Bool>): Unfit[] {
  const kept: Unfit[] = []
  let next = 0
  let count = 0
  for (let row = 0; next < unfit.length; row++) {
    const stays = mask.get(row) === true
    if (unfit[next].row === row) {
      if (stays) kept.push({ ...unfit[next], row: count })
      next++
    }
    if (stays) count++
  }
  return kept
}
