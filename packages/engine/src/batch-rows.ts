import { concatBatches } from '@fletching/kernels/concat'
import type { BatchRows } from '@fletching/parquet'
import type { RecordBatch } from 'apache-arrow'
import { takeRanges } from './row-ranges.ts'

/**
 * The rows as one batch.
 *
 * - Memory: copies; what it gives shares nothing but dictionaries.
 * - Errors: internal when there is no batch.
 */
export function joinRows(rows: readonly BatchRows[]): RecordBatch {
  return concatBatches(rows.map(({ batch, ranges }) => (ranges === undefined ? batch : takeRanges(batch, ranges))))
}
