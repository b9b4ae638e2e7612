/**
 * Counts different keys, and how often each comes, in bounded memory.
 *
 * Keys are hashes of two words. Up to half as many of them as there are slots at most, everything is exact. Beyond, it goes on with a sample: of every
 * second key by its hash, then of every fourth, and so on. A key that is sampled has been counted from its first time on, so shares stay
 * right and sums are scaled.
 *
 * - Memory: 12 bytes a slot, from 1024 slots to `slotsMax`, a power of two; 24 MiB by default, for a million keys.
 */
export class DistinctCounter {
  readonly #slotsMax: number
  /** Three words a slot, so that one look into memory tells all: the two of the key, and its count, which is 0 where the slot is free. */
  #slots = new Int32Array(WORDS * FIRST_SLOTS)
  #size = 0
  /** Of the second word, the bits that are zero in every key of the sample. */
  #sampleMask = 0

  constructor(slotsMax = SLOTS_MAX) {
    this.#slotsMax = slotsMax
  }

  /** Counts a key once, and gives whether it came before; never, of one outside of the sample. */
  add(low: number, high: number): boolean {
    if ((high & this.#sampleMask) !== 0) return false
    const slots = this.#slots
    const at = slotOf(slots, low, high)
    slots[at + 2]++
    if (slots[at + 2] > 1) return true
    slots[at] = low
    slots[at + 1] = high
    this.#size++
    if (this.#size * 2 * WORDS > slots.length) this.#makeRoom()
    return false
  }

  /** Whether the figures are scaled from a sample. */
  get isEstimated(): boolean {
    return this.#sampleMask > 0
  }

  /** How many different keys there are. */
  get distinct(): number {
    return this.#size * this.#scale
  }

  /** How many keys came so many times, or more often. */
  atLeast(times: number): number {
    const slots = this.#slots
    let keys = 0
    for (let at = 2; at < slots.length; at += WORDS) if (slots[at] >= times) keys++
    return keys * this.#scale
  }

  /** How many times a key came that had come before. */
  get repeats(): number {
    const slots = this.#slots
    let times = 0
    for (let at = 2; at < slots.length; at += WORDS) times += slots[at]
    return (times - this.#size) * this.#scale
  }

  get #scale(): number {
    return this.#sampleMask + 1
  }

  /** Goes on with more slots, or with half of the sample. */
  #makeRoom(): void {
    const old = this.#slots
    const isFull = old.length >= WORDS * this.#slotsMax
    if (isFull) this.#sampleMask = 2 * this.#sampleMask + 1
    const slots = new Int32Array(isFull ? old.length : Math.min(4 * old.length, WORDS * this.#slotsMax))
    let size = 0
    for (let from = 0; from < old.length; from += WORDS) {
      if (old[from + 2] === 0 || (old[from + 1] & this.#sampleMask) !== 0) continue
      const at = slotOf(slots, old[from], old[from + 1])
      slots[at] = old[from]
      slots[at + 1] = old[from + 1]
      slots[at + 2] = old[from + 2]
      size++
    }
    this.#slots = slots
    this.#size = size
  }
}

/** Where a key stands, or would stand. */
function slotOf(slots: Int32Array, low: number, high: number): number {
  const mask = slots.length / WORDS - 1
  let slot = low & mask
  let at = WORDS * slot
  while (slots[at + 2] !== 0 && (slots[at] !== low || slots[at + 1] !== high)) {
    slot = (slot + 1) & mask
    at = WORDS * slot
  }
  return at
}

const WORDS = 3
const FIRST_SLOTS = 1024
const SLOTS_MAX = 2_097_152
