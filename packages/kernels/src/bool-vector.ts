import { bitmapByteLength } from '@fletching/columns'
import { Bool, makeData, makeVector, type Vector } from 'apache-arrow'

/** A vector of bools from bits that start at bit 0; `validity` is undefined when no row is null. */
export function boolVector(
  length: number,
  bits: Uint8Array,
  validity: Uint8Array | undefined,
  nullCount: number,
): Vector<Bool> {
  return makeVector(
    makeData({
      type: new Bool(),
      length,
      nullCount,
      nullBitmap: nullCount === 0 ? null : (validity ?? null),
      data: bits,
    }),
  )
}

/** Room for the bits of so many rows, all 0. */
export function newBits(length: number): Uint8Array {
  return new Uint8Array(bitmapByteLength(length))
}
