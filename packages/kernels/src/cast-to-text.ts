import { civilFromDays, clearBit, daysFromCivil, getBit, int64At, wordsOf } from '@fletching/columns'
import type { Bool, Data, DateDay, Float64, Int32, Int64, TimestampMillisecond } from 'apache-arrow'
import type { TextBuffers } from './cast-buffers.ts'

/*
 * Texts are written as bytes, one behind the other, into room for as many of the longest.
 */

export function boolToText(
  { length, offset, values }: Data<Bool>,
  { data, valueOffsets }: TextBuffers,
  validity: Uint8Array,
): void {
  let end = 0
  for (let row = 0; row < length; row++) {
    if (getBit(validity, row)) end = putText(data, end, getBit(values, offset + row) ? 'true' : 'false')
    valueOffsets[row + 1] = end
  }
}

export function int32ToText(
  { length, values }: Data<Int32>,
  { data, valueOffsets }: TextBuffers,
  validity: Uint8Array,
): void {
  let end = 0
  for (let row = 0; row < length; row++) {
    if (getBit(validity, row)) end = putWhole(data, end, values[row])
    valueOffsets[row + 1] = end
  }
}

export function int64ToText(
  { length, values }: Data<Int64>,
  { data, valueOffsets }: TextBuffers,
  validity: Uint8Array,
): void {
  const words = wordsOf(values)
  let end = 0
  for (let row = 0; row < length; row++) {
    if (getBit(validity, row)) {
      const number = int64At(words, row)
      const isExact = Math.abs(number) <= Number.MAX_SAFE_INTEGER
      end = isExact ? putWhole(data, end, number) : putText(data, end, String(values[row]))
    }
    valueOffsets[row + 1] = end
  }
}

export function float64ToText(
  { length, values }: Data<Float64>,
  { data, valueOffsets }: TextBuffers,
  validity: Uint8Array,
): void {
  let end = 0
  for (let row = 0; row < length; row++) {
    if (getBit(validity, row)) {
      const number = values[row]
      end = Number.isSafeInteger(number) ? putWhole(data, end, number) : putText(data, end, String(number))
    }
    valueOffsets[row + 1] = end
  }
}

export function timestampToText(
  { length, values }: Data<TimestampMillisecond>,
  { data, valueOffsets }: TextBuffers,
  validity: Uint8Array,
): void {
  const words = wordsOf(values)
  let end = 0
  for (let row = 0; row < length; row++) {
    const milliseconds = int64At(words, row)
    const days = Math.floor(milliseconds / DAY_MS)
    if (!hasText(days)) clearBit(validity, row)
    if (getBit(validity, row)) end = putClock(data, putDay(data, end, days), milliseconds - days * DAY_MS)
    valueOffsets[row + 1] = end
  }
}

export function dateToText(
  { length, values }: Data<DateDay>,
  { data, valueOffsets }: TextBuffers,
  validity: Uint8Array,
): void {
  let end = 0
  for (let row = 0; row < length; row++) {
    if (!hasText(values[row])) clearBit(validity, row)
    if (getBit(validity, row)) end = putDay(data, end, values[row])
    valueOffsets[row + 1] = end
  }
}

/** Whether the day lies in the years 0001 to 9999, which are those that can be read back. */
function hasText(days: number): boolean {
  return days >= FIRST_DAY && days <= LAST_DAY
}

/** Writes `2019-05-18`; the end of it. */
function putDay(bytes: Uint8Array, at: number, days: number): number {
  const { year, month, day } = civilFromDays(days)
  putDigits(bytes, at, year, 4)
  bytes[at + 4] = DASH
  putDigits(bytes, at + 5, month, 2)
  bytes[at + 7] = DASH
  return putDigits(bytes, at + 8, day, 2)
}

/** Writes `T14:03:22.129Z`; the end of it. */
function putClock(bytes: Uint8Array, at: number, milliseconds: number): number {
  const seconds = (milliseconds / 1000) | 0
  const minutes = (seconds / 60) | 0
  const hours = (minutes / 60) | 0
  bytes[at] = UPPER_T
  putDigits(bytes, at + 1, hours, 2)
  bytes[at + 3] = COLON
  putDigits(bytes, at + 4, minutes - hours * 60, 2)
  bytes[at + 6] = COLON
  putDigits(bytes, at + 7, seconds - minutes * 60, 2)
  bytes[at + 9] = DOT
  putDigits(bytes, at + 10, milliseconds - seconds * 1000, 3)
  bytes[at + 13] = UPPER_Z
  return at + 14
}

/** Writes a whole number that a double holds exactly; the end of it. */
function putWhole(bytes: Uint8Array, at: number, number: number): number {
  if (number < 0) bytes[at] = DASH
  const start = number < 0 ? at + 1 : at
  const digits = Math.abs(number)
  if (digits < PART) return putDigits(bytes, start, digits, digitCount(digits))
  const high = Math.floor(digits / PART)
  const next = putDigits(bytes, start, high, digitCount(high))
  return putDigits(bytes, next, digits - high * PART, PART_DIGITS)
}

/** Writes so many digits of a whole number from 0 to 999,999,999; the end of them. */
function putDigits(bytes: Uint8Array, start: number, number: number, count: number): number {
  let rest = number | 0
  for (let at = start + count - 1; at >= start; at--) {
    const tenth = (rest / 10) | 0
    bytes[at] = DIGIT_0 + rest - tenth * 10
    rest = tenth
  }
  return start + count
}

function digitCount(number: number): number {
  let count = 1
  for (let limit = 10; number >= limit; limit *= 10) count++
  return count
}

/** Writes a text of ASCII; the end of it. */
function putText(bytes: Uint8Array, at: number, text: string): number {
  for (let i = 0; i < text.length; i++) bytes[at + i] = text.charCodeAt(i)
  return at + text.length
}

const DASH = 0x2d
const DOT = 0x2e
const DIGIT_0 = 0x30
const COLON = 0x3a
const UPPER_T = 0x54
const UPPER_Z = 0x5a
const PART_DIGITS = 9
const PART = 10 ** PART_DIGITS
const DAY_MS = 86_400_000
const FIRST_DAY = daysFromCivil(1, 1, 1)
const LAST_DAY = daysFromCivil(9999, 12, 31)
