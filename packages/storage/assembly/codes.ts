/*
 * Tables by which codes are read. The bits that follow choose an entry of the table; where a code is longer than that, the entry leads to another table
 * behind it, and the bits after those choose there.
 *
 * An entry of literals and lengths, from its lowest bit:
 *
 *    0 ..  7   bits to drop: of the code and what follows it; only the lowest six are ever set
 *    8 .. 11   of them, those of the code; of the bits of another table, how many
 *   12 .. 14   ENDS, LEADS, ODD: the end of a block; another table; anything but a literal or a length
 *   16 .. 24   the least length              25 .. 29   a mask of the bits that follow the code
 *
 *   31         LITERAL: then 8 .. 15 and 16 .. 23 are one or two literals, 24 .. 25 how many, 26 .. 29 bits of the first of two
 *
 * One for distances has a word of eight bytes: the same in its lowest 16 bits, then the least distance, and the mask from bit 32 on. Another table's place
 * is counted in entries, and stands where the least length does.
 *
 * Two literals whose codes fit one entry are read at once. What is no code has an entry of one bit that is ODD alone.
 */
import {
  COUNTS,
  DISTANCE_ENTRIES,
  DISTANCES,
  FACTORS,
  LENGTH_CODES,
  LENGTH_ENTRIES,
  LENGTHS,
  LITERALS,
  PLACES,
  SORTED,
  STRIDES,
} from './memory'

/** The bits by which an entry is chosen: so few that tables are soon made, and so many that longer codes are rare. */
export const LITERAL_BITS: u32 = 10
export const DISTANCE_BITS: u32 = 8
export const LENGTH_CODE_BITS: u32 = 7

export const LITERAL: u32 = 0x80000000
export const ODD: u32 = 0x4000
export const LEADS: u32 = 0x2000
export const ENDS: u32 = 0x1000
const NO_CODE: u32 = ODD | 1
const PAIR: u32 = LITERAL | (2 << 24)

/** The symbol that ends a block, and the first that is a length. */
export const BLOCK_END: u32 = 256
const FIRST_LENGTH: u32 = 257

const CODE_BITS_MAX: u32 = 15

/** Writes what does not depend on any data. */
export function writeConstants(): void {
  let length: u32 = 3
  for (let i: u32 = 0; i < 28; i++) {
    const more: u32 = i < 8 ? 0 : (i >> 2) - 1
    store<u32>(LENGTH_ENTRIES + (i << 2), (length << 16) | (((1 << more) - 1) << 25) | more)
    length += 1 << more
  }
  store<u32>(LENGTH_ENTRIES + (28 << 2), 258 << 16)
  store<u32>(LENGTH_ENTRIES + (29 << 2), ODD)
  store<u32>(LENGTH_ENTRIES + (30 << 2), ODD)
  let distance: u64 = 1
  for (let i: u32 = 0; i < 30; i++) {
    const more: u64 = i < 4 ? 0 : (i >> 1) - 1
    store<u64>(DISTANCE_ENTRIES + (i << 3), (distance << 16) | (((<u64>1 << more) - 1) << 32) | more)
    distance += 1 << more
  }
  store<u64>(DISTANCE_ENTRIES + (30 << 3), ODD)
  store<u64>(DISTANCE_ENTRIES + (31 << 3), ODD)
  for (let distance: u32 = 1; distance < 8; distance++) {
    let factor: u64 = 0
    for (let bit: u64 = 0; bit < 64; bit += distance << 3) factor |= <u64>1 << bit
    store<u64>(FACTORS + (distance << 3), factor)
    store<u8>(STRIDES + distance, 8 - (8 % distance))
  }
}

/** The table of the code that lengths of codes are written in: a symbol each, and below it its bits. Returns whether it is a code. */
export function readLengthCode(): bool {
  const longest = sortSymbols(LENGTHS, 19)
  // With no code at all, a bit stands for 0, as zlib has it; there is then no end of a block, and the data are refused for that.
  if (longest < 0 || (spare > 0 && longest > 0)) return false
  for (let i: u32 = 0; i < 1 << LENGTH_CODE_BITS; i++) store<u32>(LENGTH_CODES + (i << 2), 1)
  let code: u32 = 0
  let symbol = SORTED
  for (let bits: u32 = 1; bits <= <u32>longest; bits++) {
    for (let count = load<u32>(COUNTS + (bits << 2)); count > 0; count--) {
      const entry = (<u32>load<u16>(symbol) << 8) | bits
      symbol += 2
      for (let i = code; i < 1 << LENGTH_CODE_BITS; i += 1 << bits) store<u32>(LENGTH_CODES + (i << 2), entry)
      code = codeAfter(code, bits)
    }
  }
  return true
}

/** Both tables, for lengths of codes that lie one behind the other. Returns whether they are codes. */
export function readCodes(literals: u32, distances: u32): bool {
  if (!readCode<u32>(LENGTHS, literals, LITERALS, LITERAL_BITS)) return false
  pairLiterals()
  return readCode<u64>(LENGTHS + literals, distances, DISTANCES, DISTANCE_BITS)
}

/** The code that is known without being told. */
export function readFixedCodes(): void {
  memory.fill(LENGTHS, 8, 144)
  memory.fill(LENGTHS + 144, 9, 112)
  memory.fill(LENGTHS + 256, 7, 24)
  memory.fill(LENGTHS + 280, 8, 8)
  memory.fill(LENGTHS + 288, 5, 32)
  readCodes(288, 32)
}

/** A table of entries of type T. Returns whether it is a code: a single code of one bit is, though its other bit then means nothing. */
function readCode<T>(lengths: usize, symbols: u32, table: usize, tableBits: u32): bool {
  const longest = <u32>sortSymbols(lengths, symbols)
  if (<i32>longest < 0 || (spare > 0 && longest > 1)) return false
  for (let i: u32 = 0; i < 2; i++) put<T>(table, i, <T>NO_CODE)
  let code: u32 = 0
  let symbol = SORTED
  const shorter = min(longest, tableBits)
  // Codes of a length fill a table of as many bits, which is then doubled for the next: what it held repeats.
  for (let bits: u32 = 1; bits <= shorter; bits++) {
    if (bits > 1) double<T>(table, bits - 1)
    for (let count = load<u32>(COUNTS + (bits << 2)); count > 0; count--) {
      put<T>(table, code, entryOf<T>(load<u16>(symbol), bits))
      symbol += 2
      code = codeAfter(code, bits)
    }
  }
  for (let bits: u32 = max<u32>(shorter, 1); bits < tableBits; bits++) double<T>(table, bits)

  // Longer ones: those that share their first bits have a table of their own, as large as the longest of them wants.
  const mask: u32 = (1 << tableBits) - 1
  let other: u32 = 0
  let otherBits: u32 = 0
  let nextFree: u32 = 1 << tableBits
  let first: u32 = ~0
  for (let bits = tableBits + 1; bits <= longest; bits++) {
    for (let count = load<u32>(COUNTS + (bits << 2)); count > 0; count--) {
      if ((code & mask) !== first) {
        first = code & mask
        otherBits = bits - tableBits
        let free: i32 = (1 << otherBits) - count
        while (free > 0 && tableBits + otherBits < longest) {
          otherBits++
          free = (free << 1) - load<i32>(COUNTS + ((tableBits + otherBits) << 2))
        }
        other = nextFree
        nextFree += 1 << otherBits
        put<T>(table, first, <T>((other << 16) | ODD | LEADS | (otherBits << 8) | tableBits))
      }
      const entry = entryOf<T>(load<u16>(symbol), bits - tableBits)
      symbol += 2
      for (let i = code >> tableBits; i < 1 << otherBits; i += 1 << (bits - tableBits)) put<T>(table, other + i, entry)
      code = codeAfter(code, bits)
    }
  }
  return true
}

/** What of all codes of 15 bits `sortSymbols` has found no symbol for. */
let spare: i32 = 0

/** Sorts the symbols that have codes, and counts them. Returns the length of the longest code, or -1 where there are more than can be. */
function sortSymbols(lengths: usize, symbols: u32): i32 {
  memory.fill(COUNTS, 0, 4 * (CODE_BITS_MAX + 1))
  for (let i: u32 = 0; i < symbols; i++) {
    const place = COUNTS + (<usize>load<u8>(lengths + i) << 2)
    store<u32>(place, load<u32>(place) + 1)
  }
  let longest: i32 = 0
  let place = SORTED
  spare = 1
  for (let bits: u32 = 1; bits <= CODE_BITS_MAX; bits++) {
    const count = load<u32>(COUNTS + (bits << 2))
    spare = (spare << 1) - count
    if (spare < 0) return -1
    if (count > 0) longest = bits
    store<u32>(PLACES + (bits << 2), <u32>place)
    place += count << 1
  }
  for (let i: u32 = 0; i < symbols; i++) {
    const bits = <usize>load<u8>(lengths + i)
    if (bits === 0) continue
    const at = load<u32>(PLACES + (bits << 2))
    store<u16>(at, <u16>i)
    store<u32>(PLACES + (bits << 2), at + 2)
  }
  return longest
}

/** The code after another one, in as many bits; the first of its bits is the lowest. */
// @ts-expect-error: decorator
@inline
function codeAfter(code: u32, bits: u32): u32 {
  // One more, where the highest bit counts as one: the ones at the top become zeros, and the zero below them a one.
  const ones = clz(~(code << (32 - bits)))
  return ones >= <u32>bits ? 0 : (code & ((1 << (bits - ones - 1)) - 1)) | (1 << (bits - ones - 1))
}

// @ts-expect-error: decorator
@inline
function entryOf<T>(symbol: u32, bits: u32): T {
  if (sizeof<T>() === 8) return <T>(load<u64>(DISTANCE_ENTRIES + (symbol << 3)) + ((bits << 8) | bits))
  if (symbol < BLOCK_END) return <T>(LITERAL | (1 << 24) | (symbol << 8) | bits)
  if (symbol === BLOCK_END) return <T>(ODD | ENDS | bits)
  return <T>(load<u32>(LENGTH_ENTRIES + ((symbol - FIRST_LENGTH) << 2)) + ((bits << 8) | bits))
}

// @ts-expect-error: decorator
@inline
function put<T>(table: usize, index: u32, entry: T): void {
  store<T>(table + index * sizeof<T>(), entry)
}

/** What a table of so many bits holds, once more behind it. */
// @ts-expect-error: decorator
@inline
function double<T>(table: usize, bits: u32): void {
  memory.copy(table + (sizeof<T>() << bits), table, sizeof<T>() << bits)
}

/** Literals whose codes fit one entry together with that of another literal are read with it. */
function pairLiterals(): void {
  // From the last on: what follows a code are fewer bits, so its entry comes later and is still of one literal.
  for (let i: i32 = (1 << LITERAL_BITS) - 1; i >= 0; i--) {
    const one = load<u32>(LITERALS + (i << 2))
    if (<i32>one >= 0) continue
    const bits = one & 15
    const other = load<u32>(LITERALS + ((i >> bits) << 2))
    const both = bits + (other & 15)
    if (<i32>other < 0 && both <= LITERAL_BITS)
      store<u32>(LITERALS + (i << 2), PAIR | (bits << 26) | ((other & 0xff00) << 8) | (one & 0xff00) | both)
  }
}
