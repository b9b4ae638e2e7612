import { randomBytes } from 'node:crypto'
import type { Keys } from './keys.ts'

/** Two independent hashes of each key. */
export interface KeyHashes {
  /** Where in a table a key may stand. */
  readonly slots: Int32Array
  /** To which part of a spill it goes. */
  readonly parts: Int32Array
}

/**
 * Hashes keys under a secret. Who sends events chooses their ids, and could choose a million that a hash without a secret takes for one.
 *
 * - Cost: about a dozen operations for each word of 32 bits, and for the three words at the end.
 * - Source: HalfSipHash-1-3 with 64 bits of output, as Linux has it for its tables (`lib/siphash.c`), over whole words.
 */
export function halfSipHash({ words, starts, lengths }: Keys, [first, second]: HashSecret): KeyHashes {
  const slots = new Int32Array(starts.length)
  const parts = new Int32Array(starts.length)
  for (let key = 0; key < starts.length; key++) {
    const end = starts[key] + lengths[key]
    let v0 = first
    let v1 = second ^ 0xee
    let v2 = 0x6c796765 ^ first
    let v3 = 0x74656462 ^ second
    // One round for each word and for the length; three to end the first half, three more for the second.
    for (let at = starts[key]; at <= end + 6; at++) {
      const word = at < end ? words[at] : at === end ? lengths[key] << 26 : 0
      if (at <= end) v3 ^= word
      v0 = (v0 + v1) | 0
      v1 = ((v1 << 5) | (v1 >>> 27)) ^ v0
      v0 = (v0 << 16) | (v0 >>> 16)
      v2 = (v2 + v3) | 0
      v3 = ((v3 << 8) | (v3 >>> 24)) ^ v2
      v0 = (v0 + v3) | 0
      v3 = ((v3 << 7) | (v3 >>> 25)) ^ v0
      v2 = (v2 + v1) | 0
      v1 = ((v1 << 13) | (v1 >>> 19)) ^ v2
      v2 = (v2 << 16) | (v2 >>> 16)
      if (at <= end) v0 ^= word
      if (at === end) v2 ^= 0xee
      else if (at === end + 3) {
        slots[key] = v1 ^ v3
        v1 ^= 0xdd
      }
    }
    parts[key] = v1 ^ v3
  }
  return { slots, parts }
}

/** Two words that nobody outside of the process knows. */
export type HashSecret = readonly [number, number]

export function newSecret(): HashSecret {
  const bytes = randomBytes(8)
  return [bytes.readInt32LE(0), bytes.readInt32LE(4)]
}
