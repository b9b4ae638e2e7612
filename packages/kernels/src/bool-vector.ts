import { bitmapByteLength, countOnes } from '@fletching/columns'
import { Bool, makeData, makeVector, type Vector } from 'apache-arrow'

/**
 * A vector of bools from bits that start at bit 0, which may be anything behind the last row and where `validity` has no value; that is undefined when no row
 * is null.
 */
export function maskVector(length: number, bits: Uint8Array, validity: Uint8Array | undefined): Vector<Bool> {
  if ((length & 7) !== 0) bits[length >> 3] &= (1 << (length & 7)) - 1
  if (validity === undefined) return boolVector(length, bits, undefined, 0)
  for (let byte = 0; byte < bits.length; byte++) bits[byte] &= validity[byte]
  return boolVector(length, bits, validity, length - countOnes(validity, 0, length))
}

function boolVector(
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

/** Bits that tell in which rows a test holds. */
export function bitsWhere(length: number, test: (row: number) => boolean): Uint8Array {
  const bits = newBits(length)
  let byte = 0
  for (let row = 0; row < length; row++) {
    byte = (byte >>> 1) | (Number(test(row)) << 7)
    if ((row & 7) === 7) bits[row >> 3] = byte
  }
  if ((length & 7) !== 0) bits[length >> 3] = byte >>> (8 - (length & 7))
  return bits
}

/** Room for the bits of so many rows, all 0. */
export function newBits(length: number): Uint8Array {
  return new Uint8Array(bitmapByteLength(length))
}
