import { daysFromCivil, daysInMonth } from './civil.ts'

/**
 * Milliseconds since 1970-01-01T00:00:00Z of the ISO 8601 text in `bytes` from `start` to `end`, or NaN when it is none.
 *
 * Accepted are a date alone, or a date, `T`, `t` or a blank, hours and minutes, optional seconds with one to nine digits after a
 * dot, and an offset: `Z`, `z`, `±hh`, `±hhmm` or `±hh:mm` up to 23:59. Without an offset the text is UTC, whatever the machine's
 * time zone. Second 60 stands at 23:59 UTC alone and is the next second. Years are 0001 to 9999, in the text and in UTC.
 *
 * - Units: milliseconds, rounded down; also before 1970.
 * - Source: RFC 3339 and the forms of Segment's SDKs; the calendar is the Gregorian one throughout.
 *
 * @example
 * ```ts
 * const bytes = new TextEncoder().encode('2019-05-18T14:03:22.129Z')
 * assert.equal(parseIsoTimestamp(bytes, 0, bytes.length), 1558188202129)
 * ```
 */
export function parseIsoTimestamp(bytes: Uint8Array, start: number, end: number): number {
  const length = end - start
  if (length < 10 || bytes[start + 4] !== DASH || bytes[start + 7] !== DASH) return Number.NaN
  const year = twoDigits(bytes, start) * 100 + twoDigits(bytes, start + 2)
  const month = twoDigits(bytes, start + 5)
  const day = twoDigits(bytes, start + 8)
  if (year < 1 || month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) return Number.NaN
  const midnight = daysFromCivil(year, month, day) * DAY_MS
  if (length === 10) return midnight
  if (length < 16 || bytes[start + 13] !== COLON) return Number.NaN
  const separator = bytes[start + 10]
  if (separator !== UPPER_T && separator !== LOWER_T && separator !== BLANK) return Number.NaN
  const hour = twoDigits(bytes, start + 11)
  const minute = twoDigits(bytes, start + 14)
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59) return Number.NaN
  const clock = hour * 60 + minute
  if (length === 24) {
    // The form that JavaScript writes, and nearly every event has; anything else of this length goes the long way.
    const rest = secondsAndMilliseconds(bytes, start + 16)
    if (rest >= 0) return midnight + clock * 60_000 + rest
  }

  let at = start + 16
  let second = 0
  let fraction = 0
  if (at < end && bytes[at] === COLON) {
    if (end - at < 3) return Number.NaN
    second = twoDigits(bytes, at + 1)
    if (second < 0 || second > 60) return Number.NaN
    at += 3
    if (at < end && bytes[at] === DOT) {
      const first = ++at
      while (at < end && isDigit(bytes[at])) at++
      if (at === first || at - first > 9) return Number.NaN
      fraction = milliseconds(bytes, first, at)
    }
  }
  const offset = at === end ? 0 : offsetMinutes(bytes, at, end)
  if (offset === BAD) return Number.NaN
  const moment = midnight + (clock - offset) * 60_000
  if (moment < FIRST_MOMENT || moment > LAST_MINUTE) return Number.NaN
  if (second < 60) return moment + second * 1000 + fraction
  const isLastMinute = (clock - offset + 1440) % 1440 === 1439
  return isLastMinute && moment < LAST_MINUTE ? moment + 60_000 : Number.NaN
}

/** Whether a text that `parseIsoTimestamp` accepted has second 60. */
export function isLeapSecond(bytes: Uint8Array, start: number, end: number): boolean {
  return end - start >= 19 && bytes[start + 16] === COLON && bytes[start + 17] === DIGIT_0 + 6
}

/** Milliseconds of the eight bytes `:22.129Z`, or less than zero when they are something else. */
function secondsAndMilliseconds(bytes: Uint8Array, at: number): number {
  if (bytes[at] !== COLON || bytes[at + 3] !== DOT || bytes[at + 7] !== UPPER_Z || !isDigit(bytes[at + 6])) return BAD
  const second = twoDigits(bytes, at + 1)
  return second < 60 ? second * 1000 + twoDigits(bytes, at + 4) * 10 + bytes[at + 6] - DIGIT_0 : BAD
}

/** Minutes east of UTC, or BAD. */
function offsetMinutes(bytes: Uint8Array, at: number, end: number): number {
  const sign = bytes[at]
  const length = end - at
  if (sign === UPPER_Z || sign === LOWER_Z) return length === 1 ? 0 : BAD
  if (sign !== PLUS && sign !== DASH) return BAD
  let minute = 0
  if (length === 5) minute = twoDigits(bytes, at + 3)
  else if (length === 6 && bytes[at + 3] === COLON) minute = twoDigits(bytes, at + 4)
  else if (length !== 3) return BAD
  const hour = twoDigits(bytes, at + 1)
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59) return BAD
  return sign === PLUS ? hour * 60 + minute : -(hour * 60 + minute)
}

/** Of one to nine digits, the first three. */
function milliseconds(bytes: Uint8Array, start: number, end: number): number {
  let value = 0
  for (let i = 0; i < 3; i++) value = value * 10 + (start + i < end ? bytes[start + i] - DIGIT_0 : 0)
  return value
}

/** BAD when one is no digit; two of those still make a year below zero. */
function twoDigits(bytes: Uint8Array, at: number): number {
  const tens = bytes[at] - DIGIT_0
  const ones = bytes[at + 1] - DIGIT_0
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : BAD
}

function isDigit(byte: number): boolean {
  return byte >= DIGIT_0 && byte <= DIGIT_0 + 9
}

/** Far enough below zero that no good digits beside it make up for it. */
const BAD = -1_000_000
const BLANK = 0x20
const PLUS = 0x2b
const DASH = 0x2d
const DOT = 0x2e
const DIGIT_0 = 0x30
const COLON = 0x3a
const UPPER_T = 0x54
const LOWER_T = 0x74
const UPPER_Z = 0x5a
const LOWER_Z = 0x7a
const DAY_MS = 86_400_000
const FIRST_MOMENT = daysFromCivil(1, 1, 1) * DAY_MS
const LAST_MINUTE = daysFromCivil(9999, 12, 31) * DAY_MS + 1439 * 60_000
