import type { Counted } from './profile.ts'

/**
 * Counts texts in bounded memory, so that the most frequent are known.
 *
 * As long as there are no more different texts than there is room for, every count is exact. From then on, as often as room is needed, the
 * middle count is taken from all, and those are forgotten that have nothing left (Misra and Gries, "Finding repeated elements"): a count is then
 * at most the true one, and at least the true one less `errorMax`, which stays below twice the number of texts divided by the room.
 *
 * - Memory: `textsMax` texts.
 */
export class FrequentTexts {
  readonly #textsMax: number
  #counts = new Map<string, number>()
  /** So many a count may lack; 0 where all are exact. */
  errorMax = 0

  constructor(textsMax = TEXTS_MAX) {
    this.#textsMax = textsMax
  }

  add(text: string): void {
    const count = this.#counts.get(text)
    if (count === undefined && this.#counts.size === this.#textsMax) this.#makeRoom()
    this.#counts.set(text, (count ?? 0) + 1)
  }

  /** The most frequent; of those that are equally frequent, in the order of their text. */
  top(limit: number): Counted[] {
    return mostFrequent(this.#counts).slice(0, limit)
  }

  #makeRoom(): void {
    const counts = Float64Array.from(this.#counts.values()).sort()
    const middle = counts[counts.length >> 1]
    this.errorMax += middle
    const kept = [...this.#counts].filter(([, count]) => count > middle)
    this.#counts = new Map(kept.map(([text, count]) => [text, count - middle]))
  }
}

export function mostFrequent(counts: ReadonlyMap<string, number>): Counted[] {
  return inOrder(Array.from(counts, ([name, count]) => ({ name, count })))
}

/** The most frequent first; of those that are equally frequent, in the order of their names. */
export function inOrder<C extends Counted>(counted: readonly C[]): C[] {
  return counted.toSorted((one, other) => other.count - one.count || (one.name < other.name ? -1 : 1))
}

const TEXTS_MAX = 100_000
