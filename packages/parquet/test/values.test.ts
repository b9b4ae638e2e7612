import { describe, expect, it } from 'vitest'
import type { ParquetWriterName } from '../src/index.ts'
import { batchOf, type Column, fileOf, rowsOf, writers } from './batches.ts'
import { duckdb, footerOf, rowsByDuckdb, rowsByHyparquet } from './readers.ts'

const longText = 'x'.repeat(3000)
const hard: Record<string, Column> = {
  text: ['text', ['', '\0', longText, '😀', '\uffee', '\ufeffmark', 'é"\n']],
  maybe: ['text?', [null, '', null, '\ufeff', '\0a', longText, null]],
  code: ['dictionary', ['a', 'b', '', 'a', '\ufeffb', '😀', '\0']],
  code_or_not: ['dictionary?', [null, 'b', '', null, 'b', null, '\ufeff']],
  whole: ['long', [0n, 1n, -1n, 2n ** 53n - 1n, 1n - 2n ** 53n, 1_558_210_385n, 7n]],
  whole_or_not: ['long?', [null, 1n, null, null, 5n, 6n, null]],
  small: ['int', [0, -1, 2 ** 31 - 1, -(2 ** 31), 5, 6, 7]],
  real: ['double?', [0.5, -1.25, null, 1e300, 5e-324, 2.5, null]],
  yes: ['bool', [true, false, false, true, true, false, true]],
  yes_or_not: ['bool?', [null, false, true, null, false, true, null]],
  moment: ['moment', [0n, 1n, 1_558_210_385_123n, 253_402_300_799_999n, 1n, 2n, 3n]],
  moment_or_not: ['moment?', [null, 0n, null, 1_558_210_385_123n, null, 5n, null]],
  none: ['text?', [null, null, null, null, null, null, null]],
}
const wasmOnly: Record<string, Column> = {
  whole: ['long', [2n ** 63n - 1n, -(2n ** 63n), 9_007_199_254_740_993n]],
  moment: ['moment', [-62_135_596_800_000n, 253_402_300_799_999n, -1n]],
}

describe.each(writers)('%s with %s', (writer, compression) => {
  it('writes values that DuckDB and hyparquet read alike', async () => {
    const batch = batchOf(hard)
    const file = await fileOf(batch.schema, [batch], { writer, compression })
    const read = await rowsByHyparquet(file)
    // The two print doubles in their own ways.
    const reals = (await duckdb(file, 'SELECT real FROM FILE')).map(({ real }) => real)
    expect(reals).toEqual(hard.real[1])
    expect(read.map(({ real }) => (real === null ? null : Number(real)))).toEqual(hard.real[1])
    const { real: _, ...others } = hard
    expect(withoutReal(read)).toEqual(rowsOf(others))
    expect(withoutReal(await rowsByDuckdb(file))).toEqual(rowsOf(others))
  })

  it('says in the footer which codec it used', async () => {
    const batch = batchOf(hard)
    const chunks = footerOf(await fileOf(batch.schema, [batch], { writer, compression })).row_groups[0].columns
    const codec = compression === 'none' ? 'UNCOMPRESSED' : compression.toUpperCase()
    expect(new Set(chunks.map((chunk) => chunk.meta_data?.codec))).toEqual(new Set([codec]))
  })
})

it('keeps every 64-bit number and the years 1 to 9999', async () => {
  const batch = batchOf(wasmOnly)
  const file = await fileOf(batch.schema, [batch])
  expect(await rowsByHyparquet(file)).toEqual(rowsOf(wasmOnly))
  expect(await rowsByDuckdb(file)).toEqual(rowsOf(wasmOnly))
})

it.each<ParquetWriterName>(['fletching', 'parquet-wasm', 'parquetjs-lite'])(
  '%s declares types Athena knows',
  async (writer) => {
    const columns: Record<string, Column> = {
      text: ['text', ['a']],
      code: ['dictionary?', ['a']],
      whole: ['long', [1n]],
      small: ['int?', [1]],
      real: ['double', [1]],
      yes: ['bool', [true]],
      moment: ['moment', [1n]],
      day: ['day', [18_000]],
    }
    const batch = batchOf(columns)
    const file = await fileOf(batch.schema, [batch], { writer })
    const schema = await duckdb(
      file,
      'SELECT name, type, repetition_type, converted_type, logical_type FROM parquet_schema(FILE) WHERE type IS NOT NULL',
    )
    expect(schema.map((column) => Object.values(column).join(' ').trimEnd())).toMatchInlineSnapshot(`
    [
      "text BYTE_ARRAY REQUIRED UTF8 StringType()",
      "code BYTE_ARRAY OPTIONAL UTF8 StringType()",
      "whole INT64 REQUIRED",
      "small INT32 OPTIONAL",
      "real DOUBLE REQUIRED",
      "yes BOOLEAN REQUIRED",
      "moment INT64 REQUIRED TIMESTAMP_MILLIS TimestampType(isAdjustedToUTC=1, unit=TimeUnit(MILLIS=MilliSeconds(), MICROS=<null>, NANOS=<null>))",
      "day INT32 REQUIRED DATE DateType()",
    ]
  `)
    expect((await duckdb(file, 'SELECT day::VARCHAR AS day FROM FILE'))[0]).toEqual({ day: '2019-04-14' })
    expect((await duckdb(file, 'DESCRIBE SELECT * FROM FILE')).map((column) => column.column_type)).toEqual([
      'VARCHAR',
      'VARCHAR',
      'BIGINT',
      'INTEGER',
      'DOUBLE',
      'BOOLEAN',
      'TIMESTAMP WITH TIME ZONE',
      'DATE',
    ])
  },
)

function withoutReal(rows: Record<string, string | null>[]): Record<string, string | null>[] {
  return rows.map((row) => Object.fromEntries(Object.entries(row).filter(([name]) => name !== 'real')))
}
