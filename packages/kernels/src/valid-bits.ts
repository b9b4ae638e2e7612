import { copyValidity } from '@fletching/columns'
import type { Data } from 'apache-arrow'
import { newBits } from './bool-vector.ts'

/** The validity of chunks laid end to end as bits from bit 0 on, also where every row has a value. */
export function validBits(chunks: readonly Data[]): Uint8Array {
  const bits = newBits(chunks.reduce((sum, { length }) => sum + length, 0))
  let row = 0
  for (const chunk of chunks) {
    copyValidity(chunk, bits, row)
    row += chunk.length
  }
  return bits
}
