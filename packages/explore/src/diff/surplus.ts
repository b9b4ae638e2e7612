import { hash } from 'node:crypto'
import { Parts } from './parts.ts'
import type { Side } from './row-counts.ts'

/** A row that stands more often in one input than in the other. */
export interface Surplus {
  readonly side: Side
  /** How much more often. */
  readonly times: number
  /** Whether it stands in the other input too. */
  readonly isInBoth: boolean
  readonly texts: readonly string[]
}

/**
 * Such rows, grouped by some of their columns, on disk.
 *
 * - Memory: of `groups`, a part, of which there are so many that each is small; the rows of one group stay together.
 */
export class SurplusGroups {
  readonly #columns: readonly number[]
  readonly #parts: Parts

  constructor(columns: readonly number[], parts: number, tmp?: string) {
    this.#columns = columns
    this.#parts = new Parts(parts, tmp)
  }

  add({ side, times, isInBoth, texts }: Surplus): void {
    const part = hash('sha256', this.#keyOf(texts), 'buffer').readUInt32LE() % this.#parts.count
    this.#parts.append(part, Buffer.from(`${JSON.stringify([side, times, isInBoth, texts])}\n`))
  }

  settle(): Promise<void> {
    return this.#parts.settle()
  }

  /** Groups that lie in a part together. */
  async *groups(): AsyncGenerator<readonly (readonly Surplus[])[]> {
    for (let part = 0; part < this.#parts.count; part++) {
      const groups = new Map<string, Surplus[]>()
      for await (const bytes of this.#parts.read(part)) {
        for (const line of bytes.toString().split('\n').slice(0, -1)) {
          const [side, times, isInBoth, texts] = JSON.parse(line) as [Side, number, boolean, string[]]
          const key = this.#keyOf(texts)
          const group = groups.get(key) ?? []
          groups.set(key, group)
          group.push({ side, times, isInBoth, texts })
        }
      }
      yield [...groups.values()]
    }
  }

  close(): Promise<void> {
    return this.#parts.close()
  }

  #keyOf(texts: readonly string[]): string {
    return JSON.stringify(this.#columns.map((column) => texts[column]))
  }
}
