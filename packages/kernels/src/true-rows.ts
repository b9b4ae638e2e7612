import { getBit } from '@fletching/columns'
import type { Bool, Vector } from 'apache-arrow'

/** The numbers of the rows where a mask is true, ascending; null is not true. */
export function trueRows(mask: Vector<Bool>): Int32Array {
  const rows = new Int32Array(mask.length)
  let count = 0
  let first = 0
  for (const { values, nullBitmap, nullCount, offset, length } of mask.data) {
    for (let i = 0; i < length; i++) {
      if (getBit(values, offset + i) && (nullCount === 0 || getBit(nullBitmap, offset + i))) rows[count++] = first + i
    }
    first += length
  }
  return rows.subarray(0, count)
}
