import { takeBatch } from '@fletching/kernels/take'
import type { RecordBatch } from 'apache-arrow'

/** Rows of a batch, as ascending pairs of a first row and the one behind the last. */
export type RowRanges = Int32Array

export function rowsIn(ranges: RowRanges): number {
  let rows = 0
  for (let i = 0; i < ranges.length; i += 2) rows += ranges[i + 1] - ranges[i]
  return rows
}

/** Where those of the rows lie that have the numbers from `start` to `end` among them. */
export function sliceRanges(ranges: RowRanges, start: number, end: number): RowRanges {
  const slice = new Int32Array(ranges.length)
  let count = 0
  let before = 0
  for (let i = 0; i < ranges.length; i += 2) {
    const first = ranges[i] + Math.max(0, start - before)
    const behind = Math.min(ranges[i + 1], ranges[i] + end - before)
    before += ranges[i + 1] - ranges[i]
    if (first >= behind) continue
    slice[count++] = first
    slice[count++] = behind
  }
  return slice.slice(0, count)
}

/** A batch of those rows alone. */
export function takeRanges(batch: RecordBatch, ranges: RowRanges): RecordBatch {
  const rows = new Int32Array(rowsIn(ranges))
  let count = 0
  for (let i = 0; i < ranges.length; i += 2) {
    for (let row = ranges[i]; row < ranges[i + 1]; row++) rows[count++] = row
  }
  return takeBatch(batch, rows)
}
