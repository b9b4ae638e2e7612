import { internal } from '@fletching/columns/errors'
import type { Bool, DataType, RecordBatch, Vector } from 'apache-arrow'
import { take, takeBatch } from './take.ts'
import { trueRows } from './true-rows.ts'

/**
 * Keeps the rows of `column` where `mask` is true, in input order.
 *
 * - Shape: both inputs have n rows; the result has as many rows as `mask` has trues.
 * - Nulls: a null in `mask` drops the row. A null in a kept row stays null.
 * - Memory: copies the kept values. Returns `column` itself when every row is kept.
 * - Errors: InternalError when the lengths differ: a bug in the caller.
 * - Source: Arrow C++ `filter`, null selection behaviour DROP.
 *
 * @example
 * ```ts
 * const kept = filter(vectorFromArray([1, 2, null]), vectorFromArray([true, false, true]))
 * assert.deepEqual([...kept], [1, null])
 * ```
 */
export function filter<T extends DataType>(column: Vector<T>, mask: Vector<Bool>): Vector<T> {
  assertSameLength(column.length, mask.length)
  const rows = trueRows(mask)
  return rows.length === column.length ? column : take(column, rows)
}

/** Keeps the rows of a batch where `mask` is true; the batch itself when every row is kept. */
export function filterBatch(batch: RecordBatch, mask: Vector<Bool>): RecordBatch {
  assertSameLength(batch.numRows, mask.length)
  const rows = trueRows(mask)
  return rows.length === batch.numRows ? batch : takeBatch(batch, rows)
}

function assertSameLength(rows: number, maskRows: number): void {
  if (rows !== maskRows) throw internal(`filter got ${rows} rows and a mask of ${maskRows}`)
}
