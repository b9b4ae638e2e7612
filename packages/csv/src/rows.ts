import { type Input, type NumberArray, put, putBits, putNumbers } from './input.ts'

/** What a column's rows hold, in buffers that can be copied for some of the rows. */
export interface Rows {
  /** How many bytes `put` copies for the rows from `from` to `to`, but for `sharedBytes`. */
  readonly byteLength: (from: number, to: number) => number
  /** How many bytes it copies for any rows. */
  readonly sharedBytes: number
  readonly put: (input: Input, from: number, to: number) => Addresses
}

/** As assembly/column.ts explains them. */
interface Addresses {
  readonly values: number
  readonly texts: number
  readonly entries: number
}

export function numberRows(numbers: NumberArray): Rows {
  return {
    byteLength: (from, to) => (to - from) * numbers.BYTES_PER_ELEMENT,
    sharedBytes: 0,
    put: (input, from, to) => ({ values: putNumbers(input, numbers, from, to), texts: 0, entries: 0 }),
  }
}

/** Bits from bit 0 on. */
export function bitRows(bits: Uint8Array): Rows {
  return {
    byteLength: (from, to) => (to - from) / 8 + 2,
    sharedBytes: 0,
    put: (input, from, to) => ({ values: putBits(input, bits, from, to), texts: 0, entries: 0 }),
  }
}

/** Texts that lie one behind the other: that of row n from `starts[n]` to `starts[n + 1]`. */
export function textRows(starts: Int32Array, bytes: Uint8Array): Rows {
  return {
    byteLength: (from, to) => (to - from + 1) * 4 + starts[to] - starts[from],
    sharedBytes: 0,
    put: (input, from, to) => ({
      values: putNumbers(input, starts, from, to + 1),
      // The address of byte 0, which is not copied when the first text is another's.
      texts: put(input, bytes.subarray(starts[from], starts[to])) - starts[from],
      entries: 0,
    }),
  }
}
