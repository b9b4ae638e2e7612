const pattern =
  /^(?<year>\d{4})-(?<month>\d\d)-(?<day>\d\d)(?:[Tt ](?<hour>\d\d):(?<minute>\d\d)(?::(?<second>\d\d)(?:\.\d{1,9})?)?(?:[Zz]|(?<sign>[+-])(?<offsetHour>\d\d)(?::?(?<offsetMinute>\d\d))?)?)?$/

const MINUTE_S = 60
const DAY_S = 86_400

/** The years 1 to 9999 in UTC: an offset may lead out of them. */
const FIRST_S = -62_135_596_800
const LAST_S = 253_402_300_799

/** The time that `text` says in whole seconds since 1970, rounded down; `undefined` when it says none by our rules. */
export function epochSecondsOf(text: string): number | undefined {
  const { groups } = pattern.exec(text) ?? {}
  if (groups === undefined) return undefined
  const part = (name: string) => Number(groups[name] ?? 0)
  const midnight = daySeconds(part('year'), part('month'), part('day'))
  if (midnight === undefined) return undefined
  if (part('hour') > 23 || part('minute') > 59 || part('second') > 60) return undefined
  if (part('offsetHour') > 23 || part('offsetMinute') > 59) return undefined
  const offset = (part('offsetHour') * 60 + part('offsetMinute')) * MINUTE_S * (groups.sign === '-' ? -1 : 1)
  const minute = midnight + (part('hour') * 60 + part('minute')) * MINUTE_S - offset
  const isLastOfDay = (minute + MINUTE_S) % DAY_S === 0
  if (part('second') === 60 && !isLastOfDay) return undefined
  const seconds = minute + part('second')
  return seconds >= FIRST_S && seconds <= LAST_S ? seconds : undefined
}

/** Midnight UTC of a day of the years 1 to 9999, by the calendar of `Date`; `undefined` when there is no such day. */
function daySeconds(year: number, month: number, day: number): number | undefined {
  const date = new Date(0)
  date.setUTCFullYear(year, month - 1, day)
  const exists = year >= 1 && date.getUTCFullYear() === year && date.getUTCMonth() === month - 1
  return exists && date.getUTCDate() === day ? date.getTime() / 1000 : undefined
}
