import { sliceBatch } from '@fletching/columns'
import { randomFrom, testSeed } from '@fletching/testing'
import { describe, expect, it } from 'vitest'
import { dictionaryColumns } from '../src/dictionary-choice.ts'
import { batchOf, type Column, fileOf } from './batches.ts'
import { duckdb, footerOf } from './readers.ts'

describe('statistics', () => {
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
    const file = await fileOf(batch.schema, [batch])
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
    const file = await fileOf(batch.schema, [batch, batch])
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
    const [chunk] = footerOf(await fileOf(batch.schema, [batch])).row_groups[0].columns
    const statistics = chunk.meta_data?.statistics
    expect(statistics?.is_min_value_exact).toBe(false)
    expect(statistics?.is_max_value_exact).toBe(false)
    expect(String(statistics?.min_value).length).toBeLessThanOrEqual(64)
  })

  it('are left out by parquetjs-lite, whose order of texts is wrong', async () => {
    const batch = batchOf({ s: ['text', ['😀', '\uffee']] })
    const file = await fileOf(batch.schema, [batch], { writer: 'parquetjs-lite' })
    expect(footerOf(file).row_groups[0].columns[0].meta_data?.statistics).toBeUndefined()
    expect(await duckdb(file, "SELECT count(*)::INTEGER AS found FROM FILE WHERE s = '😀'")).toEqual([{ found: 1 }])
  })
})

describe('dictionary pages', () => {
  const rows = Array.from({ length: 20_000 }, (_, row) => row)
  const many = Array.from({ length: 140_000 }, (_, row) => row)
  const encodingsOf = async (column: Column) => {
    const batch = batchOf({ c: column })
    const [chunk] = footerOf(await fileOf(batch.schema, [batch])).row_groups[0].columns
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
    expect(await encodingsOf(column)).toBe(expected)
  })

  it('are chosen by the number of distinct texts, also in a slice', () => {
    const random = randomFrom(testSeed)
    for (const distinct of [10, 3000, 30_000, 40_000]) {
      const values = many.map(() => (random.below(50) === 0 ? null : `value ${random.below(distinct)}`))
      const start = random.below(1000)
      const slice = sliceBatch(batchOf({ c: ['text?', values] }), start, values.length)
      const found = new Set(values.slice(start).filter((value) => value !== null)).size
      const chosen = dictionaryColumns(slice).has('c')
      expect(chosen, `FLETCHING_SEED=${testSeed}, ${found} of ${slice.numRows}`).toBe(found <= slice.numRows / 4)
    }
  })
})
