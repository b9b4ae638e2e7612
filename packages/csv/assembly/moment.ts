import { COLON, DOT, MINUS, PLUS, UPPER_T, UPPER_Z } from './bytes'
import { DATE } from './memory'
import { putDigits, putPair, putUnsigned } from './number'

/** Writes a moment as `2019-05-18T14:03:22.129Z`; what is finer than a millisecond is cut down to the one before. */
export function putMoment(value: i64, perSecond: u32, out: usize): usize {
  const perDay = i64(perSecond) * SECONDS_A_DAY
  const days = floorDivide(value, perDay)
  // Moments of a log mostly lie on the day of the moment before.
  if (days !== dateDays) {
    dateBytes = putDate(days, DATE) - DATE
    dateDays = days
  }
  memory.copy(out, DATE, dateBytes)
  const sinceMidnight = u64(value - days * perDay)
  const milliseconds =
    perSecond === 1 ? u32(sinceMidnight) * 1000 : u32(sinceMidnight / u64(perSecond / 1000))
  return putTime(milliseconds, out + dateBytes)
}

/** Writes a day as `2019-05-18`, from days since 1970; outside the years 0 to 9999 as ISO 8601 has it, `+010000-01-01`. */
export function putDate(days: i64, out: usize): usize {
  // Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms": years begin in March, so that the leap day is the last.
  const shifted = days + 719_468
  const era = floorDivide(shifted, 146_097)
  const dayOfEra = u32(shifted - era * 146_097)
  const yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
  const dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
  const monthFromMarch = (5 * dayOfYear + 2) / 153
  const month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
  const day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
  let at = putYear(i64(yearOfEra) + era * 400 + i64(month <= 2), out)
  store<u8>(at, MINUS)
  putPair(month, at + 1)
  store<u8>(at, MINUS, 3)
  putPair(day, at + 4)
  return at + 6
}

function putYear(year: i64, out: usize): usize {
  if (year >= 0 && year <= 9999) return putDigits(u32(year), 4, out)
  store<u8>(out, year < 0 ? MINUS : PLUS)
  const size = u64(abs(year))
  return size < 1_000_000 ? putDigits(u32(size), 6, out + 1) : putUnsigned(size, out + 1)
}

/** Writes `T14:03:22.129Z`, from milliseconds since midnight. */
function putTime(milliseconds: u32, out: usize): usize {
  const seconds = milliseconds / 1000
  const minutes = seconds / 60
  const hours = minutes / 60
  store<u8>(out, UPPER_T)
  putPair(hours, out + 1)
  store<u8>(out, COLON, 3)
  putPair(minutes - hours * 60, out + 4)
  store<u8>(out, COLON, 6)
  putPair(seconds - minutes * 60, out + 7)
  store<u8>(out, DOT, 9)
  putDigits(milliseconds - seconds * 1000, 3, out + 10)
  store<u8>(out, UPPER_Z, 13)
  return out + 14
}

function floorDivide(value: i64, by: i64): i64 {
  const quotient = value / by
  return value < quotient * by ? quotient - 1 : quotient
}

/** The day that DATE holds, and the length of its text. */
let dateDays: i64 = i64.MIN_VALUE
let dateBytes: usize = 0
const SECONDS_A_DAY: i64 = 86_400
