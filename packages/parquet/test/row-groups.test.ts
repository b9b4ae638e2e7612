import { sliceBatch, Utf8Builder } from '@fletching/columns'
import { randomFrom, testSeed } from '@fletching/testing'
import { type Data, Dictionary, Field, Int32, makeData, RecordBatch, Schema, Struct, Utf8, Vector } from 'apache-arrow'
import { describe, expect, it } from 'vitest'
import { openRowGroupEncoder, ParquetFile, type ParquetWriterName } from '../src/index.ts'
import { batchOf, type Column, fileOf, rowsOf } from './batches.ts'
import { duckdb, footerOf, rowsByDuckdb, rowsByHyparquet } from './readers.ts'

const writers: ParquetWriterName[] = ['fletching', 'parquet-wasm', 'parquetjs-lite']

describe.each(writers)('row groups of %s', (writer) => {
  const columns = (from: number, count: number): Record<string, Column> => {
    const rows = Array.from({ length: count }, (_, row) => from + row)
    return {
      id: ['text', rows.map((row) => `user ${row}`)],
      kind: ['dictionary?', rows.map((row) => (row % 5 === 0 ? null : ['view', 'cart', 'buy'][row % 3]))],
      at: ['moment', rows.map((row) => BigInt(row) * 1000n)],
      score: ['long?', rows.map((row) => (row % 7 === 0 ? null : BigInt(row)))],
    }
  }

  it('joins three into one file', async () => {
    const parts = [columns(0, 1000), columns(1000, 1), columns(1001, 500)]
    const batches = parts.map(batchOf)
    const file = await fileOf(batches[0].schema, batches, { writer })
    expect(await rowsByHyparquet(file)).toEqual(parts.flatMap(rowsOf))
    expect(await rowsByDuckdb(file)).toEqual(parts.flatMap(rowsOf))
    expect(
      await duckdb(file, 'SELECT DISTINCT row_group_id, row_group_num_rows FROM parquet_metadata(FILE) ORDER BY 1'),
    ).toEqual([
      { row_group_id: '0', row_group_num_rows: '1000' },
      { row_group_id: '1', row_group_num_rows: '1' },
      { row_group_id: '2', row_group_num_rows: '500' },
    ])
  })

  it('are of slices too, which begin inside a byte', async () => {
    const whole = columns(0, 100)
    const batch = batchOf(whole)
    const slices = [
      [0, 3],
      [3, 61],
      [61, 100],
    ].map(([start, end]) => sliceBatch(sliceBatch(batch, start, 100), 0, end - start))
    const file = await fileOf(batch.schema, slices, { writer })
    expect(await rowsByHyparquet(file)).toEqual(rowsOf(whole))
    expect(footerOf(file).row_groups.map(({ num_rows }) => num_rows)).toEqual([3n, 58n, 39n])
  })

  it('take dictionaries of several chunks, with entries that are null, unused or twice there', async () => {
    const type = new Dictionary(new Utf8(), new Int32())
    const dictionary = new Vector([['never', 'b', null], [], ['b', 'a']].map(textsOf))
    const numbers = [4, 1, 2, 3, 99, 4]
    const nullBitmap = Uint8Array.of(0b101111)
    const data = makeData({ type, length: 6, nullCount: 1, nullBitmap, data: Int32Array.from(numbers), dictionary })
    const fields = ['kind', 'twin'].map((name) => new Field(name, type, true))
    const other = makeData({
      type,
      length: 6,
      data: Int32Array.of(0, 0, 0, 1, 1, 1),
      dictionary: new Vector([textsOf(['x', 'y'])]),
    })
    const schema = new Schema(fields)
    const children = [data, other]
    const batch = new RecordBatch(schema, makeData({ type: new Struct(fields), length: 6, nullCount: 0, children }))
    const expected: Record<string, Column> = {
      kind: ['text', ['a', 'b', null, 'b', null, 'a']],
      twin: ['text', ['x', 'x', 'x', 'y', 'y', 'y']],
    }
    const file = await fileOf(schema, [batch, sliceBatch(batch, 2, 6)], { writer })
    const rows = rowsOf(expected)
    expect(await rowsByHyparquet(file)).toEqual([...rows, ...rows.slice(2)])
    expect(await rowsByDuckdb(file)).toEqual([...rows, ...rows.slice(2)])
  })

  it('takes two columns of the same memory', async () => {
    const batch = batchOf({ a: ['long', [1n, 2n, 3n]], b: ['long', [0n, 0n, 0n]] })
    const [twin] = batch.data.children
    const type = new Struct(batch.schema.fields)
    const aliased = new RecordBatch(batch.schema, makeData({ type, length: 3, nullCount: 0, children: [twin, twin] }))
    const rows = await rowsByDuckdb(await fileOf(batch.schema, [aliased], { writer }))
    expect(rows).toEqual(['1', '2', '3'].map((text) => ({ a: text, b: text })))
  })

  it('keeps columns in order whatever their names', async () => {
    const named: Record<string, Column> = { z: ['text', ['z']], _: ['long', [1n]], a1: ['text', ['a']] }
    const fields: [string, Column][] = [...Object.entries(named), ['2', ['text', ['two']]], ['1', ['long', [2n]]]]
    const parts = fields.map(([name, column]) => batchOf({ [name]: column }))
    const schema = new Schema(parts.map((part) => part.schema.fields[0]))
    const type = new Struct(schema.fields)
    const children = parts.map((part) => part.data.children[0])
    const batch = new RecordBatch(schema, makeData({ type, length: 1, nullCount: 0, children }))
    const file = await fileOf(schema, [batch], { writer })
    const [row] = await duckdb(file, 'SELECT * FROM FILE')
    expect(Object.entries(row)).toEqual(Object.entries({ z: 'z', _: '1', a1: 'a', 2: 'two', 1: '2' }))
    expect(footerOf(file).row_groups[0].columns.map((chunk) => chunk.meta_data?.path_in_schema)).toEqual(
      schema.fields.map((field) => [field.name]),
    )
  })

  it('survives a clone from thread to thread', async () => {
    const part = columns(0, 10)
    const batch = batchOf(part)
    const encoder = await openRowGroupEncoder(batch.schema, { writer, compression: 'snappy' })
    const group = structuredClone(await encoder.encode([{ batch }]))
    const file = new ParquetFile(batch.schema)
    const bytes = Buffer.concat([file.start(), file.append(group), file.append(group), file.finish()])
    expect(file.rows).toBe(20)
    expect(await rowsByHyparquet(bytes)).toEqual([...rowsOf(part), ...rowsOf(part)])
  })

  it.each([
    ['might have nulls and has none', 'text', 'text?', 'REQUIRED'],
    ['has none where there may be some', 'text?', 'text', 'OPTIONAL'],
  ] as const)('are as the schema says of a batch whose column %s', async (_, wanted, given, repetition) => {
    const { schema } = batchOf({ a: [wanted, ['x']] })
    const file = await fileOf(schema, [batchOf({ a: [given, ['y']] })], { writer })
    expect(footerOf(file).schema[1].repetition_type).toBe(repetition)
    expect(await rowsByDuckdb(file)).toEqual(rowsOf({ a: [wanted, ['y']] }))
  })

  it('refuses a batch of another schema', async () => {
    const batch = batchOf({ a: ['long', [1n]] })
    const encoder = await openRowGroupEncoder(batch.schema, { writer, compression: 'snappy' })
    await expect(encoder.encode([{ batch: batchOf({ b: ['long', [1n]] }) }])).rejects.toThrow(
      /^INTERNAL: a row group of a Int64 was given a batch of b Int64/,
    )
    await expect(encoder.encode([{ batch: batchOf({ a: ['text', ['1']] }) }])).rejects.toThrow(
      /^INTERNAL: a row group of a Int64 was given a batch of a Utf8/,
    )
  })

  it('refuses a batch without rows', async () => {
    const batch = batchOf({ a: ['long', []] })
    const encoder = await openRowGroupEncoder(batch.schema, { writer, compression: 'snappy' })
    await expect(encoder.encode([{ batch }])).rejects.toThrow(/^INTERNAL: a row group without rows cannot be encoded/)
  })

  it('refuses a null where the schema has none', async () => {
    const batch = batchOf({ a: ['text', ['x', null]] })
    const encoder = await openRowGroupEncoder(batch.schema, { writer, compression: 'snappy' })
    await expect(encoder.encode([{ batch }])).rejects.toMatchObject({ kind: 'internal' })
  })

  it('gives the same bytes twice', async () => {
    const batch = batchOf(columns(0, 100))
    expect(await fileOf(batch.schema, [batch], { writer })).toEqual(await fileOf(batch.schema, [batch], { writer }))
  })
})

it('is a valid file without a row group', async () => {
  const { schema } = batchOf({ a: ['text?', ['x']], at: ['moment', [1n]] })
  const file = await fileOf(schema, [])
  expect(await rowsByHyparquet(file)).toEqual([])
  expect(await duckdb(file, 'SELECT count(*)::INTEGER AS rows FROM FILE')).toEqual([{ rows: 0 }])
  expect((await duckdb(file, 'DESCRIBE SELECT * FROM FILE')).map((column) => column.column_type)).toEqual([
    'VARCHAR',
    'TIMESTAMP WITH TIME ZONE',
  ])
})

it('keeps wasm memory flat over 50 row groups', async () => {
  const { wasmMemory } = await import('parquet-wasm')
  const size = () => (wasmMemory() as WebAssembly.Memory).buffer.byteLength
  const rows = Array.from({ length: 20_000 }, (_, row) => `text ${row}`)
  const batch = batchOf({ a: ['text', rows], b: ['dictionary', rows] })
  const encoder = await openRowGroupEncoder(batch.schema, { writer: 'parquet-wasm', compression: 'zstd' })
  for (let group = 0; group < 5; group++) await encoder.encode([{ batch }])
  const before = size()
  for (let group = 0; group < 50; group++) await encoder.encode([{ batch }])
  expect(size()).toBe(before)
})

describe('a dictionary', () => {
  it.each(Array.from({ length: 20 }, (_, i) => testSeed + i))(
    'gives the bytes that its texts give (FLETCHING_SEED=%i)',
    async (seed) => {
      const random = randomFrom(seed)
      const nulls = random.pick([0, 1, 5])
      const kind = nulls === 0 ? '' : '?'
      const texts = Array.from({ length: 1 + random.below(9) }, (_, entry) => 'é'.repeat(random.below(4)) + entry)
      const values = Array.from({ length: 100 + random.below(3000) }, () =>
        random.below(10) < nulls ? null : random.pick(texts),
      )
      const rest: Column = ['bool?', values.map((_, row) => (row % 3 === 0 ? null : row % 2 === 0))]
      const forms = (['text', 'dictionary'] as const).map((form) =>
        batchOf({ a: rest, kind: [`${form}${kind}`, values] }),
      )
      const start = random.below(20)
      const files = await Promise.all(
        forms.map((batch) => fileOf(batch.schema, [batch, sliceBatch(batch, start, values.length - 5)])),
      )
      expect(Buffer.compare(files[0], files[1])).toBe(0)
      const rows = rowsOf({ a: rest, kind: ['text', values] })
      expect(await rowsByHyparquet(files[1])).toEqual([...rows, ...rows.slice(start, -5)])
    },
  )
})

function textsOf(texts: readonly (string | null)[]): Data<Utf8> {
  const builder = new Utf8Builder()
  for (const text of texts) {
    if (text === null) builder.appendNull()
    else builder.append(text)
  }
  return builder.finish()
}
