import type { ByteSink } from './byte-sink.ts'
import { halvesOf, isExactAt, numberAt } from './halves.ts'

/** A writer of whole numbers of 64 bits; those beyond a double's exact ones take the way over a text. */
export function openInt64Writer(values: BigInt64Array | BigUint64Array, sink: ByteSink): (row: number) => void {
  const halves = halvesOf(values)
  const isSigned = values instanceof BigInt64Array
  return (row) => {
    if (isExactAt(halves, row) && (isSigned || halves[2 * row + 1] >= 0)) putInteger(sink, numberAt(halves, row))
    else putAscii(sink, String(values[row]))
  }
}

/** Appends a whole number in decimal notation, exact within ±2^53. */
export function putInteger(sink: ByteSink, value: number): void {
  sink.reserve(20)
  if (value < 0) sink.bytes[sink.length++] = MINUS
  putDigits(sink, Math.abs(value), 1)
}

/** Appends ASCII. */
export function putAscii(sink: ByteSink, text: string): void {
  sink.reserve(text.length)
  for (let i = 0; i < text.length; i++) sink.bytes[sink.length++] = text.charCodeAt(i)
}

/** Appends at least `width` digits, with zeros in front; there has to be room for them. */
export function putDigits(sink: ByteSink, value: number, width: number): void {
  let digits = 1
  for (let bound = 10; value >= bound; bound *= 10) digits++
  if (digits < width) digits = width
  let rest = value
  for (let at = sink.length + digits - 1; at >= sink.length; at--) {
    const next = Math.floor(rest / 10)
    sink.bytes[at] = DIGIT_0 + (rest - next * 10)
    rest = next
  }
  sink.length += digits
}

const MINUS = 0x2d
const DIGIT_0 = 0x30
