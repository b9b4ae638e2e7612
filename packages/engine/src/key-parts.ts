import { wordsOf } from '@fletching/columns'
import { Spill, type SpillPlace } from '@fletching/storage'
import type { Keys } from './keys.ts'

/** Keys that have the same bits in their hashes, in their order: blocks on disk, and the one that is being filled. */
interface Part {
  block: Int32Array
  blockWords: number
  readonly places: SpillPlace[]
}

/**
 * Keys that wait on disk, in parts. They are written and read in blocks, never key by key.
 *
 * - Memory: a buffer of 64 KiB for each part.
 */
export class KeyParts {
  readonly #spill: Spill
  readonly #parts: Part[] = []
  #full: (readonly [Part, Int32Array])[] = []

  /** - `tmp`: a folder for them. */
  constructor(tmp: string | undefined) {
    this.#spill = new Spill(tmp)
  }

  get isEmpty(): boolean {
    return this.#parts.length === 0
  }

  /** The numbers of the parts that have keys. */
  get numbers(): readonly number[] {
    return [...this.#parts.keys()].filter((number) => this.#parts[number] !== undefined)
  }

  /** Adds a key to a part. What is full is written by `flush`. */
  add(number: number, { words, starts, lengths }: Keys, key: number): void {
    this.#parts[number] ??= { block: NO_WORDS, blockWords: 0, places: [] }
    const part = this.#parts[number]
    const length = lengths[key]
    if (part.blockWords + 1 + length > part.block.length) {
      if (part.blockWords > 0) this.#full.push([part, part.block.subarray(0, part.blockWords)])
      part.block = new Int32Array(Math.max(BLOCK_WORDS, 1 + length))
      part.blockWords = 0
    }
    part.block[part.blockWords] = length
    part.block.set(words.subarray(starts[key], starts[key] + length), part.blockWords + 1)
    part.blockWords += 1 + length
  }

  async flush(): Promise<void> {
    const full = this.#full
    this.#full = []
    for (const [part, block] of full) part.places.push(await this.#spill.append(bytesOf(block)))
  }

  /** Writes what is left of a part; to be called after its last key, and before it is read. */
  async end(number: number): Promise<void> {
    await this.flush()
    const part = this.#parts[number]
    if (part.blockWords > 0)
      part.places.push(await this.#spill.append(bytesOf(part.block.subarray(0, part.blockWords))))
    part.block = NO_WORDS
    part.blockWords = 0
  }

  /** The keys of a part, block by block, as often as they are asked for. */
  async *read(number: number): AsyncGenerator<Keys> {
    for (const place of this.#parts[number].places) yield keysIn(await this.#spill.read(place))
  }

  /** Leaves no file. */
  async close(): Promise<void> {
    await this.#spill.close()
  }
}

function keysIn(bytes: Uint8Array): Keys {
  const words = wordsOf(bytes)
  const starts: number[] = []
  for (let at = 0; at < words.length; at += 1 + words[at]) starts.push(at + 1)
  return { words, starts: Int32Array.from(starts), lengths: Int32Array.from(starts, (start) => words[start - 1]) }
}

function bytesOf({ buffer, byteOffset, byteLength }: Int32Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength)
}

const BLOCK_WORDS = (64 * 1024) / Int32Array.BYTES_PER_ELEMENT
const NO_WORDS = new Int32Array(0)
