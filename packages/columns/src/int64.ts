/*
 * Whole numbers of 64 bits as two words, as `wordsOf` gives them, low first, the sign in the high one: reading and writing them so is ten
 * times as fast as by way of a bigint, also before it is compiled.
 */

/** The value of a row; exact from -2^53 to 2^53, else rounded. */
export function int64At(words: Int32Array, row: number): number {
  return words[2 * row + 1] * 2 ** 32 + (words[2 * row] >>> 0)
}

/** Sets the value of a row to a whole number of 64 bits. */
export function putInt64(words: Int32Array, row: number, value: number): void {
  words[2 * row] = value
  words[2 * row + 1] = Math.floor(value / 2 ** 32)
}
