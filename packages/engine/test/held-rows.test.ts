import { randomFrom, testSeed } from '@fletching/testing'
import { describe, expect, it } from 'vitest'
import { HeldRows } from '../src/held-rows.ts'
import { looseRows } from '../src/table-part.ts'
import { batchOfRows, numberedBatch, numberedRows, numberedSchema, randomNumberedRows } from './table-parts.ts'

/** Rows without what parts them, loose. */
function looseRowsOf(rows: ReturnType<typeof randomNumberedRows>) {
  const batch = numberedBatch(rows).selectAt([1, 2, 3])
  return { rows: batch.numRows, ...looseRows(batch) }
}

describe('rows that are held', () => {
  it.each(Array.from({ length: 20 }, (_, i) => testSeed + i))(
    'come back as they were, however many came at once (FLETCHING_SEED=%i)',
    (seed) => {
      const random = randomFrom(seed)
      const held = new HeldRows(numberedSchema)
      const most = random.pick([1, 7, 127, 300, 2000])
      const given: (readonly [number, string | null, string | null])[] = []
      for (let pieces = random.below(40); pieces >= 0; pieces--) {
        const rows = randomNumberedRows(random, 1 + random.below(most), 10)
        held.add(looseRowsOf(rows))
        given.push(...rows.map(([n, text, kind]) => [n, text, kind] as const))
      }
      expect(held.rows).toBe(given.length)
      const taken = held.take().map(batchOfRows)
      expect(taken.flatMap(numberedRows)).toEqual(given)
      const types = numberedSchema.fields.map(({ type }) => String(type))
      for (const batch of taken) expect(batch.schema.fields.map(({ type }) => String(type))).toEqual(types)
      expect([held.rows, held.byteLength, held.take()]).toEqual([0, 0, []])
    },
  )

  it('take little beside their bytes when few come at once', () => {
    const held = new HeldRows(numberedSchema)
    for (let row = 0; row < 100; row++) held.add(looseRowsOf([[row, `user-${row}`, 'Product Added', null]]))
    // A batch for each of them would take 460 kB.
    expect(held.byteLength).toBeLessThan(8192)
    expect(held.take().length).toBeLessThan(5)
  })

  it('are not joined when they are many', () => {
    const held = new HeldRows(numberedSchema)
    const rows = randomNumberedRows(randomFrom(testSeed), 1000, 10)
    for (let piece = 0; piece < 20; piece++) held.add(looseRowsOf(rows))
    expect(held.take()).toHaveLength(20)
  })
})
