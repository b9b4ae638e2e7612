/**
 * A hash of bytes in two words of 32 bits, made in one pass that also finds out whether one of them is a control or a backslash.
 *
 * It is held in fields, since a pair for every value would be an object for every value. Two of a million different texts have the same
 * hash with a probability of 3 in 10^8.
 */
export class TextHash {
  low = 0
  high = 0
  /** Whether there is a byte below 0x20, or a backslash. */
  hasSpecial = false

  /** Begins with nothing, for `join`. */
  clear(): void {
    this.low = 0
    this.high = 0
  }

  /** Takes another hash to itself: that of the next field of a record. */
  join({ low, high }: TextHash): void {
    this.low = Math.imul(((this.low << 13) | (this.low >>> 19)) ^ low, FIRST)
    this.high = Math.imul(((this.high << 15) | (this.high >>> 17)) + high, SECOND)
  }

  of(bytes: Uint8Array, start: number, end: number): void {
    let low = end - start
    let high = low ^ SEED
    let special = 0
    let at = start
    for (; at + 4 <= end; at += 4) {
      const word = bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24)
      low = Math.imul(low ^ word, FIRST)
      low = (low << 13) | (low >>> 19)
      high = Math.imul(high + word, SECOND)
      high ^= high >>> 15
      special |= specialBytes(word)
    }
    if (at < end) {
      let word = BLANKS
      for (let shift = 0; at < end; at++, shift += 8) word ^= (bytes[at] ^ BLANK) << shift
      low = Math.imul(low ^ word, FIRST)
      low = (low << 13) | (low >>> 19)
      high = Math.imul(high + word, SECOND)
      high ^= high >>> 15
      special |= specialBytes(word)
    }
    this.low = mixed(low ^ high)
    this.high = mixed(high)
    this.hasSpecial = (special & HIGH_BITS) !== 0
  }
}

/** Has the high bit of a byte that is below 0x20 or a backslash: what is taken from such a byte borrows. */
function specialBytes(word: number): number {
  const apart = word ^ BACKSLASHES
  return ((word - BLANKS) & ~word) | ((apart - ONES) & ~apart)
}

/** Lets every bit count for every other. */
function mixed(word: number): number {
  let mixing = Math.imul(word ^ (word >>> 16), 0x85eb_ca6b)
  mixing = Math.imul(mixing ^ (mixing >>> 13), 0xc2b2_ae35)
  return mixing ^ (mixing >>> 16)
}

const SEED = 0x9747_b28c
const FIRST = 0x9e37_79b1
const SECOND = 0x85eb_ca77
const BLANK = 0x20
const BLANKS = 0x2020_2020
const BACKSLASHES = 0x5c5c_5c5c
const ONES = 0x0101_0101
const HIGH_BITS = 0x8080_8080
