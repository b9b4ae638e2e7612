/*
 * Whole numbers of 64 bits as two halves, low first, the sign in the high one: reading and writing them so is ten times as fast as by way
 * of a bigint, and what takes long before it is compiled.
 */

/** The halves of each value, over the same memory. */
export function halvesOf(values: BigInt64Array): Int32Array {
  return new Int32Array(values.buffer, values.byteOffset, values.length * 2)
}

/** The value of a row; exact from -2^53 to 2^53, else rounded. */
export function int64At(halves: Int32Array, row: number): number {
  return halves[2 * row + 1] * 2 ** 32 + (halves[2 * row] >>> 0)
}

/** Sets the value of a row to a whole number of 64 bits. */
export function putInt64(halves: Int32Array, row: number, value: number): void {
  halves[2 * row] = value
  halves[2 * row + 1] = Math.floor(value / 2 ** 32)
}
