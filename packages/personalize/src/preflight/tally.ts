import type { CsvRecord } from '@fletching/csv'
import type { TextHash } from './text-hash.ts'

/** Counts different texts, as long as there are few. */
export class Tally {
  readonly #lows: Int32Array
  readonly #highs: Int32Array
  readonly #counts: number[] = []
  readonly #names: string[] = []
  /** Whether there are more than it counts; it has then stopped counting. */
  isFull = false

  constructor(max: number) {
    this.#lows = new Int32Array(max)
    this.#highs = new Int32Array(max)
  }

  get size(): number {
    return this.#counts.length
  }

  /** Counts the text of a field by its hash, and reads it the first time. Gives whether there is now one too many. */
  add({ low, high }: TextHash, record: CsvRecord, field: number): boolean {
    const size = this.#counts.length
    for (let at = 0; at < size; at++) {
      if (this.#lows[at] !== low || this.#highs[at] !== high) continue
      this.#counts[at]++
      return false
    }
    this.isFull = size === this.#lows.length
    if (this.isFull) return true
    this.#lows[size] = low
    this.#highs[size] = high
    this.#counts.push(1)
    this.#names.push(record.text(field).slice(0, NAME_LENGTH_MAX))
    return false
  }

  /** The most frequent first. */
  all(): { readonly name: string; readonly count: number }[] {
    return this.#names
      .map((name, at) => ({ name, count: this.#counts[at] }))
      .toSorted((one, other) => other.count - one.count || (one.name < other.name ? -1 : 1))
  }
}

const NAME_LENGTH_MAX = 100
