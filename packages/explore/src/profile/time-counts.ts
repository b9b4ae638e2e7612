import { type EventNames, NAMES_MAX } from './event-names.ts'
import type { TimeProfile } from './profile.ts'
import { bucketStart, DAY_SECONDS, dayText, unitOf } from './time-unit.ts'

/**
 * Counts moments by day and type of event, and by hour as long as there are few hours.
 *
 * - Memory: 40,000 days with a row, which are 110 years, each with up to a hundred types; rows of further days count as far away.
 */
export class TimeCounts {
  readonly #names: EventNames
  readonly #days = new Map<number, number[]>()
  #hours: Map<number, number[]> | undefined = new Map()
  #first = Number.POSITIVE_INFINITY
  #last = Number.NEGATIVE_INFINITY
  #unreadable = 0

  constructor(names: EventNames) {
    this.#names = names
  }

  /** Counts a row by its moment in seconds, NaN where it has none, and the number of its type of event. */
  add(seconds: number, event: number): void {
    if (Number.isNaN(seconds)) {
      this.#unreadable++
      return
    }
    if (seconds < this.#first) this.#first = seconds
    if (seconds > this.#last) this.#last = seconds
    addTo(this.#days, Math.floor(seconds / DAY_SECONDS), event, DAYS_MAX)
    if (this.#hours === undefined) return
    const hour = Math.floor(seconds / HOUR_SECONDS)
    if (!addTo(this.#hours, hour, event, HOURS_MAX)) this.#hours = undefined
  }

  finish(column: string, types: readonly string[], rowsInAll: number): TimeProfile {
    const days = [...this.#days.keys()].sort((one, other) => one - other)
    const [from, to] = centralRange(days, (day) => sum(this.#days.get(day) ?? []))
    const isInRange = (day: number) => day >= from && day <= to
    const unit = unitOf(to - from + 1, this.#hours !== undefined)
    const numbers = new Map(this.#names.names.map((name, number) => [name, number]))
    const series = types.slice(0, SERIES_MAX)
    const places = series.map((name) => numbers.get(name) ?? NAMES_MAX)
    const buckets = new Map<number, number[]>()
    const counted = unit === 'hour' ? (this.#hours ?? new Map<number, number[]>()) : this.#days
    const width = unit === 'hour' ? HOUR_SECONDS : DAY_SECONDS
    for (const [time, counts] of counted) {
      const seconds = time * width
      if (!isInRange(Math.floor(seconds / DAY_SECONDS))) continue
      const start = bucketStart(seconds, unit)
      const bucket = buckets.get(start) ?? Array.from({ length: series.length + 1 }, () => 0)
      buckets.set(start, bucket)
      for (const [index, place] of places.entries()) bucket[index] += counts[place] ?? 0
      bucket[series.length] += sum(counts) - sum(places.map((place) => counts[place] ?? 0))
    }
    const ordered = [...buckets].sort(([one], [other]) => one - other)
    const inBuckets = sum(ordered.map(([, counts]) => sum(counts)))
    const before = sum(days.filter((day) => day < from).map((day) => sum(this.#days.get(day) ?? [])))
    return {
      column,
      first: days.length === 0 ? undefined : this.#first,
      last: days.length === 0 ? undefined : this.#last,
      unreadable: this.#unreadable,
      unit,
      series,
      buckets: ordered.map(([start, counts]) => ({ start, counts })),
      before,
      after: rowsInAll - this.#unreadable - inBuckets - before,
      gaps: gapsIn(days.filter(isInRange)),
    }
  }
}

/** Gives whether there was room. */
function addTo(times: Map<number, number[]>, time: number, event: number, timesMax: number): boolean {
  let counts = times.get(time)
  if (counts === undefined) {
    if (times.size === timesMax) return false
    counts = []
    times.set(time, counts)
  }
  while (counts.length <= event) counts.push(0)
  counts[event]++
  return true
}

/**
 * The first and the last day of the picture. The few rows at both ends are left out of it, 0.5 % of all at most at each, where without them it
 * becomes at least twice as close.
 */
function centralRange(days: readonly number[], rowsOf: (day: number) => number): readonly [number, number] {
  if (days.length === 0) return [0, -1]
  const rows = sum(days.map(rowsOf))
  const edge = (inOrder: readonly number[]) => {
    let passed = 0
    for (const day of inOrder) {
      passed += rowsOf(day)
      if (passed > rows * EDGE_SHARE) return day
    }
    return inOrder[inOrder.length - 1]
  }
  const [from, to] = [edge(days), edge(days.toReversed())]
  const [first, last] = [days[0], days[days.length - 1]]
  return last - first + 1 >= 2 * (to - from + 1) ? [from, to] : [first, last]
}

function gapsIn(days: readonly number[]): TimeProfile['gaps'] {
  const gaps = days.slice(1).flatMap((day, index) => {
    const missing = day - days[index] - 1
    return missing > 0 ? [{ from: days[index] + 1, days: missing }] : []
  })
  return {
    days: sum(gaps.map((gap) => gap.days)),
    longest: gaps
      .toSorted((one, other) => other.days - one.days || one.from - other.from)
      .slice(0, GAPS_SHOWN)
      .map((gap) => ({ from: dayText(gap.from * DAY_SECONDS), days: gap.days })),
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}

const HOUR_SECONDS = 3600
const DAYS_MAX = 40_000
const HOURS_MAX = 2000
/** As many colours can be told apart. */
const SERIES_MAX = 5
const EDGE_SHARE = 0.005
const GAPS_SHOWN = 10
