import type { Counted, RowsProfile, TimeProfile, TimeUnit } from '../../src/profile/profile.ts'

/** Columns of the main job's CSV. */
export const names = ['USER_ID', 'ITEM_ID', 'EVENT_TYPE', 'TIMESTAMP'] as const

/** The figures of rows of these columns, the slow and obvious way: exact, with all values in memory. */
export function rowsOracle(rows: readonly (readonly string[])[]): RowsProfile {
  const types = countOf(rows.map(([, , event]) => event))
  const timed = rows
    .map(([user, , event, time]) => ({ user, event, time, seconds: secondsOf(time) }))
    .filter(({ time }) => time !== '')
  const perUser = countOf(rows.map(([user]) => user).filter((user) => user !== ''))
  const pairs = timed.filter(({ user, seconds }) => user !== '' && seconds !== undefined)
  return {
    rows: rows.length,
    columns: names.map((name, at) => {
      const values = rows.map((row) => row[at]).filter((value) => value !== '')
      return { name, empty: rows.length - values.length, distinct: exactly(new Set(values).size) }
    }),
    duplicates: exactly(rows.length - new Set(rows.map((row) => JSON.stringify(row))).size),
    details: {
      events: { types, others: 0 },
      time: timeOracle(
        timed.filter(({ seconds }) => seconds !== undefined).map(({ event, seconds = 0 }) => ({ event, seconds })),
        types,
        timed.length,
      ),
      items: { top: countOf(rows.map(([, item]) => item).filter((item) => item !== '')).slice(0, 20), errorMax: 0 },
      users: { bins: binsOf(perUser.map(({ count }) => count)), isEstimated: false },
      sameSecond: exactly(pairs.length - new Set(pairs.map(({ user, seconds }) => `${seconds} ${user}`)).size),
    },
  }
}

function timeOracle(
  events: readonly { event: string; seconds: number }[],
  types: readonly Counted[],
  timed: number,
): TimeProfile {
  const seconds = events.map((one) => one.seconds)
  const dates = seconds.map((moment) => new Date(Math.floor(moment / 86_400) * 86_400_000).getTime())
  const [first, last] = [Math.min(...dates), Math.max(...dates)]
  const days: string[] = []
  for (let day = first; day <= last; day += 86_400_000) days.push(iso(day))
  const unit = unitFor(days.length)
  const series = types.slice(0, 5).map(({ name }) => name)
  const buckets = new Map<number, number[]>()
  for (const { event, seconds: moment } of events) {
    const start = startOf(moment, unit)
    const counts = buckets.get(start) ?? Array.from({ length: series.length + 1 }, () => 0)
    const place = series.indexOf(event)
    counts[place < 0 ? series.length : place]++
    buckets.set(start, counts)
  }
  const there = new Set(dates.map(iso))
  const gaps: { from: string; days: number }[] = []
  for (const [at, day] of days.entries()) {
    if (there.has(day)) continue
    if (at > 0 && !there.has(days[at - 1])) gaps[gaps.length - 1].days++
    else gaps.push({ from: day, days: 1 })
  }
  return {
    column: 'TIMESTAMP',
    first: Math.min(...seconds),
    last: Math.max(...seconds),
    unreadable: timed - events.length,
    unit,
    series,
    buckets: [...buckets].sort(([one], [other]) => one - other).map(([start, counts]) => ({ start, counts })),
    before: 0,
    after: 0,
    gaps: {
      days: days.length - there.size,
      longest: gaps.sort((one, other) => other.days - one.days || (one.from < other.from ? -1 : 1)).slice(0, 10),
    },
  }
}

function startOf(seconds: number, unit: TimeUnit): number {
  const date = new Date(seconds * 1000)
  const [year, month, day, hour] = [date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate(), date.getUTCHours()]
  const starts = {
    hour: Date.UTC(year, month, day, hour),
    day: Date.UTC(year, month, day),
    week: Date.UTC(year, month, day - ((date.getUTCDay() + 6) % 7)),
    month: Date.UTC(year, month),
    year: Date.UTC(year, 0),
  }
  return starts[unit] / 1000
}

function unitFor(days: number): TimeUnit {
  if (days <= 4) return 'hour'
  if (days <= 120) return 'day'
  if (days <= 840) return 'week'
  return days <= 3600 ? 'month' : 'year'
}

function secondsOf(text: string): number | undefined {
  if (/^\d+$/.test(text)) return Number(text)
  const moment = new Date(text).getTime()
  return Number.isNaN(moment) ? undefined : Math.floor(moment / 1000)
}

function countOf(texts: readonly string[]): Counted[] {
  const counts: Counted[] = []
  for (const name of new Set(texts)) counts.push({ name, count: texts.filter((text) => text === name).length })
  return counts.sort((one, other) => other.count - one.count || (one.name < other.name ? -1 : 1))
}

function binsOf(counts: readonly number[]): { from: number; to: number; users: number }[] {
  const bins = []
  for (let [from, to] = [1, 1]; from <= Math.max(0, ...counts); [from, to] = [to + 1, 2 * to]) {
    bins.push({ from, to, users: counts.filter((count) => count >= from && count <= to).length })
  }
  return bins
}

function exactly(count: number) {
  return { count, isEstimated: false }
}

function iso(milliseconds: number): string {
  return new Date(milliseconds).toISOString().slice(0, 10)
}
