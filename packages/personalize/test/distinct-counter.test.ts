import { randomFrom, testSeed } from '@fletching/testing'
import { describe, expect, it } from 'vitest'
import { DistinctCounter } from '../src/distinct-counter.ts'
import { TextHash } from '../src/preflight/text-hash.ts'

const UTF8 = new TextEncoder()

/** Counts texts by their hashes, and gives which of them came before. */
function count(texts: Iterable<string>, slotsMax?: number) {
  const counter = new DistinctCounter(slotsMax)
  const hash = new TextHash()
  const known: boolean[] = []
  for (const text of texts) {
    const bytes = UTF8.encode(text)
    hash.of(bytes, 0, bytes.length)
    known.push(counter.add(hash.low, hash.high))
  }
  return { counter, known }
}

describe('DistinctCounter', () => {
  it('tells what came before', () => {
    const { counter, known } = count(['a', 'b', 'a', '', 'a', ''])
    expect(known).toEqual([false, false, true, false, true, true])
    expect([counter.distinct, counter.atLeast(2), counter.atLeast(3), counter.repeats]).toEqual([3, 2, 1, 3])
  })

  it(`agrees with a Map on random texts (FLETCHING_SEED=${testSeed})`, () => {
    const random = randomFrom(testSeed)
    const texts = Array.from({ length: 50_000 }, () => 'x'.repeat(random.below(9)) + random.below(20_000))
    const counts = new Map<string, number>()
    for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1)
    const { counter } = count(texts)
    expect(counter.isEstimated).toBe(false)
    expect(counter.distinct).toBe(counts.size)
    expect(counter.atLeast(2)).toBe([...counts.values()].filter((times) => times >= 2).length)
    expect(counter.repeats).toBe(texts.length - counts.size)
  })

  it('is exact for a million keys, and close beyond', () => {
    const texts = function* (keys: number) {
      for (let key = 0; key < keys; key++) yield `user-${key}`
      for (let key = 0; key < keys; key += 4) yield `user-${key}`
    }
    const exact = count(texts(1_000_000)).counter
    expect([exact.distinct, exact.atLeast(2), exact.repeats, exact.isEstimated]).toEqual([1e6, 250_000, 250_000, false])
    const sample = count(texts(1_000_000), 65_536).counter
    expect(sample.isEstimated).toBe(true)
    for (const [figure, right] of [
      [sample.distinct, 1e6],
      [sample.atLeast(2), 250_000],
      [sample.repeats, 250_000],
    ]) {
      expect(Math.abs(figure / right - 1)).toBeLessThan(0.05)
    }
  })
})

describe('TextHash', () => {
  it('depends on every byte, wherever the text lies', () => {
    const seen = new Set<string>()
    const hash = new TextHash()
    const hashOf = (text: string, at: number) => {
      const bytes = UTF8.encode(`${'-'.repeat(at)}${text}-`)
      hash.of(bytes, at, bytes.length - 1)
      return `${hash.low} ${hash.high}`
    }
    const texts = Array.from({ length: 40 }, (_, length) =>
      Array.from({ length }, (__, at) => `${'x'.repeat(at)}y${'x'.repeat(length - at)}`),
    ).flat()
    for (const text of ['', 'x', ' ', '  ', '   ', '    ', ...texts]) {
      const one = hashOf(text, 0)
      expect(seen.has(one)).toBe(false)
      seen.add(one)
      for (const at of [1, 2, 3]) expect(hashOf(text, at)).toBe(one)
    }
  })

  it('finds control characters and backslashes, and nothing else', () => {
    const hash = new TextHash()
    for (let length = 1; length <= 9; length++) {
      for (let at = 0; at < length; at++) {
        for (let byte = 0; byte < 256; byte++) {
          const bytes = new Uint8Array(length).fill(0x78)
          bytes[at] = byte
          hash.of(bytes, 0, length)
          expect(hash.hasSpecial).toBe(byte < 0x20 || byte === 0x5c)
        }
      }
    }
  })

  it('joins fields in their order', () => {
    const joined = (...fields: string[]) => {
      const [row, field] = [new TextHash(), new TextHash()]
      row.clear()
      for (const text of fields) {
        field.of(UTF8.encode(text), 0, text.length)
        row.join(field)
      }
      return `${row.low} ${row.high}`
    }
    expect(
      new Set([joined('a', 'b'), joined('b', 'a'), joined('ab', ''), joined('', 'ab'), joined('ab'), joined()]).size,
    ).toBe(6)
  })
})
