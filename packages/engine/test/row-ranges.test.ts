import { type Random, randomFrom, testSeed } from '@fletching/testing'
import { Int32 } from 'apache-arrow'
import { describe, expect, it } from 'vitest'
import { rowsIn, sliceRanges, takeRanges } from '../src/row-ranges.ts'
import { batchOf, columnsOf } from './batches.ts'

/** Some of so many rows. */
function randomRows(random: Random, length: number): number[] {
  const most = random.pick([1, 2, 9])
  return Array.from({ length }, (_, row) => row).filter(() => random.below(10) < most + 1)
}

function rangesOf(rows: readonly number[]): Int32Array {
  return Int32Array.from(
    rows.flatMap((row, at) => [
      ...(rows[at - 1] === row - 1 ? [] : [row]),
      ...(rows[at + 1] === row + 1 ? [] : [row + 1]),
    ]),
  )
}

describe('ranges of rows', () => {
  it.each(Array.from({ length: 20 }, (_, i) => testSeed + i))(
    'are counted, cut everywhere and taken as single rows are (FLETCHING_SEED=%i)',
    (seed) => {
      const random = randomFrom(seed)
      const length = random.below(30)
      const rows = randomRows(random, length)
      const ranges = rangesOf(rows)
      expect(rowsIn(ranges)).toBe(rows.length)
      for (let start = 0; start <= rows.length; start++) {
        for (let end = start; end <= rows.length; end++) {
          const slice = sliceRanges(ranges, start, end)
          expect(slice).toEqual(rangesOf(rows.slice(start, end)))
          expect(slice.byteLength).toBe(slice.buffer.byteLength)
        }
      }
      const batch = batchOf({ n: [new Int32(), Array.from({ length }, (_, row) => row)] })
      expect(columnsOf(takeRanges(batch, ranges))).toEqual({ n: rows })
    },
  )
})
