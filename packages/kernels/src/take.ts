import { batchOf } from '@fletching/columns'
import { internal } from '@fletching/columns/errors'
import { type DataType, type RecordBatch, Vector } from 'apache-arrow'
import { oneChunk } from './concat.ts'
import { type Rows, runsOf } from './runs.ts'
import { takeData } from './take-data.ts'

/**
 * Gives the rows of `column` at the numbers `rows`, in their order; a number may stand more than once.
 *
 * - Shape: as many rows as `rows` has numbers, in one chunk.
 * - Nulls: a taken null stays null.
 * - Memory: copies the taken values.
 * - Errors: InternalError for a number that is no row: a bug in the caller.
 * - Source: Arrow C++ `Take`.
 *
 * @example
 * ```ts
 * const taken = take(vectorFromArray(['a', 'b', null]), Int32Array.of(2, 0, 0))
 * assert.deepEqual([...taken], [null, 'a', 'a'])
 * ```
 */
export function take<T extends DataType>(column: Vector<T>, rows: Int32Array): Vector<T> {
  assertRows(rows, column.length)
  return new Vector([takeData(oneChunk(column), rows)]) as Vector<T>
}

/** Gives the rows of a batch at the numbers `rows`, in their order. */
export function takeBatch(batch: RecordBatch, rows: Int32Array): RecordBatch {
  assertRows(rows, batch.numRows)
  const runs = runsOf(rows)
  const children = batch.data.children.map((child) => takeData(child, rows, runs))
  return batchOf(batch.schema, rows.length, children)
}

function assertRows(rows: Rows, length: number): void {
  for (let i = 0; i < rows.length; i++) {
    // A number below zero is a large one without its sign.
    if (rows[i] >>> 0 >= length) throw internal(`take got row ${rows[i]} of ${length}`)
  }
}
