import { sliceBatch } from '@fletching/columns'
import { randomFrom, testSeed } from '@fletching/testing'
import { describe, expect, it } from 'vitest'
import { dictionaryColumns } from '../src/dictionary-choice.ts'
import type { ParquetWriterName } from '../src/index.ts'
import { batchOf, type Column, fileOf } from './batches.ts'
import { duckdb, footerOf } from './readers.ts'

const withStatistics: ParquetWriterName[] = ['fletching', 'parquet-wasm']

describe.each(withStatistics)('statistics of %s', (writer) => {
  it('hold minimum, maximum and nulls, in the order of bytes', async () => {
    const columns: Record<string, Column> = {
      text: ['text', ['😀', '\uffee', 'z']],
      code: ['dictionary?', ['b', null, 'a']],
      whole: ['long', [-(2n ** 63n), 0n, 2n ** 63n - 1n]],
      at: ['moment?', [null, -62_135_596_800_000n, 253_402_300_799_999n]],
      day: ['day', [-25_567, 18_000, 0]],
      none: ['text?', [null, null, null]],
    }
    const batch = batchOf(columns)
    const file = await fileOf(batch.schema, [batch], { writer })
    const query = `SELECT path_in_schema AS name, stats_min_value AS low, stats_max_value AS high, stats_null_count AS nulls
      FROM parquet_metadata(FILE)`
    expect(await duckdb(file, query)).toEqual([
      { name: 'text', low: 'z', high: '😀', nulls: '0' },
      { name: 'code', low: 'a', high: 'b', nulls: '1' },
      { name: 'whole', low: '-9223372036854775808', high: '9223372036854775807', nulls: '0' },
      { name: 'at', low: '0001-01-01 00:00:00+00', high: '9999-12-31 23:59:59.999+00', nulls: '1' },
      { name: 'day', low: '1900-01-01', high: '2019-04-14', nulls: '0' },
      { name: 'none', low: null, high: null, nulls: '3' },
    ])
  })

  it('let a reader find what is there, in every row group', async () => {
    const batch = batchOf({ s: ['text', ['\uffee', '😀', '\ufeffx', '', 'y'.repeat(3000), '\u{10ffff}'.repeat(40)]] })
    const file = await fileOf(batch.schema, [batch, batch], { writer })
    for (const text of [
      "'😀'",
      'chr(65518)',
      "chr(65279) || 'x'",
      "''",
      "repeat('y', 3000)",
      'repeat(chr(1114111), 40)',
    ]) {
      const [row] = await duckdb(file, `SELECT count(*)::INTEGER AS found FROM FILE WHERE s = ${text}`)
      expect(row, text).toEqual({ found: 2 })
    }
  })

  it('say when a long text was cut', async () => {
    const batch = batchOf({ s: ['text', ['a'.repeat(200), 'é'.repeat(100)]] })
    const [chunk] = footerOf(await fileOf(batch.schema, [batch], { writer })).row_groups[0].columns
    const statistics = chunk.meta_data?.statistics
    expect(statistics?.is_min_value_exact).toBe(false)
    expect(statistics?.is_max_value_exact).toBe(false)
    expect(String(statistics?.min_value).length).toBeLessThanOrEqual(64)
  })
})

describe('statistics', () => {
  it('are left out by parquetjs-lite, whose order of texts is wrong', async () => {
    const batch = batchOf({ s: ['text', ['😀', '\uffee']] })
    const file = await fileOf(batch.schema, [batch], { writer: 'parquetjs-lite' })
    expect(footerOf(file).row_groups[0].columns[0].meta_data?.statistics).toBeUndefined()
    expect(await duckdb(file, "SELECT count(*)::INTEGER AS found FROM FILE WHERE s = '😀'")).toEqual([{ found: 1 }])
  })

  it.each<[string, (number | null)[], unknown]>([
    ['-0 below and 0 above where there is a zero', [0, -1, null], { min_value: -1, max_value: 0 }],
    ['both where there is no other', [0, null, 0], { min_value: -0, max_value: 0 }],
    ['both where it is -0', [-0], { min_value: -0, max_value: 0 }],
    ['what has no end', [Infinity, 1, -Infinity], { min_value: -Infinity, max_value: Infinity }],
    ['no bounds beside a NaN', [1, Number.NaN, 2], {}],
    ['no bounds of NaN alone', [Number.NaN, null], {}],
  ])('of doubles hold %s', async (_, values, expected) => {
    const batch = batchOf({ c: ['double?', values] })
    const [chunk] = footerOf(await fileOf(batch.schema, [batch])).row_groups[0].columns
    const { null_count, ...bounds } = { ...chunk.meta_data?.statistics }
    expect(null_count).toBe(BigInt(values.filter((value) => value === null).length))
    expect(Object.fromEntries(Object.entries(bounds).filter(([, bound]) => bound !== undefined))).toEqual(expected)
  })

  it('let a reader find a NaN, and 0 by either of its names', async () => {
    const batch = batchOf({ c: ['double', [1, Number.NaN]] })
    const zeros = batchOf({ c: ['double', [0, -0]] })
    const file = await fileOf(batch.schema, [batch, zeros])
    for (const [condition, found] of [
      ["c > 5 AND c = 'NaN'::DOUBLE", 1],
      ['c = 0.0', 2],
      ["c = '-0'::DOUBLE", 2],
    ]) {
      expect(await duckdb(file, `SELECT count(*)::INTEGER AS found FROM FILE WHERE ${condition}`)).toEqual([{ found }])
    }
  })

  it('let a reader leave out row groups, and never one that has what it wants', async () => {
    const random = randomFrom(testSeed)
    const words = ['', 'a', '\0', 'zz', 'é', '\uffee', '😀', 'y'.repeat(64), 'y'.repeat(65), '\u{10ffff}'.repeat(17)]
    const groups = Array.from({ length: 12 }, () =>
      Array.from({ length: 1 + random.below(3) }, () => random.pick(words) + random.pick(words)),
    )
    const batches = groups.map((texts) =>
      batchOf({ s: ['text', texts], n: ['long', texts.map((t) => BigInt(t.length))] }),
    )
    const file = await fileOf(batches[0].schema, batches)
    const all = groups.flat()
    for (const text of new Set(all)) {
      const hex = Buffer.from(text).toString('hex')
      const query = `SELECT count(*)::INTEGER AS found, min(n)::INTEGER AS least FROM FILE WHERE s = decode(unhex('${hex}'))`
      const found = all.filter((other) => other === text).length
      expect(await duckdb(file, query), `FLETCHING_SEED=${testSeed}, ${hex}`).toEqual([{ found, least: text.length }])
    }
  })
})

describe('dictionary pages', () => {
  const rows = Array.from({ length: 20_000 }, (_, row) => row)
  const many = Array.from({ length: 140_000 }, (_, row) => row)
  const encodingsOf = async (column: Column, writer: ParquetWriterName) => {
    const batch = batchOf({ c: column })
    const [chunk] = footerOf(await fileOf(batch.schema, [batch], { writer })).row_groups[0].columns
    return chunk.meta_data?.dictionary_page_offset === undefined ? 'plain' : 'dictionary'
  }

  it.each<[string, string, Column]>([
    ['dictionary', 'a text of few values', ['text', rows.map((row) => `item ${row % 10}`)]],
    ['dictionary', 'a text that repeats only far apart', ['text', rows.map((row) => `item ${row % 5000}`)]],
    ['plain', 'a text that repeats first and is distinct then', ['text', rows.map((row) => `${row < 9000 ? 0 : row}`)]],
    ['plain', 'a text of distinct values', ['text', rows.map((row) => `user ${row}`)]],
    ['plain', 'a text of just more values than a quarter', ['text', rows.map((row) => `item ${row % 5001}`)]],
    ['dictionary', 'a catalogue in many rows', ['text', many.map((row) => `item ${(row * 7919) % 3001}`)]],
    ['plain', 'a crowd in many rows', ['text', many.map((row) => `user ${(row * 7919) % 60_013}`)]],
    [
      'plain',
      'many rows that are distinct in their second half',
      ['text', many.map((row) => `${row < 70_000 ? 0 : row}`)],
    ],
    ['dictionary', 'a dictionary', ['dictionary', rows.map((row) => `item ${row % 3}`)]],
    ['plain', 'a whole number', ['long', rows.map(() => 1n)]],
    ['plain', 'a moment', ['moment', rows.map(() => 1n)]],
    ['plain', 'a double', ['double', rows.map(() => 1)]],
  ])('%s for %s', async (expected, _, column) => {
    for (const writer of withStatistics) expect(await encodingsOf(column, writer), writer).toBe(expected)
  })

  it('are chosen by the number of distinct texts, also in a slice', async () => {
    const random = randomFrom(testSeed)
    for (const distinct of [10, 3000, 30_000, 40_000]) {
      const values = many.map(() => (random.below(50) === 0 ? null : `value ${random.below(distinct)}`))
      const start = random.below(1000)
      const slice = sliceBatch(batchOf({ c: ['text?', values] }), start, values.length)
      const found = new Set(values.slice(start).filter((value) => value !== null)).size
      const chosen = dictionaryColumns(slice).has('c')
      const where = `FLETCHING_SEED=${testSeed}, ${found} of ${slice.numRows}`
      expect(chosen, where).toBe(found <= slice.numRows / 4)
      const [chunk] = footerOf(await fileOf(slice.schema, [slice])).row_groups[0].columns
      expect(chunk.meta_data?.dictionary_page_offset !== undefined, where).toBe(chosen)
    }
  })
})
