import type { Tally } from './accounting.ts'

/** How often each value was refused, by the reason of the filter that refused it. */
export type Refused = Map<string, Map<string, number>>

/** A value that a filter refused, and how often. */
export interface RefusedValue {
  readonly value: string
  readonly count: number
}

/**
 * Adds the values that were refused in one part of the input.
 *
 * - Memory: a bounded number of distinct values for each reason, whatever the number of objects; further ones count together as `…`.
 */
export function addRefused(total: Refused, tallies: Readonly<Record<string, Tally>>): void {
  for (const [reason, tally] of Object.entries(tallies)) {
    const values = total.get(reason) ?? new Map<string, number>()
    total.set(reason, values)
    for (const [value, count] of Object.entries(tally)) {
      const name = values.has(value) || values.size < VALUES_MAX ? value : '…'
      values.set(name, (values.get(name) ?? 0) + count)
    }
  }
}

/** The ten most frequent values of each reason; where they are equally frequent, in the order of their text. */
export function mostFrequent(refused: Refused): Record<string, readonly RefusedValue[]> {
  return Object.fromEntries([...refused].map(([reason, values]) => [reason, topTen(values)]))
}

function topTen(values: ReadonlyMap<string, number>): RefusedValue[] {
  return Array.from(values, ([value, count]) => ({ value, count }))
    .sort((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1))
    .slice(0, 10)
}

const VALUES_MAX = 10_000
