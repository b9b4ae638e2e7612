import type { TimeUnit } from './profile.ts'

/** The unit in which so many days make a picture of at most some hundred bars. */
export function unitOf(days: number, hasHours: boolean): TimeUnit {
  if (days <= 4 && hasHours) return 'hour'
  if (days <= 120) return 'day'
  if (days <= 120 * 7) return 'week'
  return days <= 120 * 30 ? 'month' : 'year'
}

/** Where the unit begins that holds a moment, both in seconds since 1970; weeks begin on Monday. */
export function bucketStart(seconds: number, unit: TimeUnit): number {
  const day = Math.floor(seconds / DAY_SECONDS)
  switch (unit) {
    case 'hour':
      return seconds
    case 'day':
      return day * DAY_SECONDS
    case 'week':
      // The first day of 1970 was a Thursday.
      return (day - ((((day + 3) % 7) + 7) % 7)) * DAY_SECONDS
    case 'month':
      return firstOfMonth(seconds, (month) => month)
    case 'year':
      return firstOfMonth(seconds, () => 0)
  }
}

/** Where the unit ends that begins at `start`. */
export function nextStart(start: number, unit: TimeUnit): number {
  return bucketStart(start + LONGEST_SECONDS[unit], unit)
}

/** `2019-05-18`. */
export function dayText(seconds: number): string {
  return new Date(seconds * 1000).toISOString().slice(0, 'yyyy-mm-dd'.length)
}

function firstOfMonth(seconds: number, monthOf: (month: number) => number): number {
  const date = new Date(seconds * 1000)
  date.setUTCHours(0, 0, 0, 0)
  date.setUTCMonth(monthOf(date.getUTCMonth()), 1)
  return date.getTime() / 1000
}

/** So long that the next one has begun, and has not ended. */
const LONGEST_SECONDS = { hour: 3600, day: 86_400, week: 7 * 86_400, month: 31 * 86_400, year: 366 * 86_400 }
export const DAY_SECONDS = 86_400
