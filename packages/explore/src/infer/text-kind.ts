import { isLeapSecond, parseIsoTimestamp } from '@fletching/columns'

/**
 * Whether a text is a moment of which a timestamp in milliseconds keeps all but the zone: a date and a time by RFC 3339 with at most three
 * digits of a second's fraction. Second 60 would come out as the next one, so it is none.
 */
export function isMoment(bytes: Uint8Array, start: number, end: number): boolean {
  const length = end - start
  if (length < 20 || length > 29) return false
  if (bytes[start + 10] !== UPPER_T && bytes[start + 10] !== LOWER_T) return false
  if (!/^.{19}(\.\d{1,3})?([Zz]|[+-]\d\d:\d\d)$/.test(LATIN1.decode(bytes.subarray(start, end)))) return false
  return !Number.isNaN(parseIsoTimestamp(bytes, start, end)) && !isLeapSecond(bytes, start, end)
}

const UPPER_T = 0x54
const LOWER_T = 0x74
const LATIN1 = new TextDecoder('latin1')
