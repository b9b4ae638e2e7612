import { meetText } from './bounds'
import { copyWords } from './bytes'
import { nextValid, textAt, textBytes, textOf, validity } from './column'

/** Bytes that `putTexts` writes for the rows up to what `textsEnd` gave. */
export let textsBytes: u32 = 0

/** The row, at most `to`, before which the texts from `from` on have been written in so many bytes; one row is always taken. */
export function textsEnd(from: u32, to: u32, bytesMax: u32): u32 {
  const bits = validity
  let bytes: u32 = 0
  let row = nextValid(bits, from, to)
  for (; row < to; row = nextValid(bits, row + 1, to)) {
    const more = LENGTH_BYTES + textBytes(textOf(row))
    if (row > from && more > bytesMax - min(bytes, bytesMax)) break
    bytes += more
  }
  textsBytes = bytes
  return row
}

/** Writes the texts of those rows that have one, each behind its length. */
export function putTexts(from: u32, to: u32, out: usize): usize {
  const bits = validity
  for (let row = nextValid(bits, from, to); row < to; row = nextValid(bits, row + 1, to)) {
    out = putText(textOf(row), out)
  }
  return out
}

/** Writes a text behind its length. */
// @ts-expect-error: decorator
@inline
export function putText(text: u32, out: usize): usize {
  const at = textAt(text)
  const bytes = textBytes(text)
  meetText(at, bytes)
  store<u32>(out, bytes)
  return copyWords(at, bytes, out + LENGTH_BYTES)
}

const LENGTH_BYTES: u32 = 4
