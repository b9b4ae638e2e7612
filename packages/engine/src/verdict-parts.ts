import { internal } from '@fletching/columns/errors'
import { Spill, type SpillPlace } from '@fletching/storage'

/** What is known of a key: its row stays, its row repeats another, or it is not yet known, and the key waits in the part of that number behind it. */
export const Verdict = { first: 0, repeated: 1, later: 2 } as const

const PART_BITS = 4
const PARTS = 1 << PART_BITS
/** How often a part can part again, each time by other bits of the hash. */
export const LEVELS = 32 / PART_BITS

/** The part in which a key waits, by its hash. */
export function partOf(hash: number, level: number): number {
  return (hash >>> (PART_BITS * level)) & (PARTS - 1)
}

/** Verdicts of a part on disk, in the order of its keys. */
interface Part {
  readonly places: SpillPlace[]
  /** Verdicts that were read and not taken. */
  waiting: Uint8Array
}

/** Verdicts that were left open and then found, by the parts in which their keys wait. */
export class VerdictParts {
  readonly #spill: Spill
  readonly #parts: Part[] = Array.from({ length: PARTS }, () => ({ places: [], waiting: NONE }))

  /** - `tmp`: a folder for them. */
  constructor(tmp: string | undefined) {
    this.#spill = new Spill(tmp)
  }

  /** Adds the verdicts of the next keys of a part. */
  async add(number: number, verdicts: Uint8Array): Promise<void> {
    this.#parts[number].places.push(await this.#spill.append(verdicts))
  }

  /** Puts others in the place of those of a part; they come as they were added. */
  async change(number: number, change: (verdicts: Uint8Array) => Promise<void>): Promise<void> {
    const { places } = this.#parts[number]
    for (const [index, place] of places.entries()) {
      const verdicts = await this.#spill.read(place)
      await change(verdicts)
      places[index] = await this.#spill.append(verdicts)
    }
  }

  /** Puts them into the places of those that were left open; each is asked for once, in the order of the keys. */
  async fill(verdicts: Uint8Array): Promise<void> {
    const counts = new Int32Array(PARTS)
    for (const verdict of verdicts) if (verdict >= Verdict.later) counts[verdict - Verdict.later]++
    const settled: Uint8Array[] = []
    for (let number = 0; number < PARTS; number++) {
      settled.push(counts[number] === 0 ? NONE : await this.#take(this.#parts[number], counts[number]))
    }
    counts.fill(0)
    for (let key = 0; key < verdicts.length; key++) {
      const number = verdicts[key] - Verdict.later
      if (number >= 0) verdicts[key] = settled[number][counts[number]++]
    }
  }

  /** Leaves no file. */
  async close(): Promise<void> {
    await this.#spill.close()
  }

  /** The next verdicts of a part. */
  async #take(part: Part, count: number): Promise<Uint8Array> {
    const taken = new Uint8Array(count)
    for (let at = 0; at < count; ) {
      if (part.waiting.length === 0) {
        const place = part.places.shift()
        if (place === undefined) throw internal(`${count - at} keys have no verdict`)
        part.waiting = await this.#spill.read(place)
      }
      const some = part.waiting.subarray(0, count - at)
      taken.set(some, at)
      part.waiting = part.waiting.subarray(some.length)
      at += some.length
    }
    return taken
  }
}

const NONE = new Uint8Array(0)
