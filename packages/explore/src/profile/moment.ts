import { parseIsoTimestamp } from '@fletching/columns'

/** The seconds since 1970 that a text stands for, a whole number of them or ISO 8601; NaN where it is neither, or outside of the years 0001 to 9999. */
export function secondsOf(text: string): number {
  if (/^-?\d{1,12}$/.test(text)) {
    const seconds = Number(text)
    return seconds >= FIRST && seconds <= LAST ? seconds : Number.NaN
  }
  const bytes = encoder.encode(text)
  return Math.floor(parseIsoTimestamp(bytes, 0, bytes.length) / 1000)
}

const encoder = new TextEncoder()
/** 0001-01-01T00:00:00Z and 9999-12-31T23:59:59Z. */
const FIRST = -62_135_596_800
const LAST = 253_402_300_799
