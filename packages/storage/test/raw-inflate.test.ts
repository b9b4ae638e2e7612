import { constants, deflateRawSync, inflateRawSync } from 'node:zlib'
import { damaged, fuzz, fuzzCases, type Random, randomBytes, randomFrom, testSeed } from '@fletching/testing'
import { describe, expect, it } from 'vitest'
import { RawInflate } from '../src/index.ts'
import { DeflateWriter, randomBlock } from './deflate-writer.ts'
import { type Inflated, inflateSlowly } from './inflate-oracle.ts'

const raw = new RawInflate()
const WHOLE = Number.MAX_SAFE_INTEGER

/** Inflates data that come in pieces of a size, into rooms of a size. */
function inflate(bytes: Uint8Array, pieceBytes = WHOLE, roomBytes = 1000): Inflated {
  const chunks: Buffer[] = []
  const room = new Uint8Array(roomBytes)
  raw.reset()
  for (let start = 0; start < bytes.length || start === 0; start += pieceBytes) {
    const piece = bytes.subarray(start, Math.min(start + pieceBytes, bytes.length))
    for (let at = 0; ; ) {
      const fault = raw.run(piece, at, room)
      chunks.push(Buffer.from(room.subarray(0, raw.made)))
      at += raw.used
      if (fault !== undefined) return { content: Buffer.concat(chunks), end: { fault: fault.message } }
      if (raw.made === room.length) continue
      if (at < piece.length) return { content: Buffer.concat(chunks), end: { used: start + at } }
      break
    }
  }
  return { content: Buffer.concat(chunks), end: raw.isAtEnd() ? { used: bytes.length } : 'cut' }
}

/** By Node's zlib: the content of whole data, and how much of them is used. */
function byZlib(bytes: Uint8Array): Inflated | undefined {
  try {
    const { buffer, engine } = inflateRawSync(bytes, { info: true } as object) as unknown as {
      buffer: Buffer
      engine: { bytesWritten: number }
    }
    return { content: buffer, end: { used: engine.bytesWritten } }
  } catch {
    return undefined
  }
}

function expectSame(got: Inflated, expected: Inflated): void {
  // Asking costs more than most cases do.
  if (JSON.stringify(got.end) !== JSON.stringify(expected.end)) expect(got.end).toEqual(expected.end)
  if (!got.content.equals(expected.content)) expect(got.content.toString('hex')).toBe(expected.content.toString('hex'))
}

const LETTERS = Array.from('{}":,aeinorst0123456789é')

/** Content of many kinds, up to so many bytes. */
function randomContent(random: Random, bytesMax: number): Buffer {
  const length = random.below(random.pick([4, 300, bytesMax + 1]))
  const kind = random.pick(['any', 'few', 'text', 'run', 'repeats'] as const)
  if (kind === 'any') return randomBytes(random, length)
  if (kind === 'few') return Buffer.from(Array.from({ length }, () => random.below(4)))
  if (kind === 'text') return Buffer.from(Array.from({ length }, () => random.pick(LETTERS)).join(''))
  if (kind === 'run') return Buffer.alloc(length, randomBytes(random, 1 + random.below(20)))
  // What was there before, from near and far, with something between.
  const content = [...randomBytes(random, 40)]
  while (content.length < length) {
    const distance = 1 + random.below(random.pick([20, 300, content.length]))
    const from = Math.max(0, content.length - distance)
    for (let count = random.below(random.pick([10, 40, 600])); count > 0; count--)
      content.push(content[from + (count % Math.max(1, content.length - from))])
    for (let count = random.below(9); count > 0; count--) content.push(random.below(256))
  }
  return Buffer.from(content)
}

const { Z_DEFAULT_STRATEGY, Z_FILTERED, Z_HUFFMAN_ONLY, Z_RLE, Z_FIXED } = constants

function deflate(random: Random, content: Uint8Array): Buffer {
  return deflateRawSync(content, {
    level: random.below(10),
    memLevel: 1 + random.below(9),
    windowBits: 9 + random.below(7),
    strategy: random.pick([Z_DEFAULT_STRATEGY, Z_FILTERED, Z_HUFFMAN_ONLY, Z_RLE, Z_FIXED]),
  })
}

const WHOLE_CASES = fuzzCases(6000)
const BLOCK_CASES = fuzzCases(3000)
const DAMAGED_CASES = fuzzCases(7500)
const DAMAGES = 8

describe('RawInflate', () => {
  it(`gives what zlib has deflated, whatever its settings, and however it is cut (${WHOLE_CASES} cases from FLETCHING_SEED=${testSeed})`, () =>
    fuzz(WHOLE_CASES, (random) => {
      const content = randomContent(random, 20_000)
      const stored = deflate(random, content)
      // What follows is left over.
      const bytes = Buffer.concat([stored, randomBytes(random, random.below(50))])
      const pieceBytes = random.pick([1, 3, 30, 33, 1000, WHOLE])
      const roomBytes = random.pick([1, 7, 100, 5000, 300_000])
      expectSame(inflate(bytes, pieceBytes, roomBytes), { content, end: { used: stored.length } })
    }))

  it('gives more than its window holds, from as far as a distance leads', () => {
    const random = randomFrom(testSeed)
    const block = randomBytes(random, 32_768)
    for (const bytes of [block, block.subarray(0, 32_767), block.subarray(0, 20_000), block.subarray(0, 3)]) {
      const content = Buffer.concat(Array.from({ length: 60 }, () => bytes))
      for (const level of [0, 1, 9]) {
        const stored = deflateRawSync(content, { level, windowBits: 15 })
        for (const roomBytes of [999, 65_536, 262_144])
          expectSame(inflate(stored, 32_768, roomBytes), { content, end: { used: stored.length } })
      }
    }
  })

  it('copies every length from near and far', () => {
    const history = randomBytes(randomFrom(testSeed), 32_768)
    const near = Array.from({ length: 70 }, (_, at) => at + 1)
    for (const distance of [...near, 255, 256, 257, 4097, 32_767, 32_768]) {
      const writer = new DeflateWriter().stored(history, { isLast: false }).bits(1, 1).bits(1, 2)
      const content = [...history]
      for (let length = 3; length <= 258; length++) {
        writer.fixedMatch(length, distance)
        for (let count = 0; count < length; count++) content.push(content[content.length - distance])
      }
      const bytes = writer.fixed(256).bytes()
      expectSame(inflate(bytes), { content: Buffer.from(content), end: { used: bytes.length } })
    }
  })

  it.each([32_767, 32_768])('reaches %i bytes back from every place of its window', (distance) => {
    const history = randomBytes(randomFrom(testSeed), distance)
    const writer = new DeflateWriter().stored(history, { isLast: false }).bits(3, 3)
    const matches = 2000
    for (let count = 0; count < matches; count++) writer.fixedMatch(258, distance)
    const stored = writer.fixed(256).bytes()
    const content = Buffer.alloc(distance + matches * 258, history)
    expectSame(inflate(stored, WHOLE, 5000), { content, end: { used: stored.length } })
  })

  it(`reads any code (${BLOCK_CASES} cases from FLETCHING_SEED=${testSeed})`, () =>
    fuzz(BLOCK_CASES, (random) => {
      const writer = new DeflateWriter()
      let made = 0
      const blocks = 1 + random.below(3)
      for (let block = 1; block <= blocks; block++) {
        made = randomBlock(random, writer, made, block === blocks)
      }
      const bytes = writer.bytes()
      const expected = byZlib(bytes)
      expect(expected?.content.length).toBe(made)
      expectSame(inflate(bytes, random.pick([1, 40, WHOLE]), random.pick([1, 60, 100_000])), expected!)
    }))

  it(`ends where zlib does on damaged data, with what came before the damage (${DAMAGED_CASES} cases of ${DAMAGES} from FLETCHING_SEED=${testSeed})`, async () => {
    const counts = { whole: 0, cut: 0, fault: 0 }
    await fuzz(DAMAGED_CASES, (random) => {
      const data = randomData(random)
      for (let count = 0; count < DAMAGES; count++) {
        const bytes = damaged(random, data)
        const got = inflate(bytes, random.pick([1, 40, WHOLE]), random.pick([1, 60, 5000]))
        expectSame(got, inflateSlowly(bytes))
        const zlib = byZlib(bytes)
        if (zlib !== undefined) expectSame(got, zlib)
        else if (got.end !== 'cut' && 'used' in got.end) throw new Error('zlib refuses it')
        counts[got.end === 'cut' ? 'cut' : 'fault' in got.end ? 'fault' : 'whole']++
      }
    })
    expect(Math.min(...Object.values(counts))).toBeGreaterThan(DAMAGED_CASES / 20)
  })

  it('refuses what is cut anywhere, with the content before the cut', () => {
    const content = randomContent(randomFrom(testSeed), 3000)
    const writer = new DeflateWriter().stored(Buffer.from('stored'), { isLast: false })
    randomBlock(randomFrom(testSeed), writer, 6, true)
    for (const bytes of [deflateRawSync(content), deflateRawSync(content, { strategy: Z_FIXED }), writer.bytes()]) {
      for (let length = 0; length < bytes.length; length++) {
        const cut = bytes.subarray(0, length)
        const got = inflate(cut, 50)
        expect(got.end).toBe('cut')
        expectSame(got, inflateSlowly(cut))
      }
    }
  })

  const ONE_LITERAL = lengths(257, { 97: 1, 256: 1 })
  const dynamic = () => new DeflateWriter().codes(ONE_LITERAL, [0])
  it.each<[string, DeflateWriter, string]>([
    ['a block of no kind', new DeflateWriter().bits(7, 3), 'a block is of a kind that does not exist'],
    [
      'a stored block with a wrong complement',
      new DeflateWriter().stored(Buffer.from('abc'), { complement: 3 }),
      'the length of a stored block does not fit its complement',
    ],
    ['287 literals', new DeflateWriter().codes(lengths(287, { 256: 1 }), [0]), 'a block has too many codes'],
    [
      '31 distances',
      new DeflateWriter().codes(lengths(257, { 256: 1 }), lengths(31, {})),
      'a block has too many codes',
    ],
    [
      'too many lengths of one bit',
      new DeflateWriter().head(257, 1, [1, 1, 1]),
      'the lengths of codes are written in no code',
    ],
    [
      'a single code for lengths',
      new DeflateWriter().head(257, 1, [1]).bits(0, 500),
      'the lengths of codes are written in no code',
    ],
    ['no code for lengths', new DeflateWriter().head(257, 1, []).bits(0, 500), 'a block has no code for its end'],
    [
      'a repeat of nothing',
      new DeflateWriter().codes([], []).length(16).bits(0, 20),
      'lengths of codes are repeated where there are none, or too often',
    ],
    [
      'a repeat beyond the last',
      new DeflateWriter()
        .codes(lengths(257, { 256: 1 }).slice(1), [])
        .length(18)
        .bits(0, 20),
      'lengths of codes are repeated where there are none, or too often',
    ],
    ['no end', new DeflateWriter().codes(lengths(257, { 97: 1, 98: 1 }), [0]), 'a block has no code for its end'],
    [
      'three literals of one bit',
      new DeflateWriter().codes(lengths(257, { 97: 1, 98: 1, 256: 1 }), [0]),
      'the codes of a block are no code',
    ],
    [
      'a hole among the literals',
      new DeflateWriter().codes(lengths(257, { 97: 2, 98: 2, 256: 2 }), [0]),
      'the codes of a block are no code',
    ],
    [
      'a hole among the distances',
      new DeflateWriter().codes(ONE_LITERAL, [2, 2, 2]),
      'the codes of a block are no code',
    ],
    [
      'three distances of one bit',
      new DeflateWriter().codes(ONE_LITERAL, [1, 1, 1]),
      'the codes of a block are no code',
    ],
    [
      'the other bit of a single literal',
      new DeflateWriter().codes(lengths(257, { 256: 1 }), [0]).bits(1, 1),
      'a code stands for no literal and no length',
    ],
    ['symbol 286', new DeflateWriter().bits(3, 3).fixed(286), 'a code stands for no literal and no length'],
    ['symbol 287', new DeflateWriter().bits(3, 3).fixed(287), 'a code stands for no literal and no length'],
    [
      'a match without distances',
      new DeflateWriter()
        .codes(lengths(258, { 97: 1, 256: 2, 257: 2 }), [0])
        .bits(0, 1)
        .code(3, 2)
        .bits(0, 1),
      'a code stands for no distance',
    ],
    [
      'the other bit of a single distance',
      new DeflateWriter()
        .codes(lengths(258, { 97: 1, 256: 2, 257: 2 }), [1])
        .bits(0, 1)
        .code(3, 2)
        .bits(1, 1),
      'a code stands for no distance',
    ],
    ['distance 30', new DeflateWriter().bits(3, 3).fixed(97).fixed(257).code(30, 5), 'a code stands for no distance'],
    ['distance 31', new DeflateWriter().bits(3, 3).fixed(97).fixed(257).code(31, 5), 'a code stands for no distance'],
    ['a match at the start', new DeflateWriter().bits(3, 3).fixedMatch(3, 1), 'a distance leads to before the start'],
    [
      'a match from before the start',
      new DeflateWriter().bits(3, 3).fixed(97).fixed(97).fixedMatch(258, 3),
      'a distance leads to before the start',
    ],
    [
      'a match from far before the start',
      new DeflateWriter().stored(Buffer.alloc(32_767), { isLast: false }).bits(3, 3).fixedMatch(258, 32_768),
      'a distance leads to before the start',
    ],
  ])('says what is wrong with %s', (_, writer, fault) => {
    // Also where the fast loop meets it, which wants more bytes than are needed.
    for (const bytes of [writer.bytes(), Buffer.concat([writer.bytes(), Buffer.alloc(100)])]) {
      expect(byZlib(bytes)).toBe(undefined)
      for (const pieceBytes of [1, WHOLE]) {
        const got = inflate(bytes, pieceBytes)
        expect(got.end).toEqual({ fault })
        expectSame(got, inflateSlowly(bytes))
      }
    }
  })

  it('takes a code with a single distance, or with no distance that is used', () => {
    const match = lengths(258, { 97: 1, 256: 2, 257: 2 })
    for (const writer of [
      dynamic().bits(0, 1).bits(1, 1),
      new DeflateWriter().codes(lengths(257, { 256: 1 }), [0]).bits(0, 1),
      new DeflateWriter().codes(match, [1]).bits(0, 1).code(3, 2).bits(0, 1).code(2, 2),
    ])
      expectSame(inflate(writer.bytes()), byZlib(writer.bytes())!)
  })

  it('goes on with new data after damage, and from the middle of others', () => {
    const content = Buffer.from('{"userId":"u1"}\n'.repeat(100))
    const stored = deflateRawSync(content)
    for (const before of [Buffer.of(7), stored.subarray(0, 20), new DeflateWriter().bits(3, 3).fixed(97).bytes()]) {
      inflate(before)
      expectSame(inflate(stored), { content, end: { used: stored.length } })
    }
    // What the data before had made does not count as history.
    expect(inflate(new DeflateWriter().bits(3, 3).fixedMatch(3, 1).bytes()).end).toEqual({
      fault: 'a distance leads to before the start',
    })
  })

  it('is begun before it runs', () => {
    expect(() => new RawInflate().run(Buffer.of(3, 0), 0, new Uint8Array(9))).toThrow(
      'RawInflate.run comes before its reset',
    )
  })
})

/** Lengths of codes, zero but for some. */
function lengths(count: number, some: Readonly<Record<number, number>>): number[] {
  return Array.from({ length: count }, (_, symbol) => some[symbol] ?? 0)
}

/** Data by zlib, or of random codes. */
function randomData(random: Random): Buffer {
  if (random.below(2) === 0) return deflate(random, randomContent(random, 400))
  const writer = new DeflateWriter()
  randomBlock(random, writer, 0, true)
  return writer.bytes()
}
