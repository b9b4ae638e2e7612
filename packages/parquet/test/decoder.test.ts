import { FletchingError } from '@fletching/columns/errors'
import { fuzzCases, type Random, randomFrom, testSeed, triesAll } from '@fletching/testing'
import { DataType } from 'apache-arrow'
import * as parquet from 'parquet-wasm'
import { describe, expect, it } from 'vitest'
import { arrowStream } from '../src/arrow-stream.ts'
import { openParquetDecoder, readFooter } from '../src/index.ts'
import { batchOf, type Column, fileOf, rowsOf, writers } from './batches.ts'
import { rowsByDecoder } from './decode.ts'
import { footerOf, rowsByDuckdb } from './readers.ts'

const hard: Record<string, Column> = {
  text: ['text', ['', '\0', 'x'.repeat(3000), '😀', '\uffee', '\ufeffmark', 'a']],
  maybe: ['text?', [null, '', null, '\ufeff', '\ufffd', 'a', null]],
  code: ['dictionary', ['a', 'b', '', 'a', '\ufeffb', '😀', '\0']],
  code_or_not: ['dictionary?', [null, 'b', '', null, 'b', null, '\ufeff']],
  whole: ['long', [0n, 1n, -1n, 2n ** 53n - 1n, 1n - 2n ** 53n, 1_558_210_385n, 7n]],
  whole_or_not: ['long?', [null, 1n, null, null, 5n, 6n, null]],
  small: ['int', [0, -1, 2 ** 31 - 1, -(2 ** 31), 5, 6, 7]],
  small_or_not: ['int?', [0, null, null, -(2 ** 31), 5, 6, 7]],
  real: ['double', [0.1, -1.25, -0, 1e300, 5e-324, 2.5, Infinity]],
  real_or_not: ['double?', [0.5, -1.25, null, 1e300, 5e-324, 2.5, null]],
  yes: ['bool', [true, false, false, true, true, false, true]],
  yes_or_not: ['bool?', [null, false, true, null, false, true, null]],
  moment: ['moment', [0n, 1n, 1_558_210_385_123n, 253_402_300_799_999n, 1n, 2n, 3n]],
  moment_or_not: ['moment?', [null, 0n, null, 1_558_210_385_123n, null, 5n, null]],
  day: ['day', [0, 18_034, 2_932_896, 0, 1, 2, 3]],
  day_or_not: ['day?', [null, 18_034, null, null, 1, 2, 3]],
  none: ['text?', [null, null, null, null, null, null, null]],
}

describe.each(writers)('a file of %s with %s', (writer, compression) => {
  it('is read back', async () => {
    const { code, whole } = hard
    const batch = batchOf(hard)
    const file = await fileOf(batch.schema, [batch], { writer, compression })
    expect(await rowsByDecoder(file, batch.schema)).toEqual(rowsOf(hard))
    expect((await rowsByDuckdb(file)).map((row) => ({ code: row.code, whole: row.whole }))).toEqual(
      rowsOf({ code, whole }),
    )
  })

  it.each(Array.from({ length: fuzzCases(6) }, (_, n) => testSeed + 1 + n))(
    'is read back (FLETCHING_SEED=%i)',
    async (seed) => {
      const random = randomFrom(seed)
      const kinds = random.pick([[0], [0, 5], [5, 10]])
      const parts = Array.from({ length: random.below(4) }, () =>
        randomTable(random, kinds, random.pick([1, 2, 7, 8, 9, 63, 64, 65, 500, 2000])),
      )
      const { schema } = parts.length > 0 ? batchOf(parts[0]) : batchOf(hard)
      const file = await fileOf(schema, parts.map(batchOf), { writer, compression })
      const expected = parts.flatMap(rowsOf)
      const pieceBytes = random.pick([1, 7, 1000, 100_000])
      expect(await rowsByDecoder(file, schema, { pieceBytes })).toEqual(expected)
    },
  )
})

it('gives all 64 bits', async () => {
  const columns: Record<string, Column> = {
    whole: ['long', [2n ** 63n - 1n, -(2n ** 63n), 9_007_199_254_740_993n]],
    moment: ['moment?', [-62_135_596_800_000n, null, -1n]],
    real: ['double', [Number.NaN, -0, 5e-324]],
  }
  const batch = batchOf(columns)
  expect(await rowsByDecoder(await fileOf(batch.schema, [batch]), batch.schema)).toEqual(rowsOf(columns))
})

it('gives the columns that are asked for, in that order', async () => {
  const batch = batchOf(hard)
  const file = await fileOf(batch.schema, [batch, batch])
  const rows = await rowsByDecoder(file, batch.schema, { columns: ['none', 'text', 'whole'] })
  const { none, text, whole } = hard
  const expected = rowsOf({ none, text, whole })
  expect(rows).toEqual([...expected, ...expected])
  expect(Object.keys(rows[0])).toEqual(['none', 'text', 'whole'])
})

it('reads a file without rows', async () => {
  const { schema } = batchOf(hard)
  expect(await rowsByDecoder(await fileOf(schema, []), schema)).toEqual([])
})

describe('a column whose dictionary became too large', () => {
  // Entries of more than a mebibyte: parquet-wasm goes on with plain pages.
  const values = Array.from({ length: 30_000 }, (_, row) =>
    row % 11 === 3 ? null : `${row % 20_000}${'x'.repeat(90)}`,
  )
  const table: Record<string, Column> = { code: ['dictionary?', values], id: ['long', values.map((_, n) => BigInt(n))] }

  it('has pages of both kinds', async () => {
    const batch = batchOf(table)
    const [{ meta_data }] = footerOf(await fileOf(batch.schema, [batch], { writer: 'parquet-wasm' })).row_groups[0]
      .columns
    expect(meta_data?.encodings).toEqual(expect.arrayContaining(['PLAIN', 'RLE_DICTIONARY']))
  })

  it('is read back, and holds a text that is in the dictionary once', async () => {
    const batch = batchOf(table)
    const file = await fileOf(batch.schema, [batch], { writer: 'parquet-wasm' })
    expect(await rowsByDecoder(file, batch.schema)).toEqual(rowsOf(table))
  })
})

it('holds a long text of a dictionary once', async () => {
  const long = 'x'.repeat(10_000)
  const batch = batchOf({ code: ['dictionary', Array.from({ length: 1000 }, (_, row) => `${row % 3}${long}`)] })
  const file = await fileOf(batch.schema, [batch])
  const decoder = await openParquetDecoder(batch.schema, ['code'], readFooter(file, file.length, batch.schema))
  const [{ data }] = decoder.push(file)
  const [code] = data.children
  if (!DataType.isDictionary(code.type)) expect.fail('no dictionary')
  expect(code.dictionary?.data.map(({ values }) => values.length)).toEqual([30_003])
})

describe('what is not a file of ours', () => {
  const batch = batchOf(hard)
  const other = batchOf({ a: ['text', ['x', 'y']], b: ['long?', [1n, null]] })
  const bad = (why: string) => `BAD_PARQUET: the file cannot be read as Parquet: ${why}`
  const failure = (file: Uint8Array, schema = other.schema) =>
    rowsByDecoder(file, schema).then(
      () => undefined,
      (error: unknown) => error,
    )

  it.each<[string, Uint8Array, string]>([
    ['nothing', new Uint8Array(), bad('it does not end with PAR1')],
    ['too little', Buffer.from('PAR1'), bad('it does not end with PAR1')],
    ['text', Buffer.from('user_id,item_id\n1,2\n'), bad('it does not end with PAR1')],
    [
      'a footer of a length that cannot be',
      Buffer.from('PAR1\xff\xff\xff\x7fPAR1', 'latin1'),
      bad('its footer takes 2147483655 bytes, and there are 12'),
    ],
    [
      'no footer',
      Buffer.from('PAR1\0\0\0\0PAR1', 'latin1'),
      bad("its footer: Cannot read properties of undefined (reading 'map')"),
    ],
  ])('is refused: %s', async (_, file, message) => {
    expect(await failure(file)).toMatchObject({ kind: 'environment', message })
  })

  it.each<[string, Record<string, Column>, string]>([
    ['another column', { a: ['text', ['x']], c: ['long?', [1n]] }, 'a required BYTE_ARRAY UTF8, c optional INT64'],
    [
      'another type',
      { a: ['text', ['x']], b: ['moment?', [1n]] },
      'a required BYTE_ARRAY UTF8, b optional INT64 TIMESTAMP_MILLIS',
    ],
    ['nulls', { a: ['text?', ['x']], b: ['long?', [1n]] }, 'a optional BYTE_ARRAY UTF8, b optional INT64'],
    ['another order', { b: ['long?', [1n]], a: ['text', ['x']] }, 'b optional INT64, a required BYTE_ARRAY UTF8'],
    ['one column less', { a: ['text', ['x']] }, 'a required BYTE_ARRAY UTF8'],
  ])('is refused: %s', async (_, columns, has) => {
    const part = batchOf(columns)
    expect(await failure(await fileOf(part.schema, [part]))).toMatchObject({
      kind: 'environment',
      message: `OTHER_COLUMNS: the Parquet file has other columns than the table
  it has: ${has}
  expected: a required BYTE_ARRAY UTF8, b optional INT64`,
    })
  })

  it.each<[string, (builder: parquet.WriterPropertiesBuilder) => parquet.WriterPropertiesBuilder, string]>([
    [
      'pages of version 2',
      (to) =>
        to.setWriterVersion(parquet.WriterVersion.V2).setDictionaryEnabled(false).setEncoding(parquet.Encoding.PLAIN),
      'column a: a page of the kind DATA_PAGE_V2 is not one of ours',
    ],
    [
      'differences',
      (to) =>
        to
          .setDictionaryEnabled(false)
          .setEncoding(parquet.Encoding.DELTA_BINARY_PACKED)
          .setColumnEncoding('a', parquet.Encoding.PLAIN),
      'column b: values are encoded as DELTA_BINARY_PACKED',
    ],
    [
      'numbers in a dictionary',
      (to) => to.setDictionaryEnabled(true),
      'column b: a column that is no text has a dictionary',
    ],
    [
      'brotli',
      (to) => to.setDictionaryEnabled(false).setCompression(parquet.Compression.BROTLI),
      'its pages are compressed with BROTLI',
    ],
  ])('is refused: %s', async (_, set, why) => {
    const table = parquet.Table.fromIPCStream(arrowStream(other.schema, other))
    const file = parquet.writeParquet(table, set(new parquet.WriterPropertiesBuilder()).build())
    expect(await failure(file)).toMatchObject({ kind: 'environment', message: bad(why) })
  })

  it('is refused wherever it was cut', async () => {
    const file = await fileOf(batch.schema, [batch])
    for (let length = 0; length < file.length; length += 13) {
      expect(await failure(file.subarray(0, length), batch.schema), `${length} bytes`).toMatchObject({
        code: 'BAD_PARQUET',
      })
    }
    const footer = readFooter(file, file.length, batch.schema)
    const decoder = await openParquetDecoder(batch.schema, ['text'], footer)
    decoder.push(file.subarray(0, 100))
    expect(() => decoder.flush()).toThrow(
      expect.objectContaining({ message: bad('it is cut: 0 of its 1 row group came whole') }),
    )
  })

  it.each(writers)('is refused or has as many rows, whichever bit is turned (%s, %s)', async (writer, compression) => {
    const random = randomFrom(testSeed)
    const table = randomTable(random, [0, 5], 65)
    const { schema } = batchOf(table)
    const file = await fileOf(schema, [batchOf(table)], { writer, compression })
    let refused = 0
    for (let at = 0; at < file.length; at += 1 + random.below(triesAll ? 60 : 180)) {
      const turned = Uint8Array.from(file)
      turned[at] ^= 1 << random.below(8)
      const error = await failure(turned, schema)
      if (error === undefined) continue
      refused++
      const isTold = error instanceof FletchingError && ['BAD_PARQUET', 'OTHER_COLUMNS'].includes(error.code)
      if (!isTold) expect.fail(`FLETCHING_SEED=${testSeed}, byte ${at}: ${String(error)}`)
    }
    expect(refused).toBeGreaterThan(0)
  })
})

/** A table of every kind of column, with about so many nulls in ten. */
function randomTable(random: Random, nullsInTen: readonly number[], rows: number): Record<string, Column> {
  const texts = ['', 'a', '\ufeff', '😀', 'é'.repeat(40), 'b c']
  const draw: Record<string, () => Column[1][number]> = {
    text: () => `${random.pick(texts)}${random.below(1_000_000)}`,
    few: () => random.pick(texts),
    dictionary: () => random.pick(texts),
    long: () => BigInt(random.below(2 ** 31)) * (random.below(2) === 0 ? 1n : -1n),
    int: () => random.below(2 ** 31) - 2 ** 30,
    double: () => random.below(2 ** 31) / 7,
    bool: () => random.below(3) === 0,
    moment: () => BigInt(random.below(2 ** 31)) * 1000n,
    day: () => random.below(40_000),
  }
  return Object.fromEntries(
    Object.entries(draw).flatMap(([name, one]) => {
      const kind = (name === 'few' ? 'text' : name) as 'text'
      const nulls = random.pick(nullsInTen)
      return [
        [name, [kind, Array.from({ length: rows }, one)] as Column],
        [
          `${name}_or_not`,
          [`${kind}?`, Array.from({ length: rows }, () => (random.below(10) < nulls ? null : one()))] as Column,
        ],
      ]
    }),
  )
}
