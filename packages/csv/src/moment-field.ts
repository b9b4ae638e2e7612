import { civilFromDays } from '@fletching/columns'
import { type Data, type Timestamp, TimeUnit } from 'apache-arrow'
import { ByteSink } from './byte-sink.ts'
import { halvesOf, numberAt } from './halves.ts'
import { putDigits } from './number-field.ts'

/** Appends a day as `2019-05-18`, from days since 1970; outside the years 0 to 9999 as ISO 8601 has it, `+010000-01-01`. */
export function putDate(sink: ByteSink, days: number): void {
  sink.reserve(32)
  const { year, month, day } = civilFromDays(days)
  const isPlain = year >= 0 && year <= 9999
  if (!isPlain) sink.bytes[sink.length++] = year < 0 ? MINUS : PLUS
  putDigits(sink, Math.abs(year), isPlain ? 4 : 6)
  sink.bytes[sink.length++] = MINUS
  putDigits(sink, month, 2)
  sink.bytes[sink.length++] = MINUS
  putDigits(sink, day, 2)
}

/**
 * A writer of moments as `2019-05-18T14:03:22.129Z`.
 *
 * - Units: finer ones are cut down to the millisecond before.
 */
export function openMomentWriter(data: Data<Timestamp>, sink: ByteSink): (row: number) => void {
  const { values, type } = data
  const putMoment = openMilliseconds(sink)
  const halves = halvesOf(values)
  switch (type.unit) {
    case TimeUnit.MILLISECOND:
      return (row) => putMoment(numberAt(halves, row))
    case TimeUnit.SECOND:
      return (row) => putMoment(numberAt(halves, row) * 1000)
    default: {
      const perMillisecond = type.unit === TimeUnit.MICROSECOND ? 1000n : 1_000_000n
      return (row) => putMoment(Number(floorDivide(values[row], perMillisecond)))
    }
  }
}

/** Moments of a log mostly lie on the day of the moment before, whose date is copied. */
function openMilliseconds(sink: ByteSink): (milliseconds: number) => void {
  const date = new ByteSink(32)
  let dateDays = Number.NaN
  return (milliseconds) => {
    const days = Math.floor(milliseconds / DAY_MS)
    if (days !== dateDays) {
      date.length = 0
      putDate(date, days)
      dateDays = days
    }
    sink.copy(date.bytes, 0, date.length)
    putTime(sink, milliseconds - days * DAY_MS)
  }
}

/** Appends `T14:03:22.129Z`, from milliseconds since midnight. */
function putTime(sink: ByteSink, milliseconds: number): void {
  sink.reserve(16)
  const seconds = Math.floor(milliseconds / 1000)
  const minutes = Math.floor(seconds / 60)
  const hours = Math.floor(minutes / 60)
  sink.bytes[sink.length++] = UPPER_T
  putDigits(sink, hours, 2)
  sink.bytes[sink.length++] = COLON
  putDigits(sink, minutes - hours * 60, 2)
  sink.bytes[sink.length++] = COLON
  putDigits(sink, seconds - minutes * 60, 2)
  sink.bytes[sink.length++] = DOT
  putDigits(sink, milliseconds - seconds * 1000, 3)
  sink.bytes[sink.length++] = UPPER_Z
}

function floorDivide(value: bigint, by: bigint): bigint {
  const quotient = value / by
  return value < 0n && quotient * by !== value ? quotient - 1n : quotient
}

const PLUS = 0x2b
const MINUS = 0x2d
const DOT = 0x2e
const COLON = 0x3a
const UPPER_T = 0x54
const UPPER_Z = 0x5a
const DAY_MS = 86_400_000
