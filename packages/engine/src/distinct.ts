import { randomBytes } from 'node:crypto'
import { wordsOf } from '@fletching/columns'
import { internal } from '@fletching/columns/errors'
import { Spill, type SpillPlace } from '@fletching/storage'
import { type HashSecret, halfSipHash } from './half-sip-hash.ts'
import { KeyTable } from './key-table.ts'
import type { Keys } from './keys.ts'

/** What is known of a key: nobody had it before, somebody had, or it is not yet known, and the key waits in the part of that number behind it. */
export const Verdict = { first: 0, repeated: 1, later: 2 } as const

export interface DistinctOptions {
  /** For keys; beside it there is a buffer of 64 KiB for each of sixteen parts. */
  readonly bytesMax: number
  /** A folder for keys that have no room. */
  readonly tmp: string | undefined
  readonly signal?: AbortSignal | undefined
}

/** Some of the keys that have the same bits in their hashes, in their order, and what became of them. */
interface Part {
  block: Int32Array
  blockWords: number
  readonly keys: SpillPlace[]
  readonly verdicts: SpillPlace[]
  /** Verdicts that were read and not taken. */
  waiting: Uint8Array
}

/**
 * Tells of keys, in their order, which repeat an earlier one. It is exact: keys are compared whole, in memory and on disk.
 *
 * Keys are taken into a table while there is room. From then on a key that is in the table is a repeat, and any other goes to one of sixteen
 * parts on disk, chosen by its hash, with its verdict left open. `settle` decides each part on its own, in the same way: equal keys are in
 * the same part, and in their order. So a key is never looked up on disk, which is written and read in blocks; a part that is too large parts again.
 *
 * Verdicts are asked for in the order of the keys, and lie in each part in that order, so no key needs a number.
 *
 * - Memory: `bytesMax`; on disk, the keys that had no room, once more for each level, and a byte for each.
 * - Errors: SPILL (environment) when there is no room on disk.
 */
export class Distinct {
  readonly #options: DistinctOptions
  readonly #table: KeyTable
  readonly #secret: HashSecret
  readonly #level: number
  readonly #keys: Spill
  readonly #verdicts: Spill
  readonly #parts: Part[] = []
  #hasLater = false

  constructor(options: DistinctOptions, parent?: Distinct) {
    this.#options = options
    this.#table = parent === undefined ? new KeyTable(options.bytesMax) : parent.#table
    this.#secret = parent === undefined ? newSecret() : parent.#secret
    this.#level = parent === undefined ? 0 : parent.#level + 1
    this.#keys = new Spill(options.tmp)
    this.#verdicts = new Spill(options.tmp)
  }

  /** Whether any verdict was left open. */
  get hasLater(): boolean {
    return this.#hasLater
  }

  /** A verdict for each key: `first`, `repeated`, or `later` and the number of the key's part. */
  async decide(keys: Keys): Promise<Uint8Array> {
    const verdicts = new Uint8Array(keys.starts.length)
    const { slots, parts } = halfSipHash(keys, this.#secret)
    const full: (readonly [Part, Int32Array])[] = []
    for (let key = 0; key < verdicts.length; key++) {
      const added = this.#table.add(keys, key, slots[key])
      if (added === 'known') verdicts[key] = Verdict.repeated
      else if (added === 'noRoom') {
        const number = (parts[key] >>> (PART_BITS * this.#level)) & (PARTS - 1)
        verdicts[key] = Verdict.later + number
        const part = this.#part(number)
        const length = keys.lengths[key]
        if (part.blockWords + 1 + length > part.block.length) {
          if (part.blockWords > 0) full.push([part, part.block.subarray(0, part.blockWords)])
          part.block = new Int32Array(Math.max(BLOCK_WORDS, 1 + length))
          part.blockWords = 0
        }
        part.block[part.blockWords] = length
        part.block.set(keys.words.subarray(keys.starts[key], keys.starts[key] + length), part.blockWords + 1)
        part.blockWords += 1 + length
      }
    }
    for (const [part, block] of full) part.keys.push(await this.#keys.append(bytesOf(block)))
    return verdicts
  }

  /** Decides what was left open; to be called after the last key. */
  async settle(): Promise<void> {
    for (const part of this.#parts) {
      if (part === undefined) continue
      if (part.blockWords > 0) part.keys.push(await this.#keys.append(bytesOf(part.block.subarray(0, part.blockWords))))
      part.block = NO_WORDS
      this.#table.clear()
      await this.#settlePart(part)
    }
  }

  /** Puts the verdicts that were left open into their places, once they are settled; each is asked for once, in the order of the keys. */
  async fill(verdicts: Uint8Array): Promise<void> {
    const counts = new Int32Array(PARTS)
    for (const verdict of verdicts) if (verdict >= Verdict.later) counts[verdict - Verdict.later]++
    const settled: Uint8Array[] = []
    for (let number = 0; number < PARTS; number++) {
      settled.push(counts[number] === 0 ? NO_BYTES : await this.#take(this.#part(number), counts[number]))
    }
    counts.fill(0)
    for (let key = 0; key < verdicts.length; key++) {
      const number = verdicts[key] - Verdict.later
      if (number >= 0) verdicts[key] = settled[number][counts[number]++]
    }
  }

  /** Leaves no file. */
  async close(): Promise<void> {
    await this.#keys.close()
    await this.#verdicts.close()
  }

  async #settlePart(part: Part): Promise<void> {
    const child = new Distinct(this.#options, this)
    try {
      for (const place of part.keys) {
        this.#options.signal?.throwIfAborted()
        const keys = keysIn(await this.#keys.read(place))
        part.verdicts.push(await this.#verdicts.append(await child.decide(keys)))
      }
      if (!child.hasLater) return
      await child.settle()
      for (const [index, place] of part.verdicts.entries()) {
        const verdicts = await this.#verdicts.read(place)
        await child.fill(verdicts)
        part.verdicts[index] = await this.#verdicts.append(verdicts)
      }
    } finally {
      await child.close()
    }
  }

  #part(number: number): Part {
    this.#hasLater = true
    this.#parts[number] ??= { block: NO_WORDS, blockWords: 0, keys: [], verdicts: [], waiting: NO_BYTES }
    return this.#parts[number]
  }

  /** The next verdicts of a part. */
  async #take(part: Part, count: number): Promise<Uint8Array> {
    const taken = new Uint8Array(count)
    for (let at = 0; at < count; ) {
      if (part.waiting.length === 0) {
        const place = part.verdicts.shift()
        if (place === undefined) throw internal(`${count - at} keys have no verdict`)
        part.waiting = await this.#verdicts.read(place)
      }
      const some = part.waiting.subarray(0, count - at)
      taken.set(some, at)
      part.waiting = part.waiting.subarray(some.length)
      at += some.length
    }
    return taken
  }
}

/** The keys of a block that was spilled. */
function keysIn(bytes: Uint8Array): Keys {
  const words = wordsOf(bytes)
  const starts: number[] = []
  for (let at = 0; at < words.length; at += 1 + words[at]) starts.push(at + 1)
  return { words, starts: Int32Array.from(starts), lengths: Int32Array.from(starts, (start) => words[start - 1]) }
}

function bytesOf({ buffer, byteOffset, byteLength }: Int32Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength)
}

function newSecret(): HashSecret {
  const bytes = randomBytes(8)
  return [bytes.readInt32LE(0), bytes.readInt32LE(4)]
}

const PART_BITS = 4
const PARTS = 1 << PART_BITS
const BLOCK_WORDS = (64 * 1024) / Int32Array.BYTES_PER_ELEMENT
const NO_WORDS = new Int32Array(0)
const NO_BYTES = new Uint8Array(0)
