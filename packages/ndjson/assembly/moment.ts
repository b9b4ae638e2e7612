import { BLANK, COLON, DIGIT_0, DOT, MINUS } from './bytes'

/** What is no moment, or one of second 60, of which JavaScript decides. */
export const NO_MOMENT: i64 = i64.MIN_VALUE

/**
 * Milliseconds since 1970-01-01T00:00:00Z of the ISO 8601 text from `start` to `end`, in the forms of `parseIsoTimestamp` in
 * `@fletching/columns`, which tells the rules; otherwise NO_MOMENT.
 *
 * - Source: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms".
 */
export function momentAt(start: usize, end: usize): i64 {
  const length = end - start
  const v = v128.load(start)
  const digits = u32(i8x16.bitmask(i8x16.le_u(i8x16.sub(v, i8x16.splat(DIGIT_0)), i8x16.splat(9))))
  if (length < 10 || (digits & DATE_BYTES) !== DATE_DIGITS) return NO_MOMENT
  if (load<u8>(start, 4) !== MINUS || load<u8>(start, 7) !== MINUS) return NO_MOMENT
  const year = two(start) * 100 + two(start + 2)
  const month = two(start + 5)
  const day = two(start + 8)
  if (year < 1 || month < 1 || month > 12 || day < 1 || day > daysOf(year, month)) return NO_MOMENT
  const midnight = i64(daysFromCivil(year, month, day)) * DAY_MS
  if (length === 10) return midnight
  if (length < 16 || digits >>> 10 !== CLOCK_DIGITS || load<u8>(start, 13) !== COLON) return NO_MOMENT
  const separator = load<u8>(start, 10)
  if ((separator | 0x20) !== LOWER_T && separator !== BLANK) return NO_MOMENT
  const hour = two(start + 11)
  const minute = two(start + 14)
  if (hour > 23 || minute > 59) return NO_MOMENT

  let at = start + 16
  let milliseconds: i32 = 0
  if (at < end && load<u8>(at) === COLON) {
    if (end - at < 3 || !isDigit(at + 1) || !isDigit(at + 2)) return NO_MOMENT
    const second = two(at + 1)
    if (second > 59) return NO_MOMENT
    milliseconds = second * 1000
    at += 3
    if (at < end && load<u8>(at) === DOT) {
      const first = ++at
      let scale = 100
      while (at < end && isDigit(at)) {
        milliseconds += i32(load<u8>(at) - DIGIT_0) * scale
        scale /= 10
        at++
      }
      if (at === first || at - first > 9) return NO_MOMENT
    }
  }
  let offset: i32 = 0
  if (at !== end) {
    const sign = load<u8>(at)
    const rest = end - at
    if ((sign | 0x20) === LOWER_Z) {
      if (rest !== 1) return NO_MOMENT
    } else {
      if ((sign !== PLUS && sign !== MINUS) || rest < 3 || rest === 4 || rest > 6) return NO_MOMENT
      if (!isDigit(at + 1) || !isDigit(at + 2)) return NO_MOMENT
      const offsetHour = two(at + 1)
      let offsetMinute: i32 = 0
      if (rest > 3) {
        const minutes = end - 2
        if (!isDigit(minutes) || !isDigit(minutes + 1) || (rest === 6 && load<u8>(at, 3) !== COLON)) return NO_MOMENT
        offsetMinute = two(minutes)
      }
      if (offsetHour > 23 || offsetMinute > 59) return NO_MOMENT
      offset = offsetHour * 60 + offsetMinute
      if (sign === MINUS) offset = -offset
    }
  }
  const moment = midnight + i64(hour * 60 + minute - offset) * 60_000
  return moment < FIRST_MOMENT || moment > LAST_MINUTE ? NO_MOMENT : moment + i64(milliseconds)
}

/** Years begin in March, so that the leap day is the last. */
// @ts-expect-error: decorator
@inline
function daysFromCivil(year: i32, month: i32, day: i32): i32 {
  const y = year - i32(month <= 2)
  const era = y / 400
  const yearOfEra = y - era * 400
  const dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
  return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
}

// @ts-expect-error: decorator
@inline
function daysOf(year: i32, month: i32): i32 {
  const isLeap = (year & 3) === 0 && (year % 100 !== 0 || year % 400 === 0)
  return month === 2 ? 28 + i32(isLeap) : 30 + ((month + (month >> 3)) & 1)
}

// @ts-expect-error: decorator
@inline
function two(at: usize): i32 {
  return i32(load<u8>(at) - DIGIT_0) * 10 + i32(load<u8>(at, 1) - DIGIT_0)
}

// @ts-expect-error: decorator
@inline
function isDigit(at: usize): bool {
  return u8(load<u8>(at) - DIGIT_0) <= 9
}

const PLUS: u8 = 0x2b
const LOWER_T: u8 = 0x74
const LOWER_Z: u8 = 0x7a
/** Of the first ten bytes, those that are digits; of the six behind them too. */
const DATE_BYTES: u32 = 0b11_1111_1111
const DATE_DIGITS: u32 = 0b11_0110_1111
const CLOCK_DIGITS: u32 = 0b11_0110
const DAY_MS: i64 = 86_400_000
const FIRST_MOMENT: i64 = -62_135_596_800_000
const LAST_MINUTE: i64 = 253_402_300_740_000
