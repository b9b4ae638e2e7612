import { bitmapByteLength, validityOf } from '@fletching/columns'
import type { Data } from 'apache-arrow'

/** The validity of a chunk as bits from bit 0 on, also where every row has a value. */
export function validBits(data: Data): Uint8Array {
  return validityOf(data) ?? new Uint8Array(bitmapByteLength(data.length)).fill(0xff)
}
