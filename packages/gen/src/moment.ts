import type { Random } from './random.ts'

/**
 * The four times of one event, in milliseconds since 1970, with
 * `timestamp = received − (sent − original)`: Segment's correction for a client clock that is wrong.
 *
 * `nanos` is the part below the millisecond that `original` and `timestamp` share, for the SDKs that write it.
 */
export interface Moment {
  readonly original: number
  readonly sent: number
  readonly received: number
  readonly timestamp: number
  readonly nanos: number
}

const HOUR_MS = 3_600_000

/** The times of an event that arrives at `received`: mostly fresh, now and then held back by a phone without network. */
export function momentOf(received: number, random: Random): Moment {
  const held = random.oneIn(50) ? random.below(48 * 3600) * 1000 + random.below(1000) : random.below(10_000)
  const latency = 20 + random.below(800)
  const skew = random.oneIn(200) ? (random.below(201) - 100) * HOUR_MS : random.below(4_001) - 2_000
  const sent = received - latency + skew
  return { original: sent - held, sent, received, timestamp: received - held, nanos: random.below(1_000_000) }
}

/** `2019-05-18T20:13:05.123Z`, what `JSON.stringify(new Date())` gives, and so analytics-next and analytics-java. */
export function isoMillis(ms: number): string {
  return new Date(ms).toISOString()
}

/** A writer of times in the form of one SDK. */
export type TimeForm = (ms: number, nanos: number, random: Random) => string

/** `2019-05-18T20:13:05.123456+00:00`, and no fraction at all when it is zero (Python's `isoformat()`). */
export const microsUtc: TimeForm = (ms, nanos) => {
  const text = isoMillis(ms)
  const fraction = text.slice(20, 23) + String(Math.floor(nanos / 1000)).padStart(3, '0')
  return fraction === '000000' ? `${text.slice(0, 19)}+00:00` : `${text.slice(0, 19)}.${fraction}+00:00`
}

/** `2019-05-18T22:13:05+02:00`, or a fraction of any length from `microtime(true)` (PHP's `date('c')`). */
export function phpTime(offsetMinutes: number): TimeForm {
  const offset = formatOffset(offsetMinutes)
  return (ms, nanos, random) => {
    const text = isoMillis(ms + offsetMinutes * 60_000)
    if (random.below(10) < 7) return text.slice(0, 19) + offset
    const fraction = text.slice(20, 23) + String(Math.floor(nanos / 1000)).padStart(3, '0')
    return `${text.slice(0, 19)}${trimFraction(fraction.slice(0, random.between(1, 6)))}${offset}`
  }
}

/** `2019-05-18T22:13:05.123+02:00`, `Z` in UTC (Ruby's `iso8601(3)`). */
export function rubyTime(offsetMinutes: number): TimeForm {
  const offset = offsetMinutes === 0 ? 'Z' : formatOffset(offsetMinutes)
  return (ms) => isoMillis(ms + offsetMinutes * 60_000).slice(0, 23) + offset
}

/** `2019-05-18T13:13:05.123456789-07:00` without trailing zeros: 0 to 9 digits, `Z` in UTC (Go's `RFC3339Nano`). */
export function goTime(offsetMinutes: number): TimeForm {
  const offset = offsetMinutes === 0 ? 'Z' : formatOffset(offsetMinutes)
  return (ms, nanos, random) => {
    const text = isoMillis(ms + offsetMinutes * 60_000)
    const fraction = text.slice(20, 23) + String(nanos).padStart(6, '0')
    return `${text.slice(0, 19)}${trimFraction(fraction.slice(0, random.below(10)))}${offset}`
  }
}

function trimFraction(digits: string): string {
  const kept = digits.replace(/0+$/, '')
  return kept === '' ? '' : `.${kept}`
}

function formatOffset(minutes: number): string {
  const size = Math.abs(minutes)
  const hours = String(Math.floor(size / 60)).padStart(2, '0')
  return `${minutes < 0 ? '-' : '+'}${hours}:${String(size % 60).padStart(2, '0')}`
}
