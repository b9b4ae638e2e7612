/*
 * How it works: the fast loop runs while there is room for whatever comes and a word of bits can be read at once. It keeps all that changes in variables
 * of its own, holds 56 bits or more before what takes up to 48, a length and a distance, and looks the next entry up before it copies. The careful
 * loop does the rest, symbol by symbol: it takes nothing of a symbol whose bits are not all there.
 *
 * Matches are copied by words, with more than is wanted: it is overwritten by what follows.
 */
import { count, drop, end, fill, held, keep, next } from './bits'
import { DISTANCE_BITS, ENDS, LEADS, LITERAL, LITERAL_BITS, ODD } from './codes'
import { DISTANCES, FACTORS, HISTORY_BYTES, LITERALS, STRIDES, WINDOW, WINDOW_LIMIT } from './memory'

/** How reading symbols ends. */
export const LACKS_BITS: u32 = 0
export const LACKS_ROOM: u32 = 1
export const AT_BLOCK_END: u32 = 2
export const NO_SYMBOL: u32 = 3
export const NO_DISTANCE: u32 = 4
export const TOO_FAR: u32 = 5
const GOES_ON: u32 = 6

/** Bytes of input that a turn of the fast loop may look at. */
const TURN_BYTES: usize = 24

/** Where the next byte of content goes, and where the oldest one that is known lies. */
export let out: usize = WINDOW
let oldest: usize = WINDOW

export function resetWindow(): void {
  out = WINDOW
  oldest = WINDOW
}

/** Moves the history to the window's start. */
export function slideWindow(): void {
  const from = max(oldest, out - HISTORY_BYTES)
  memory.copy(WINDOW, from, out - from)
  out -= from - WINDOW
  oldest = WINDOW
}

/** Bytes of content that were written elsewhere. */
export function advance(byteLength: usize): void {
  out += byteLength
}

/** Reads symbols, and writes what they stand for, until the block ends or something lacks. */
export function readSymbols(): u32 {
  if (end - next > TURN_BYTES + 8 && out < WINDOW_LIMIT) {
    const how = readFast()
    if (how !== GOES_ON) return how
  }
  return readCarefully()
}

// @ts-expect-error: decorator
@inline
const LITERAL_MASK: u64 = (1 << LITERAL_BITS) - 1
// @ts-expect-error: decorator
@inline
const DISTANCE_MASK: u64 = (1 << DISTANCE_BITS) - 1

// @ts-expect-error: decorator
@inline
function literalEntry(word: u64): u32 {
  return load<u32>(<usize>(word & LITERAL_MASK) << 2, LITERALS)
}

// @ts-expect-error: decorator
@inline
function distanceEntry(word: u64): u64 {
  return load<u64>(<usize>(word & DISTANCE_MASK) << 3, DISTANCES)
}

// @ts-expect-error: decorator
@inline
function longLiteralEntry(entry: u32, word: u64): u32 {
  return load<u32>(((entry >> 16) + (<u32>word & ((1 << ((entry >> 8) & 15)) - 1))) << 2, LITERALS)
}

// @ts-expect-error: decorator
@inline
function longDistanceEntry(entry: u64, word: u64): u64 {
  return load<u64>((<u32>(entry >> 16) + (<u32>word & ((1 << (<u32>(entry >> 8) & 15)) - 1))) << 3, DISTANCES)
}

// @ts-expect-error: decorator
@inline
function lengthOf(entry: u32, word: u64): u32 {
  return ((entry >> 16) & 0x1ff) + (<u32>(word >> ((entry >> 8) & 15)) & (entry >> 25))
}

// @ts-expect-error: decorator
@inline
function distanceOf(entry: u64, word: u64): u32 {
  return (<u32>(entry >> 16) & 0xffff) + (<u32>(word >> ((entry >> 8) & 15)) & <u32>(entry >> 32))
}

function readFast(): u32 {
  let word = held
  let bits = count
  let at = next
  let to = out
  const first = oldest
  const atLimit = end - TURN_BYTES
  let how = GOES_ON
  // Only the lowest bits of `bits` count: what an entry has above them is subtracted with them. In a word, what lies above its bits is what
  // follows in the input, which it is filled with again.
  word |= load<u64>(at) << bits
  at += (~bits >> 3) & 7
  bits |= 56
  let entry = literalEntry(word)
  while (true) {
    if (<i32>entry < 0) {
      store<u16>(to, <u16>(entry >> 8))
      to += (entry >> 24) & 3
      word >>= entry
      bits -= entry
      entry = literalEntry(word)
      if (<i32>entry < 0) {
        store<u16>(to, <u16>(entry >> 8))
        to += (entry >> 24) & 3
        word >>= entry
        bits -= entry
        entry = literalEntry(word)
        if (<i32>entry < 0) {
          store<u16>(to, <u16>(entry >> 8))
          to += (entry >> 24) & 3
          word >>= entry
          bits -= entry
          entry = literalEntry(word)
        }
      }
      word |= load<u64>(at) << bits
      at += (~bits >> 3) & 7
      bits |= 56
      if (<i32>entry < 0) {
        if (at < atLimit && to < WINDOW_LIMIT) continue
        break
      }
    }
    if (entry & ODD) {
      if (entry & LEADS) {
        word >>= entry
        bits -= entry
        entry = longLiteralEntry(entry, word)
        if (<i32>entry < 0) {
          store<u8>(to++, <u8>(entry >> 8))
          word >>= entry
          bits -= entry
          word |= load<u64>(at) << bits
          at += (~bits >> 3) & 7
          bits |= 56
          entry = literalEntry(word)
          if (at < atLimit && to < WINDOW_LIMIT) continue
          break
        }
      }
      if (entry & ODD) {
        how = entry & ENDS ? AT_BLOCK_END : NO_SYMBOL
        word >>= entry
        bits -= entry
        break
      }
    }
    const length = lengthOf(entry, word)
    word >>= entry
    bits -= entry
    let distanceIs = distanceEntry(word)
    if (<u32>distanceIs & ODD) {
      if (<u32>distanceIs & LEADS) {
        word >>= distanceIs
        bits -= <u32>distanceIs
        distanceIs = longDistanceEntry(distanceIs, word)
      }
      if (<u32>distanceIs & ODD) {
        how = NO_DISTANCE
        break
      }
    }
    const distance = distanceOf(distanceIs, word)
    word >>= distanceIs
    bits -= <u32>distanceIs
    let from: usize = to - distance
    if (from < first) {
      how = TOO_FAR
      break
    }
    word |= load<u64>(at) << bits
    at += (~bits >> 3) & 7
    bits |= 56
    entry = literalEntry(word)
    const matchEnd = to + length
    if (distance >= 8) {
      store<u64>(to, load<u64>(from))
      store<u64>(to, load<u64>(from, 8), 8)
      store<u64>(to, load<u64>(from, 16), 16)
      store<u64>(to, load<u64>(from, 24), 24)
      store<u64>(to, load<u64>(from, 32), 32)
      store<u64>(to, load<u64>(from, 40), 40)
      for (to += 48; to < matchEnd; to += 48) {
        from += 48
        store<u64>(to, load<u64>(from))
        store<u64>(to, load<u64>(from, 8), 8)
        store<u64>(to, load<u64>(from, 16), 16)
        store<u64>(to, load<u64>(from, 24), 24)
        store<u64>(to, load<u64>(from, 32), 32)
        store<u64>(to, load<u64>(from, 40), 40)
      }
    } else {
      // A few bytes, again and again.
      const repeated = (load<u64>(from) & ((<u64>1 << (distance << 3)) - 1)) * load<u64>(distance << 3, FACTORS)
      const stride = <usize>load<u8>(distance, STRIDES)
      for (; to < matchEnd; to += stride) store<u64>(to, repeated)
    }
    to = matchEnd
    if (at >= atLimit || to >= WINDOW_LIMIT) break
  }
  keep(word, bits, at)
  out = to
  return how
}

function readCarefully(): u32 {
  while (out < WINDOW_LIMIT) {
    if (count < 48) fill()
    let word = held
    let entry = literalEntry(word)
    let bits: u32 = 0
    if (entry & LEADS && <i32>entry >= 0) {
      bits = LITERAL_BITS
      word >>= LITERAL_BITS
      entry = longLiteralEntry(entry, word)
    }
    bits += entry & 63
    if (<i32>entry < 0) {
      // Of two literals, the first may be there alone.
      const one = (entry >> 26) & 15
      const isOne = bits > count && one > 0
      if (isOne) bits = one
      if (bits > count) return LACKS_BITS
      drop(bits)
      store<u16>(out, <u16>(entry >> 8))
      out += isOne ? 1 : (entry >> 24) & 3
      continue
    }
    if (bits > count) return LACKS_BITS
    if (entry & ODD) {
      if (!(entry & ENDS)) return NO_SYMBOL
      drop(bits)
      return AT_BLOCK_END
    }
    const length = lengthOf(entry, word)
    word >>= entry
    let distanceIs = distanceEntry(word)
    if (<u32>distanceIs & LEADS) {
      bits += DISTANCE_BITS
      word >>= DISTANCE_BITS
      distanceIs = longDistanceEntry(distanceIs, word)
    }
    bits += <u32>distanceIs & 63
    if (bits > count) return LACKS_BITS
    if (<u32>distanceIs & ODD) return NO_DISTANCE
    const distance = distanceOf(distanceIs, word)
    if (out - oldest < distance) return TOO_FAR
    drop(bits)
    for (const matchEnd = out + length; out < matchEnd; out++) store<u8>(out, load<u8>(out - distance))
  }
  return LACKS_ROOM
}
