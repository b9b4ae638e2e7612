import { type Random, randomFrom, testSeed } from '@fletching/testing'
import { describe, expect, it } from 'vitest'
import { ArrivingRows } from '../src/arriving-rows.ts'
import type { Held } from '../src/held-rows.ts'
import { rowsIn } from '../src/row-ranges.ts'
import { looseBatch, partsOf, type TablePart } from '../src/table-part.ts'
import {
  batchOfPart,
  batchOfRows,
  memoryOf,
  numberedBatch,
  numberedRows,
  numberedSchema,
  randomNumberedRows,
} from './table-parts.ts'

function partsAt(random: Random, length: number): TablePart[] {
  const textBytes = random.pick([2, 400])
  return partsOf(numberedBatch(randomNumberedRows(random, length, textBytes)), ['day'], false)
}

function rowsOfHeld(held: Held) {
  const batch = batchOfRows({ batch: looseBatch(held, numberedSchema), ranges: held.ranges })
  expect(batch.numRows).toBe(held.rows)
  return numberedRows(batch)
}

describe('rows that arrive', () => {
  it.each(Array.from({ length: 6 }, (_, i) => testSeed + i))(
    'are the same wherever they are cut, and share no memory (FLETCHING_SEED=%i)',
    (seed) => {
      const random = randomFrom(seed)
      for (const part of partsAt(random, 60)) {
        const expected = numberedRows(batchOfPart(part, numberedSchema))
        for (let first = 1; first <= expected.length; first++) {
          const second = first + random.below(expected.length - first + 1)
          const arriving = new ArrivingRows(part, numberedSchema)
          const counts = [first, second - first, expected.length - second].filter((count) => count > 0)
          const taken = counts.map((count) => arriving.take(count))
          expect(taken.flatMap(rowsOfHeld)).toEqual(expected)
          const memory = taken.flatMap(memoryOf)
          expect(new Set(memory).size).toBe(memory.length)
        }
      }
    },
  )

  it.each(Array.from({ length: 20 }, (_, i) => testSeed + i))(
    'tell how many stood before a row, each once (FLETCHING_SEED=%i)',
    (seed) => {
      const random = randomFrom(seed)
      const parts = partsAt(random, 100)
      const arriving = parts.map((part) => new ArrivingRows(part, numberedSchema))
      const counts = parts.map(() => 0)
      for (let row = 0; row < 100; ) {
        row = Math.min(100, row + random.pick([0, 1, 7, 40]))
        for (const [at, rows] of arriving.entries()) {
          counts[at] += rows.rowsBefore(row)
          const { ranges } = parts[at]
          expect(counts[at]).toBe(rowsIn(ranges.map((bound) => Math.min(bound, row))))
        }
      }
    },
  )

  it('keep their batch while half of what it was kept for is left', () => {
    const rows = Array.from({ length: 100 }, (_, n) => [n, '.'.repeat(200), 'x', n < 80 ? 'a' : 'b'] as const)
    const [part] = partsOf(numberedBatch(rows), ['day'], false)
    const arriving = new ArrivingRows(part, numberedSchema)
    // The third is what the batch goes with: behind it less than half is left.
    expect([20, 20, 1, 39].map((rows) => arriving.take(rows).content)).toMatchObject(
      [20, 20, 100, 39].map((numRows) => ({ numRows })),
    )
  })
})
