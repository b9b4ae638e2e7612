import { dictionaryEncode } from '@fletching/kernels/dictionary'
import { randomFrom, testSeed } from '@fletching/testing'
import { Field, Int64, makeData, RecordBatch, Schema, Struct, Utf8, type Vector, vectorFromArray } from 'apache-arrow'
import { describe, expect, it } from 'vitest'
import { HeldRows } from '../src/held-rows.ts'

type Row = readonly [string | null, string | null, bigint | null]

function batchOf(rows: readonly Row[]): RecordBatch {
  const columns: Vector[] = [
    vectorFromArray(
      rows.map(([id]) => id),
      new Utf8(),
    ),
    dictionaryEncode(
      vectorFromArray(
        rows.map(([, event]) => event),
        new Utf8(),
      ),
    ),
    vectorFromArray(
      rows.map(([, , time]) => time),
      new Int64(),
    ),
  ]
  const type = new Struct(['id', 'event', 'time'].map((name, index) => new Field(name, columns[index].type, true)))
  const children = columns.map(({ data }) => data[0])
  return new RecordBatch(new Schema(type.children), makeData({ type, length: rows.length, nullCount: 0, children }))
}

function rowsOf(batches: readonly RecordBatch[]): Row[] {
  return batches.flatMap((batch) => batch.toArray().map((row): Row => [row.id, row.event, row.time]))
}

describe('rows that are held', () => {
  it.each(Array.from({ length: 20 }, (_, i) => testSeed + i))(
    'come back as they were, however many came at once (FLETCHING_SEED=%i)',
    (seed) => {
      const random = randomFrom(seed)
      const held = new HeldRows()
      const most = random.pick([1, 7, 127, 300, 2000])
      const given: Row[] = []
      let schema = batchOf([]).schema
      for (let pieces = random.below(40); pieces >= 0; pieces--) {
        const rows = Array.from(
          { length: 1 + random.below(most) },
          (_, row): Row => [
            random.pick([null, '', `u${row}`, 'POISON']),
            random.pick([null, 'Product Added', 'Order Completed']),
            random.pick([null, -777n, BigInt(row)]),
          ],
        )
        const batch = batchOf(rows)
        schema = batch.schema
        held.add(batch, random.below(4) > 0)
        given.push(...rows)
      }
      expect(held.rows).toBe(given.length)
      const taken = held.take(schema)
      expect(rowsOf(taken)).toEqual(given)
      const types = schema.fields.map(({ type }) => String(type))
      for (const batch of taken) expect(batch.schema.fields.map(({ type }) => String(type))).toEqual(types)
      expect([held.rows, held.byteLength, held.take(schema)]).toEqual([0, 0, []])
    },
  )

  it('take little beside their bytes when few come at once', () => {
    const held = new HeldRows()
    for (let row = 0; row < 100; row++) held.add(batchOf([[`user-${row}`, 'Product Added', BigInt(row)]]), true)
    // A batch for each of 64, 32 and 4 rows would take 24 kB.
    expect(held.byteLength).toBeLessThan(8192)
  })
})
