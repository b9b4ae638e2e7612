import { bitmapByteLength, copyBits } from '@fletching/columns'
import type { Rows, Runs } from './runs.ts'

/**
 * The bits of some rows; 0 for those that are none.
 *
 * - `bits`: those of row 0 and what follows from `offset` on; undefined where all are 1.
 */
export function takeBits(bits: Uint8Array | undefined, offset: number, rows: Rows, runs: Runs): Uint8Array {
  const taken = new Uint8Array(bitmapByteLength(rows.length))
  if (bits === undefined) markRows(rows, taken)
  else if (runs === undefined) takeEach(bits, offset, rows, taken)
  else takeRuns(bits, offset, rows, runs, taken)
  return taken
}

/** Without branches, and a byte at a time: neither nulls nor rows that are none follow any pattern. */
function takeEach(bits: Uint8Array, offset: number, rows: Rows, taken: Uint8Array): void {
  let byte = 0
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i]
    // All 1, or for a row that is none all 0.
    const some = ~(row >> 31)
    const index = (offset + row) & some
    byte |= ((bits[index >> 3] >> (index & 7)) & some & 1) << (i & 7)
    if ((i & 7) !== 7) continue
    taken[i >> 3] = byte
    byte = 0
  }
  if ((rows.length & 7) !== 0) taken[rows.length >> 3] = byte
}

function markRows(rows: Rows, taken: Uint8Array): void {
  let byte = 0
  for (let i = 0; i < rows.length; i++) {
    byte |= ((~rows[i] >>> 31) & 1) << (i & 7)
    if ((i & 7) !== 7) continue
    taken[i >> 3] = byte
    byte = 0
  }
  if ((rows.length & 7) !== 0) taken[rows.length >> 3] = byte
}

function takeRuns(bits: Uint8Array, offset: number, rows: Rows, runs: Int32Array, taken: Uint8Array): void {
  for (let run = 0; run < runs.length - 1; run++) {
    const at = runs[run]
    copyBits(bits, offset + rows[at], taken, at, runs[run + 1] - at)
  }
}
