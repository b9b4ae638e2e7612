import { sliceBatch, Utf8Builder } from '@fletching/columns'
import { type Form, type Random, randomFrom, testSeed } from '@fletching/testing'
import {
  type Data,
  DataType,
  type Dictionary,
  type Field,
  makeData,
  RecordBatch,
  Struct,
  type Utf8,
  Vector,
} from 'apache-arrow'
import { describe, expect, it } from 'vitest'
import { type BatchRows, openRowGroupEncoder, type ParquetWriterName, type RowGroup } from '../src/index.ts'
import { batchOf } from './batches.ts'
import { nestedBatch, randomFields, randomRows } from './nested.ts'

const forms: readonly Form[] = ['plain', 'slice', 'slice of a slice']

async function encoded(rows: readonly BatchRows[], writer: ParquetWriterName = 'fletching'): Promise<RowGroup> {
  const encoder = await openRowGroupEncoder(rows[0].batch.schema, { writer, compression: 'snappy' })
  return encoder.encode(rows)
}

describe('rows of several batches', () => {
  it.each(Array.from({ length: 150 }, (_, index) => testSeed + index))(
    'give the bytes that one batch of them gives (FLETCHING_SEED=%i)',
    async (seed) => {
      const random = randomFrom(seed)
      const fields = randomFields(random, 1 + random.below(4), random.below(4))
      const parts = Array.from({ length: 1 + random.below(6) }, () => randomPart(random, fields))
      // Never none at all.
      const [last] = randomRows(random, fields, 1)
      const wanted = nestedBatch(fields, [...parts.flatMap(({ kept }) => kept), last])
      const given = [...parts.map(({ rows }) => rows), { batch: nestedBatch(fields, [last], random.pick(forms)) }]
      expectSame(await encoded(given), await encoded([{ batch: wanted }]))
    },
  )

  it('share a dictionary, or have it in common with others that grew from it', async () => {
    const texts = ['a', 'b', 'c', 'a', 'b', 'd', 'e', 'a', 'f', 'b', 'a', 'c']
    const values = Array.from({ length: 3000 }, (_, row) => texts[(row * 7) % texts.length])
    const whole = batchOf({ kind: ['dictionary', values] })
    const other = batchOf({ kind: ['dictionary', values.slice(0, 2).concat(values.slice(500))] })
    const rows = [
      { batch: sliceBatch(whole, 0, 501) },
      { batch: other, ranges: Int32Array.of(3, 1000) },
      { batch: sliceBatch(whole, 1498, 3000) },
    ]
    expectSame(await encoded(rows), await encoded([{ batch: whole }]))
  })

  it('may have nulls where the schema has none, if they are not among those that are meant', async () => {
    const { schema } = batchOf({ a: ['text', ['x']], b: ['long', [1n]] })
    const given = batchOf({ a: ['text?', ['x', null, 'z']], b: ['long?', [1n, null, 3n]] })
    const batch = new RecordBatch(schema, given.data)
    const wanted = batchOf({ a: ['text', ['x', 'z']], b: ['long', [1n, 3n]] })
    expectSame(await encoded([{ batch, ranges: Int32Array.of(0, 1, 2, 3) }]), await encoded([{ batch: wanted }]))
    await expect(encoded([{ batch, ranges: Int32Array.of(0, 2) }])).rejects.toThrow(
      /^INTERNAL: column a has no nulls, but a batch came with 1/,
    )
  })

  it.each<[string, number[], string]>([
    ['beyond the last', [0, 4], 'rows 0 to 4 of 3 were given behind row 0'],
    ['in another order', [1, 2, 0, 1], 'rows 0 to 1 of 3 were given behind row 2'],
    ['backwards', [2, 1], 'rows 2 to 1 of 3 were given behind row 0'],
    ['without an end', [0, 1, 2], 'rows 2 to undefined of 3 were given behind row 1'],
  ])('are refused %s', async (_, ranges, what) => {
    const batch = batchOf({ a: ['long', [1n, 2n, 3n]] })
    await expect(encoded([{ batch, ranges: Int32Array.from(ranges) }])).rejects.toMatchObject({
      kind: 'internal',
      what,
    })
  })

  it.each<[string, BatchRows[]]>([
    ['of no batch', []],
    ['of batches without rows', [{ batch: batchOf({ a: ['long', []] }) }]],
    ['of no rows of a batch', [{ batch: batchOf({ a: ['long', [1n]] }), ranges: new Int32Array() }]],
  ])('are no row group %s', async (_, rows) => {
    const { schema } = batchOf({ a: ['long', [1n]] })
    const encoder = await openRowGroupEncoder(schema, { writer: 'fletching', compression: 'none' })
    await expect(encoder.encode(rows)).rejects.toThrow(/^INTERNAL: a row group without rows cannot be encoded/)
  })

  it.each<ParquetWriterName>(['parquet-wasm', 'parquetjs-lite'])(
    'are not taken by %s, but one batch',
    async (writer) => {
      const batch = batchOf({ a: ['long', [1n, 2n]] })
      const encoder = await openRowGroupEncoder(batch.schema, { writer, compression: 'none' })
      const refusal = /^INTERNAL: a writer that takes one whole batch was given others/
      await expect(encoder.encode([{ batch }, { batch }])).rejects.toThrow(refusal)
      await expect(encoder.encode([{ batch, ranges: Int32Array.of(0, 2) }])).rejects.toThrow(refusal)
      await expect(encoder.encode([])).rejects.toThrow(/^INTERNAL: a row group without rows cannot be encoded/)
    },
  )
})

/** What two row groups have in common, which is all. */
function expectSame(given: RowGroup, wanted: RowGroup): void {
  expect({ rows: given.rows, footer: given.footer }).toEqual({ rows: wanted.rows, footer: wanted.footer })
  expect(Buffer.compare(given.bytes, wanted.bytes)).toBe(0)
}

type Rows = ReturnType<typeof randomRows>

/** A batch in some form, of which some rows are kept. */
function randomPart(random: Random, fields: readonly Field[]): { rows: BatchRows; kept: Rows } {
  const count = random.below(random.pick([1, 2, 20, 300]))
  const all = randomRows(random, fields, count)
  const start = random.below(Math.min(count, 20) + 1)
  const batch = withNullEntries(random, sliceBatch(nestedBatch(fields, all, random.pick(forms)), start, count))
  const given = all.slice(start)
  if (random.below(3) === 0) return { rows: { batch }, kept: given }
  const pairs: number[] = []
  const longest = random.pick([1, 5, 100, 300])
  for (let row = random.below(longest); row < given.length; row += random.below(longest)) {
    const first = row
    row = Math.min(given.length, first + 1 + random.below(longest))
    pairs.push(first, row)
  }
  const kept: Rows = []
  for (let at = 0; at < pairs.length; at += 2) kept.push(...given.slice(pairs[at], pairs[at + 1]))
  return { rows: { batch, ranges: Int32Array.from(pairs) }, kept }
}

/** The same rows, with some of the nulls of columns with a dictionary in the dictionary. */
function withNullEntries(random: Random, batch: RecordBatch): RecordBatch {
  const children = batch.data.children.map((data) =>
    DataType.isDictionary(data.type) && random.below(2) === 0
      ? nullsInDictionary(data as Data<Dictionary<Utf8>>)
      : data,
  )
  const type = new Struct(batch.schema.fields)
  return new RecordBatch(batch.schema, makeData({ type, length: batch.numRows, nullCount: 0, children }))
}

function nullsInDictionary(data: Data<Dictionary<Utf8>>): Data {
  const { type, length, dictionary } = data as Data<Dictionary<Utf8>> & { readonly dictionary: Vector<Utf8> }
  const builder = new Utf8Builder()
  builder.appendNull()
  const column = new Vector([data])
  const numbers = Int32Array.from({ length }, (_, row) =>
    column.get(row) === null ? dictionary.length : Number(data.values[row]),
  )
  const grown = new Vector([...dictionary.data, builder.finish()])
  return makeData({ type: type as never, length, nullCount: 0, data: numbers, dictionary: grown as never })
}
