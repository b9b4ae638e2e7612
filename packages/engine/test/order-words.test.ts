import { type Plain, type Random, randomFrom, randomValues, testSeed, vectorOf } from '@fletching/testing'
import { type DataType, DateDay, Float64, Int32, Int64, TimestampMillisecond, Utf8 } from 'apache-arrow'
import { describe, expect, it } from 'vitest'
import { isBehind, orderWords } from '../src/order-words.ts'

const types = [new Float64(), new Int32(), new Int64(), new TimestampMillisecond('UTC'), new DateDay()]

describe('words of an order', () => {
  it.each(types)(`put rows into the order of their values: %s, seed ${testSeed}`, (type) => {
    const random = randomFrom(testSeed)
    const values = [...randomValues(random, type, 400, 0.1), ...edges(type)]
    const rows = shuffledRows(random, values.length)
    const words = orderWords(vectorOf(type, values, 'chunks'), rows)
    const isAt = (a: number, b: number) => isBehind(words[2 * a], words[2 * a + 1], words[2 * b], words[2 * b + 1])
    for (let at = 0; at + 1 < rows.length; at++) {
      const [value, other] = [values[rows[at]], values[rows[at + 1]]]
      expect([isAt(at, at + 1), isAt(at + 1, at)], `${String(value)} and ${String(other)}`).toEqual([
        rank(value, other) >= 0,
        rank(other, value) >= 0,
      ])
    }
  })

  it('are not made of texts', () => {
    expect(() => orderWords(vectorOf(new Utf8(), ['a']), Int32Array.of(0))).toThrow(
      expect.objectContaining({ kind: 'internal', message: 'INTERNAL: rows have no order by a column of Utf8' }),
    )
  })
})

/** Nulls before all but the least whole number, NaN behind all, -0 beside 0. */
function rank(left: Plain, right: Plain): number {
  const place = (value: Plain) => (value === null || value === -(2n ** 63n) ? 0 : Number.isNaN(value) ? 2 : 1)
  if (place(left) !== place(right)) return place(left) - place(right)
  if (place(left) !== 1) return 0
  const [a, b] = [left, right] as [number, number]
  return a < b ? -1 : a > b ? 1 : 0
}

function edges(type: DataType): Plain[] {
  if (!(type instanceof Float64)) return []
  return [-1, -2, -1.5, 1, 2, 1.5, 0, -0, 5e-324, -5e-324, Infinity, -Infinity, Number.NaN, -1e300, 1e300, null]
}

/** Every row a few times, in any order. */
function shuffledRows(random: Random, count: number): Int32Array {
  return Int32Array.from({ length: 5 * count }, () => random.below(count))
}
