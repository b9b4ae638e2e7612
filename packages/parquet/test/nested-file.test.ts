import { Int32, Int64, makeData, RecordBatch, Schema, Utf8 } from 'apache-arrow'
import { describe, expect, it } from 'vitest'
import { footerByteLength, openParquetDecoder, openRowGroupEncoder, ParquetFile, readFooter } from '../src/index.ts'
import { fileOf } from './batches.ts'
import { rowsByDecoder } from './decode.ts'
import { field, listOf, nestedBatch, structOf } from './nested.ts'
import { nestedByDuckdb, shownRows } from './nested-readers.ts'
import { duckdb, footerOf } from './readers.ts'

const fields = [
  field('o', structOf(field('a', new Utf8()), field('b', listOf(new Int64())))),
  field('id', new Utf8(), false),
  field('l', listOf(structOf(field('n', new Int32(), false)))),
  field('at', new Int64()),
]
const rows = [
  { o: { a: 'x', b: [1n, null] }, id: 'a', l: null, at: 1n },
  { o: null, id: 'b', l: [{ n: 1 }, null, { n: 3 }], at: null },
  { o: { a: null, b: [] }, id: 'c', l: [], at: 3n },
]

describe('a file with nested columns', () => {
  it.each(['fletching', 'parquet-wasm'] as const)('gives those beside them back, written by %s', async (writer) => {
    const batch = nestedBatch(fields, rows, 'slice')
    const file = await fileOf(batch.schema, [batch, batch], { writer })
    expect(await nestedByDuckdb(file, fields)).toEqual(shownRows(fields, [...rows, ...rows]))
    const wanted = rows.map(({ id, at }) => ({
      at: at === null ? null : String(at),
      id: Buffer.from(id).toString('hex'),
    }))
    expect(await rowsByDecoder(file, batch.schema, { columns: ['at', 'id'], pieceBytes: 7 })).toEqual([
      ...wanted,
      ...wanted,
    ])
  })

  it.each(['fletching', 'parquet-wasm'] as const)(
    'lets readers leave out row groups, written by %s',
    async (writer) => {
      const column = field('o', structOf(field('a', new Utf8()), field('b', listOf(new Int64()))))
      const groups = [
        [{ o: null }, { o: { a: 'a', b: [5n] } }],
        [{ o: { a: 'm', b: [] } }, { o: { a: null, b: null } }],
        [{ o: { a: 'z', b: [null, 7n, -1n] } }],
      ]
      const batches = groups.map((group) => nestedBatch([column], group, 'slice'))
      const file = await fileOf(batches[0].schema, batches, { writer })
      for (const text of ['a', 'm', 'z', 'POISON']) {
        const query = `SELECT count(*)::INTEGER AS found FROM FILE WHERE o.a = '${text}'`
        expect(await duckdb(file, query)).toEqual([{ found: text === 'POISON' ? 0 : 1 }])
      }
      const query = `SELECT path_in_schema AS leaf, num_values AS n, stats_null_count AS nulls, stats_min_value AS low, stats_max_value AS high
      FROM parquet_metadata(FILE) ORDER BY row_group_id, column_id`
      const [a, b] = ['o, a', 'o, b, list, element']
      expect(await duckdb(file, query)).toEqual([
        { leaf: a, n: '2', nulls: '1', low: 'a', high: 'a' },
        { leaf: b, n: '2', nulls: '1', low: '5', high: '5' },
        { leaf: a, n: '2', nulls: '1', low: 'm', high: 'm' },
        { leaf: b, n: '2', nulls: '2', low: null, high: null },
        { leaf: a, n: '1', nulls: '0', low: 'z', high: 'z' },
        { leaf: b, n: '3', nulls: '1', low: '-1', high: '7' },
      ])
    },
  )

  it('refuses to give a nested one', async () => {
    const batch = nestedBatch(fields, rows)
    const file = await fileOf(batch.schema, [batch])
    const footer = readFooter(file.subarray(-footerByteLength(file)), file.length, batch.schema)
    await expect(openParquetDecoder(batch.schema, ['id', 'l'], footer)).rejects.toMatchObject({
      kind: 'author',
      message:
        'NOT_SUPPORTED: a column of structs or lists is not read back from Parquet\n  at column l\n  take a column of texts, numbers, truths, days or moments',
    })
  })

  it('is not one of other nested columns', async () => {
    const batch = nestedBatch(fields, rows)
    const file = await fileOf(batch.schema, [batch])
    const other = new Schema([
      field('o', structOf(field('a', new Utf8()), field('b', listOf(new Int64(), false)))),
      ...fields.slice(1),
    ])
    expect(() => readFooter(file.subarray(-footerByteLength(file)), file.length, other)).toThrow(
      expect.objectContaining({
        kind: 'environment',
        message: [
          'OTHER_COLUMNS: the Parquet file has other columns than the table',
          '  it has: o optional group of 2, a optional BYTE_ARRAY UTF8, b optional group of 1 LIST, list repeated group of 1, element optional INT64, id required BYTE_ARRAY UTF8, l optional group of 1 LIST, list repeated group of 1, element optional group of 1, n required INT32, at optional INT64',
          '  expected: o optional group of 2, a optional BYTE_ARRAY UTF8, b optional group of 1 LIST, list repeated group of 1, element required INT64, id required BYTE_ARRAY UTF8, l optional group of 1 LIST, list repeated group of 1, element optional group of 1, n required INT32, at optional INT64',
        ].join('\n'),
      }),
    )
  })

  it('takes no row group whose leaves have other paths', async () => {
    const one = nestedBatch([field('o', structOf(field('a', new Int32())))], [{ o: null }])
    const other = nestedBatch([field('o', structOf(field('b', new Int32())))], [{ o: null }])
    const encoder = await openRowGroupEncoder(one.schema, { writer: 'fletching', compression: 'none' })
    const file = new ParquetFile(other.schema)
    file.start()
    const group = await encoder.encode([{ batch: one }])
    expect(() => file.append(group)).toThrow(
      expect.objectContaining({
        message: 'INTERNAL: a row group of other columns was appended to a file with column o.b',
      }),
    )
  })

  it.each([
    [
      'a leaf',
      field('c', structOf(field('a', new Int32(), false))),
      [{ c: { a: 1 } }, { c: { a: null } }, { c: null }],
      'c.a',
      1,
    ],
    [
      'a struct',
      field('c', listOf(structOf(field('a', new Int32())), false)),
      [{ c: [null, null, { a: null }] }],
      'c[]',
      2,
    ],
    [
      'a list',
      field('c', structOf(field('l', listOf(new Int32()), false))),
      [{ c: { l: null } }, { c: null }],
      'c.l',
      1,
    ],
  ] as const)('takes no null in %s that has none', async (_, column, values, label, nulls) => {
    for (const form of ['plain', 'slice'] as const) {
      const batch = nestedBatch([column], values, form)
      await expect(fileOf(batch.schema, [batch])).rejects.toMatchObject({
        kind: 'internal',
        message: `INTERNAL: column ${label} has no nulls, but a batch came with ${nulls}`,
      })
    }
  })

  it('has chunks without a value, of lists that never have an item', async () => {
    const batch = nestedBatch([field('l', listOf(listOf(new Utf8())))], [{ l: null }, { l: [] }])
    const file = await fileOf(batch.schema, [batch])
    const [{ meta_data: meta }] = footerOf(file).row_groups[0].columns
    expect([meta?.num_values, meta?.statistics?.null_count, meta?.statistics?.max_value]).toEqual([2n, 2n, undefined])
    expect(await nestedByDuckdb(file, batch.schema.fields)).toEqual([{ l: null }, { l: [] }])
  })

  it('has lists that no offsets were made for, since there are none', async () => {
    const none = new Int32Array()
    const inner = makeData({
      type: listOf(new Utf8()),
      length: 0,
      valueOffsets: none,
      child: makeData({ type: new Utf8(), length: 0 }),
    })
    const data = makeData({ type: listOf(inner.type), length: 2, valueOffsets: Int32Array.of(0, 0, 0), child: inner })
    const column = field('l', data.type)
    const type = structOf(column)
    const children = [data]
    const batch = new RecordBatch(new Schema([column]), makeData({ type, length: 2, nullCount: 0, children }))
    for (const writer of ['fletching', 'parquet-wasm'] as const) {
      const file = await fileOf(batch.schema, [batch], { writer })
      expect(await nestedByDuckdb(file, [column])).toEqual([{ l: [] }, { l: [] }])
    }
  })
})
