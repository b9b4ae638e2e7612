import { hash } from 'node:crypto'
import type { ObjectInfo } from '@fletching/storage'
import type { Ledger } from './ledger.ts'
import { entryOf, type LedgerEntry, segmentEntries } from './ledger-segment.ts'
import type { State } from './places.ts'

/**
 * The objects of a ledger, to be asked about those of a listing in whatever order.
 *
 * A slot holds 128 bits of the SHA-256 of an object's name, 64 of that of its version, and its run; the first free slot behind the one that the
 * first word says ends the search. Two names of the same 128 bits are not to be found, by chance or on purpose.
 *
 * - Memory: 42 to 84 bytes an object, and half as much again while it grows; 59 MB for a million.
 */
export class KnownObjects {
  #slots = new Int32Array(SLOTS_MIN * SLOT_WORDS)
  #count = 0

  /**
   * Reads every segment of a ledger.
   *
   * - Errors: BAD_LEDGER (environment).
   */
  static async read(state: State, { segments }: Pick<Ledger, 'segments'>): Promise<KnownObjects> {
    const known = new KnownObjects()
    for (const segment of segments) {
      for await (const entries of segmentEntries(state, segment)) for (const entry of entries) known.add(entry)
    }
    return known
  }

  get count(): number {
    return this.#count
  }

  /** Takes an object in, or its new version in place of the old one. */
  add(entry: LedgerEntry): void {
    if (3 * (this.#count + 1) > 2 * (this.#slots.length / SLOT_WORDS)) this.#grow()
    const name = nameWords(entry)
    const at = this.#find(name)
    if (this.#slots[at + RUN] === 0) this.#count++
    this.#slots.set(name, at)
    this.#slots.set(versionWords(entry), at + NAME_WORDS)
    this.#slots[at + RUN] = entry.run + 1
  }

  /** The number of the run that was the last to read an object, and whether in this version; undefined for one that is new. */
  find(object: ObjectInfo): { readonly run: number; readonly isSame: boolean } | undefined {
    const entry = entryOf(object)
    const at = this.#find(nameWords(entry))
    const run = this.#slots[at + RUN]
    if (run === 0) return undefined
    const [first, second] = versionWords(entry)
    const isSame = this.#slots[at + NAME_WORDS] === first && this.#slots[at + NAME_WORDS + 1] === second
    return { run: run - 1, isSame }
  }

  /** The place of a name, or the free one where it would stand. */
  #find(name: Int32Array): number {
    const slots = this.#slots
    let at = slotOf(name[0], slots)
    while (slots[at + RUN] !== 0 && !holds(slots, at, name)) at = slotBehind(at, slots)
    return at
  }

  #grow(): void {
    const old = this.#slots
    const slots = new Int32Array(2 * old.length)
    for (let from = 0; from < old.length; from += SLOT_WORDS) {
      if (old[from + RUN] === 0) continue
      let at = slotOf(old[from], slots)
      while (slots[at + RUN] !== 0) at = slotBehind(at, slots)
      slots.set(old.subarray(from, from + SLOT_WORDS), at)
    }
    this.#slots = slots
  }
}

function holds(slots: Int32Array, at: number, name: Int32Array): boolean {
  for (let word = 0; word < NAME_WORDS; word++) if (slots[at + word] !== name[word]) return false
  return true
}

/** The number of slots is a power of two. */
function slotOf(word: number, slots: Int32Array): number {
  return (word & (slots.length / SLOT_WORDS - 1)) * SLOT_WORDS
}

function slotBehind(at: number, slots: Int32Array): number {
  return at + SLOT_WORDS === slots.length ? 0 : at + SLOT_WORDS
}

function nameWords({ name }: Pick<LedgerEntry, 'name'>): Int32Array {
  return digestWords(name, NAME_WORDS)
}

function versionWords({ etag, size }: Pick<LedgerEntry, 'etag' | 'size'>): Int32Array {
  return digestWords(`${size} ${etag}`, VERSION_WORDS)
}

function digestWords(text: string, words: number): Int32Array {
  const digest = hash('sha256', text, 'buffer')
  return Int32Array.from({ length: words }, (_, word) => digest.readInt32LE(4 * word))
}

const NAME_WORDS = 4
const VERSION_WORDS = 2
/** The last word of a slot: 0 where it is free. */
const RUN = NAME_WORDS + VERSION_WORDS
const SLOT_WORDS = RUN + 1
/** A power of two. */
const SLOTS_MIN = 64
