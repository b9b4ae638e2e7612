import { concatBatches } from '@fletching/kernels/concat'
import { takeBatch } from '@fletching/kernels/take'
import type { BatchRows } from '@fletching/parquet'
import type { RecordBatch } from 'apache-arrow'

/**
 * The rows as one batch.
 *
 * - Memory: copies; what it gives shares nothing but dictionaries.
 * - Errors: internal when there is no batch.
 */
export function joinRows(rows: readonly BatchRows[]): RecordBatch {
  const batches = rows.map(({ batch, ranges }) => (ranges === undefined ? batch : takeBatch(batch, rowsIn(ranges))))
  return concatBatches(batches)
}

/** The numbers of the rows in ascending ranges. */
function rowsIn(ranges: Int32Array): Int32Array {
  let count = 0
  for (let at = 0; at < ranges.length; at += 2) count += ranges[at + 1] - ranges[at]
  const rows = new Int32Array(count)
  let next = 0
  for (let at = 0; at < ranges.length; at += 2)
    for (let row = ranges[at]; row < ranges[at + 1]; row++) rows[next++] = row
  return rows
}
