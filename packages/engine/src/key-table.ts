import type { Keys } from './keys.ts'

/** What a table says of a key: it was not there and now is, it was there, or it was not and there is no room. */
export type Added = 'new' | 'known' | 'noRoom'

/**
 * A set of keys, each with some words of its own, within a bound of memory. Keys are compared whole: their hashes only say where to look.
 *
 * Keys lie one behind the other in chunks, each behind its length and before its own words, which are 0 at first. A slot holds a key's hash and its place; the first free slot behind the one that
 * the hash says ends the search.
 *
 * - Memory: `bytesMax`, and half as much again of the slots while they are doubled. It takes at least one key, whatever its length.
 * - Cost: for a key of 40 bytes, about 57 bytes.
 */
export class KeyTable {
  readonly #bytesMax: number
  readonly #ownWords: number
  readonly #chunks: Int32Array[] = []
  /** Pairs of a hash and a place from 1 on; 0 is a free slot. */
  #slots = new Int32Array(2 * SLOTS_MIN)
  #count = 0
  /** Of the chunk at hand, its number and the first free word. */
  #chunk = 0
  #free = 0
  #words = 0
  /** Where the key that was looked for last has its own words. */
  #ownChunk: Int32Array = NO_WORDS
  #ownAt = 0

  /** - `ownWords`: so many for each key. */
  constructor(bytesMax: number, ownWords = 0) {
    this.#bytesMax = bytesMax
    this.#ownWords = ownWords
  }

  /** Looks for a key, and takes it in when it is not there. */
  add({ words, starts, lengths }: Keys, key: number, hash: number): Added {
    const start = starts[key]
    const length = lengths[key]
    const slots = this.#slots
    let slot = slotOf(hash, slots)
    for (let place = slots[slot + 1]; place !== 0; place = slots[slot + 1]) {
      if (slots[slot] === hash && this.#holds(place - 1, words, start, length)) return 'known'
      slot = slotBehind(slot, slots)
    }
    if (!this.#hasRoom(length)) return 'noRoom'
    slots[slot] = hash
    slots[slot + 1] = this.#keep(words, start, length) + 1
    this.#count++
    if (this.#isCrowded(this.#count)) this.#grow()
    return 'new'
  }

  /** A word of the key that `add` took in or knew. */
  own(word: number): number {
    return this.#ownChunk[this.#ownAt + word]
  }

  setOwn(word: number, value: number): void {
    this.#ownChunk[this.#ownAt + word] = value
  }

  /** Forgets every key. */
  clear(): void {
    this.#slots.fill(0)
    this.#count = 0
    this.#chunk = 0
    this.#free = 0
    this.#words = 0
  }

  #isCrowded(count: number): boolean {
    return 3 * count > this.#slots.length
  }

  #hasRoom(length: number): boolean {
    const slotWords = this.#slots.length * (this.#isCrowded(this.#count + 1) ? 2 : 1)
    return (
      this.#count === 0 ||
      (this.#words + this.#wordsFor(length) + slotWords) * Int32Array.BYTES_PER_ELEMENT <= this.#bytesMax
    )
  }

  #holds(place: number, words: Int32Array, start: number, length: number): boolean {
    const chunk = this.#chunks[place >>> CHUNK_BITS]
    const at = place & (CHUNK_WORDS - 1)
    if (chunk[at] !== length) return false
    for (let i = 0; i < length; i++) if (chunk[at + 1 + i] !== words[start + i]) return false
    this.#ownChunk = chunk
    this.#ownAt = at + 1 + length
    return true
  }

  /** A key that is longer than a chunk has one of its own length. */
  #keep(words: Int32Array, start: number, length: number): number {
    const taken = this.#wordsFor(length)
    if (this.#free + taken > CHUNK_WORDS && this.#free > 0) {
      this.#chunk++
      this.#free = 0
    }
    let chunk = this.#chunks[this.#chunk]
    if (chunk === undefined || chunk.length < this.#free + taken) {
      chunk = new Int32Array(Math.max(CHUNK_WORDS, taken))
      this.#chunks[this.#chunk] = chunk
    }
    const at = this.#free
    chunk[at] = length
    for (let i = 0; i < length; i++) chunk[at + 1 + i] = words[start + i]
    this.#ownChunk = chunk
    this.#ownAt = at + 1 + length
    for (let word = 0; word < this.#ownWords; word++) chunk[this.#ownAt + word] = 0
    this.#free += taken
    this.#words += taken
    return this.#chunk * CHUNK_WORDS + at
  }

  #wordsFor(length: number): number {
    return 1 + length + this.#ownWords
  }

  #grow(): void {
    const old = this.#slots
    const slots = new Int32Array(2 * old.length)
    for (let from = 0; from < old.length; from += 2) {
      if (old[from + 1] === 0) continue
      let slot = slotOf(old[from], slots)
      while (slots[slot + 1] !== 0) slot = slotBehind(slot, slots)
      slots[slot] = old[from]
      slots[slot + 1] = old[from + 1]
    }
    this.#slots = slots
  }
}

/** The first of a pair; the number of words is a power of two. */
function slotOf(hash: number, slots: Int32Array): number {
  return (2 * hash) & (slots.length - 2)
}

function slotBehind(slot: number, slots: Int32Array): number {
  return (slot + 2) & (slots.length - 1)
}

/** A power of two. */
const SLOTS_MIN = 64
/** 1 MiB. */
const CHUNK_BITS = 18
const CHUNK_WORDS = 1 << CHUNK_BITS
const NO_WORDS = new Int32Array(0)
