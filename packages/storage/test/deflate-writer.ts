import type { Random } from '@fletching/testing'
import { DISTANCES, LENGTHS } from './inflate-oracle.ts'

/** Writes deflate data bit by bit, right or wrong. */
export class DeflateWriter {
  readonly #bits: number[] = []

  bits(value: number, count: number): this {
    for (let bit = 0; bit < count; bit++) this.#bits.push((value >> bit) & 1)
    return this
  }

  /** A code, of which the first bit is the highest. */
  code(value: number, count: number): this {
    for (let bit = count - 1; bit >= 0; bit--) this.#bits.push((value >> bit) & 1)
    return this
  }

  align(): this {
    while (this.#bits.length % 8 !== 0) this.#bits.push(0)
    return this
  }

  stored(content: Uint8Array, { isLast = true, complement = content.length ^ 0xffff } = {}): this {
    this.bits(isLast ? 1 : 0, 3)
      .align()
      .bits(content.length, 16)
      .bits(complement, 16)
    for (const byte of content) this.bits(byte, 8)
    return this
  }

  /** A symbol for a literal or a length in the fixed code. */
  fixed(symbol: number): this {
    if (symbol < 144) return this.code(0x30 + symbol, 8)
    if (symbol < 256) return this.code(0x190 + symbol - 144, 9)
    return symbol < 280 ? this.code(symbol - 256, 7) : this.code(0xc0 + symbol - 280, 8)
  }

  fixedMatch(length: number, distance: number): this {
    const lengthPlace = LENGTHS.findLastIndex(([least]) => least <= length)
    const distancePlace = DISTANCES.findLastIndex(([least]) => least <= distance)
    const [leastLength, lengthBits] = LENGTHS[lengthPlace]
    const [leastDistance, distanceBits] = DISTANCES[distancePlace]
    this.fixed(257 + lengthPlace).bits(length - leastLength, lengthBits)
    return this.code(distancePlace, 5).bits(distance - leastDistance, distanceBits)
  }

  /** The head of a block with codes of its own, with the lengths of the code for lengths, from that for 0 on. */
  head(literals: number, distances: number, lengths: readonly number[], isLast = true): this {
    this.bits(isLast ? 1 : 0, 1).bits(2, 2)
    this.bits(literals - 257, 5)
      .bits(distances - 1, 5)
      .bits(15, 4)
    for (const place of ORDER) this.bits(lengths[place] ?? 0, 3)
    return this
  }

  /** The head and the codes: each length is written in four or five bits. */
  codes(literals: readonly number[], distances: readonly number[], isLast = true): this {
    this.head(Math.max(257, literals.length), Math.max(1, distances.length), LENGTHS_OF_LENGTHS, isLast)
    for (const length of [...literals, ...distances]) this.length(length)
    return this
  }

  /** A length, or 16 to 18, in the code that `codes` writes: thirteen of four bits, then six of five. */
  length(symbol: number): this {
    return symbol < 13 ? this.code(symbol, 4) : this.code(26 + symbol - 13, 5)
  }

  bytes(): Buffer {
    const bytes = Buffer.alloc(Math.ceil(this.#bits.length / 8))
    for (const [at, bit] of this.#bits.entries()) bytes[at >> 3] |= bit << (at & 7)
    return bytes
  }
}

/** A block of random symbols in random codes, of which many are long; the distances lead to what is there. */
export function randomBlock(random: Random, writer: DeflateWriter, length: number, isLast: boolean): number {
  const literals = randomLengths(random, 257 + random.below(30), 256)
  const distances = randomLengths(random, 1 + random.below(30), 0)
  const literalCodes = codesOf(literals)
  const distanceCodes = codesOf(distances)
  writer.codes(literals, distances, isLast)
  const put = ([value, bits]: Coded) => writer.code(value, bits)
  const present = [...literalCodes.keys()].filter((symbol) => symbol !== 256)
  let made = length
  for (let count = random.below(200); count > 0 && present.length > 0; count--) {
    const symbol = random.pick(present)
    if (symbol < 256) {
      put(literalCodes.get(symbol)!)
      made++
      continue
    }
    const near = [...distanceCodes.keys()].filter((place) => DISTANCES[place][0] <= made)
    if (near.length === 0) continue
    const [least, more] = LENGTHS[symbol - 257]
    const above = random.below(2 ** more)
    put(literalCodes.get(symbol)!)
    writer.bits(above, more)
    const place = random.pick(near)
    const [distance, distanceMore] = DISTANCES[place]
    put(distanceCodes.get(place)!)
    writer.bits(random.below(Math.min(2 ** distanceMore, made - distance + 1)), distanceMore)
    made += least + above
  }
  put(literalCodes.get(256)!)
  return made
}

/** Lengths of a whole code for some of the symbols, `always` among them: a leaf is split in two until there are enough. */
function randomLengths(random: Random, symbols: number, always: number): number[] {
  const lengths = Array.from({ length: symbols }, () => 0)
  const leaves = [0]
  const wanted = 1 + random.below(symbols)
  // Near the last leaf, codes get long.
  const isDeep = random.below(2) === 0
  while (leaves.length < wanted) {
    const at = isDeep && random.below(20) > 0 ? leaves.length - 1 : random.below(leaves.length)
    if (leaves[at] === 15) {
      if (leaves.every((bits) => bits === 15)) break
      if (isDeep) leaves.reverse()
      const other = leaves.findIndex((bits) => bits < 15)
      leaves.push(++leaves[other])
    } else leaves.push(++leaves[at])
  }
  if (leaves.length === 1) leaves[0] = 1
  const order = Array.from({ length: symbols }, (_, symbol) => symbol).filter((symbol) => symbol !== always)
  for (let at = order.length - 1; at > 0; at--) {
    const other = random.below(at + 1)
    ;[order[at], order[other]] = [order[other], order[at]]
  }
  lengths[always] = leaves[0]
  for (const [at, bits] of leaves.slice(1).entries()) lengths[order[at]] = bits
  return lengths
}

type Coded = readonly [value: number, bits: number]

function codesOf(lengths: readonly number[]): Map<number, Coded> {
  const codes = new Map<number, Coded>()
  let value = 0
  for (let bits = 1; bits <= 15; bits++) {
    value *= 2
    for (const [symbol, its] of lengths.entries()) if (its === bits) codes.set(symbol, [value++, bits])
  }
  return codes
}

const LENGTHS_OF_LENGTHS = Array.from({ length: 19 }, (_, symbol) => (symbol < 13 ? 4 : 5))
const ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]
