/** What is in raw deflate data, and how they end: with what is wrong with them, or how many of their bytes they need. */
export interface Inflated {
  readonly content: Buffer
  readonly end: { readonly used: number } | { readonly fault: string } | 'cut'
}

/** Inflates bit by bit, as RFC 1951 says it. */
export function inflateSlowly(bytes: Uint8Array): Inflated {
  const content: number[] = []
  let at = 0
  try {
    blocks()
    return { content: Buffer.from(content), end: { used: Math.ceil(at / 8) } }
  } catch (error) {
    if (error === CUT) return { content: Buffer.from(content), end: 'cut' }
    return { content: Buffer.from(content), end: { fault: (error as Error).message } }
  }

  function bits(count: number): number {
    if (at + count > bytes.length * 8) throw CUT
    let value = 0
    for (let bit = 0; bit < count; bit++, at++) value |= ((bytes[at >> 3] >> (at & 7)) & 1) << bit
    return value
  }

  function symbol(code: Code): number {
    let prefix = 1
    for (let length = 1; ; length++) {
      prefix = prefix * 2 + bits(1)
      const found = code.get(prefix)
      if (found !== undefined) return found
      // Only a code of one bit or of none has a hole: there, a bit that is no code is told at once.
      if (length >= code.longest) return -1
    }
  }

  function blocks(): void {
    while (true) {
      const isLast = bits(1) === 1
      const kind = bits(2)
      if (kind === 3) throw new Error('a block is of a kind that does not exist')
      if (kind === 0) stored()
      else symbols(...(kind === 1 ? FIXED : codes()))
      if (isLast) return
    }
  }

  function stored(): void {
    bits(-at & 7)
    const length = bits(16)
    const complement = bits(16)
    if (length !== (complement ^ 0xffff)) throw new Error('the length of a stored block does not fit its complement')
    for (let count = 0; count < length; count++) content.push(bits(8))
  }

  function codes(): [Code, Code] {
    const literals = bits(5) + 257
    const distances = bits(5) + 1
    const count = bits(4) + 4
    if (literals > 286 || distances > 30) throw new Error('a block has too many codes')
    const own = Array.from(ORDER, () => 0)
    for (const place of ORDER.slice(0, count)) own[place] = bits(3)
    const ownCode = codeOf(own)
    if (ownCode === undefined || (ownCode.hasHole && ownCode.longest > 0))
      throw new Error('the lengths of codes are written in no code')
    const lengths: number[] = []
    while (lengths.length < literals + distances) {
      // Without a code at all, zlib reads zeros.
      const length = ownCode.longest === 0 ? bits(1) * 0 : symbol(ownCode)
      if (length < 16) {
        lengths.push(length)
        continue
      }
      const repeats = [3, 3, 11][length - 16] + bits([2, 3, 7][length - 16])
      if (lengths.length + repeats > literals + distances || (length === 16 && lengths.length === 0))
        throw new Error('lengths of codes are repeated where there are none, or too often')
      const repeated = length === 16 ? lengths[lengths.length - 1] : 0
      lengths.push(...Array.from({ length: repeats }, () => repeated))
    }
    if (lengths[256] === 0) throw new Error('a block has no code for its end')
    const both = [codeOf(lengths.slice(0, literals)), codeOf(lengths.slice(literals))]
    if (both.some((code) => code === undefined || (code.hasHole && code.longest > 1)))
      throw new Error('the codes of a block are no code')
    return both as [Code, Code]
  }

  function symbols(literals: Code, distances: Code): void {
    while (true) {
      const literal = symbol(literals)
      if (literal === 256) return
      if (literal < 0 || literal > 285) throw new Error('a code stands for no literal and no length')
      if (literal < 256) {
        content.push(literal)
        continue
      }
      const length = lengthOf(literal - 257)
      const place = symbol(distances)
      if (place < 0 || place > 29) throw new Error('a code stands for no distance')
      const [least, more] = DISTANCES[place]
      const distance = least + bits(more)
      if (distance > content.length) throw new Error('a distance leads to before the start')
      for (let count = 0; count < length; count++) content.push(content[content.length - distance])
    }
  }

  function lengthOf(place: number): number {
    const [least, more] = LENGTHS[place]
    return least + bits(more)
  }
}

/** The symbols of a code by their bits, with a one before them. */
class Code extends Map<number, number> {
  longest = 0
  hasHole = false
}

/** The code that has these lengths; undefined where there are more than can be. */
function codeOf(lengths: readonly number[]): Code | undefined {
  const code = new Code()
  let next = 0
  for (let length = 1; length <= 15; length++) {
    next *= 2
    for (const [symbol, its] of lengths.entries()) {
      if (its !== length) continue
      if (next === 2 ** length) return undefined
      code.set(2 ** length + next, symbol)
      code.longest = length
      next++
    }
  }
  code.hasHole = next < 2 ** 15
  return code
}

/** Least values, and how many bits tell what is above them. */
function ladder(start: number, count: number, bitsOf: (place: number) => number): [number, number][] {
  let least = start
  return Array.from({ length: count }, (_, place) => {
    const bits = bitsOf(place)
    least += 2 ** bits
    return [least - 2 ** bits, bits]
  })
}

const CUT = new Error('cut')
const ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]
export const LENGTHS = [...ladder(3, 28, (place) => Math.max(0, (place >> 2) - 1)), [258, 0]]
export const DISTANCES = ladder(1, 30, (place) => Math.max(0, (place >> 1) - 1))
const FIXED: [Code, Code] = [
  codeOf(Array.from({ length: 288 }, (_, symbol) => (symbol < 144 ? 8 : symbol < 256 ? 9 : symbol < 280 ? 7 : 8)))!,
  codeOf(Array.from({ length: 32 }, () => 5))!,
]
