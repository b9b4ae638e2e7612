import { civilFromDays } from '@fletching/columns'
import type { ByteSink } from './byte-sink.ts'

/** Appends a whole number in decimal notation, exact within ±2^53. */
export function putInteger(sink: ByteSink, value: number): void {
  sink.reserve(20)
  let rest = value
  if (rest < 0) {
    sink.bytes[sink.length++] = MINUS
    rest = -rest
  }
  putDigits(sink, rest, 1)
}

/** Appends a moment as `2019-05-18T14:03:22.129Z`, from milliseconds since 1970. */
export function putTimestamp(sink: ByteSink, milliseconds: number): void {
  const days = Math.floor(milliseconds / DAY_MS)
  putDate(sink, days)
  sink.reserve(16)
  let rest = milliseconds - days * DAY_MS
  const put = (unitMs: number, digits: number, before: number) => {
    sink.bytes[sink.length++] = before
    const value = Math.floor(rest / unitMs)
    rest -= value * unitMs
    putDigits(sink, value, digits)
  }
  put(3_600_000, 2, UPPER_T)
  put(60_000, 2, COLON)
  put(1000, 2, COLON)
  put(1, 3, DOT)
  sink.bytes[sink.length++] = UPPER_Z
}

/** Appends a day as `2019-05-18`, from days since 1970. */
export function putDate(sink: ByteSink, days: number): void {
  sink.reserve(16)
  const { year, month, day } = civilFromDays(days)
  putDigits(sink, year, 4)
  sink.bytes[sink.length++] = MINUS
  putDigits(sink, month, 2)
  sink.bytes[sink.length++] = MINUS
  putDigits(sink, day, 2)
}

/** Appends ASCII. */
export function putAscii(sink: ByteSink, text: string): void {
  sink.reserve(text.length)
  for (let i = 0; i < text.length; i++) sink.bytes[sink.length++] = text.charCodeAt(i)
}

/** Appends at least `width` digits, with zeros in front. */
function putDigits(sink: ByteSink, value: number, width: number): void {
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
const DOT = 0x2e
const DIGIT_0 = 0x30
const COLON = 0x3a
const UPPER_T = 0x54
const UPPER_Z = 0x5a
const DAY_MS = 86_400_000
