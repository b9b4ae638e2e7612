import { sliceBatch } from '@fletching/columns'
import { type Form, fuzzCases, type Plain, randomFrom, testSeed } from '@fletching/testing'
import { Bool, DataType, DateDay, Dictionary, Float64, Int32, Int64, TimestampMillisecond, Utf8 } from 'apache-arrow'
import type { ParquetParsers } from 'hyparquet'
import { describe, expect, it } from 'vitest'
import { fileOf, writers } from './batches.ts'
import {
  type Entry,
  field,
  leavesOf,
  listOf,
  nestedBatch,
  randomFields,
  randomRows,
  shred,
  structOf,
} from './nested.ts'
import { nestedByDuckdb, nestedByHyparquet, shownRows } from './nested-readers.ts'
import { type Chunk, readChunk } from './oracle.ts'
import { duckdb, footerOf } from './readers.ts'

const seeds = (count: number) => Array.from({ length: fuzzCases(count) }, (_, index) => testSeed + index)
const forms: readonly Form[] = ['plain', 'slice', 'slice of a slice']

describe('structs and lists', () => {
  it.each(seeds(60))('have the levels, values and bounds of the oracle (FLETCHING_SEED=%i)', async (seed) => {
    const random = randomFrom(seed)
    const fields = randomFields(random, 1 + random.below(3), 1 + random.below(4))
    const rows = randomRows(random, fields, 1 + random.below(random.pick([3, 20, 200])))
    const batch = nestedBatch(fields, rows, random.pick(forms))
    const start = random.below(Math.min(rows.length, 20))
    const file = await fileOf(batch.schema, [sliceBatch(batch, start, rows.length)])
    const wanted = shred(fields, rows.slice(start))
    const leaves = leavesOf(structOf(...fields))
    const { columns } = footerOf(file, RAW).row_groups[0]
    expect(columns.length).toBe(leaves.length)
    for (const [index, { type, level, depth }] of leaves.entries()) {
      const { values, definitions, repetitions } = readChunk(file, columns[index], level, depth)
      const entries = definitions.map((definition, at) => ({
        repetition: repetitions[at],
        definition,
        value: values[at],
      }))
      const name = columns[index].meta_data?.path_in_schema.join('.')
      expect(entries, name).toEqual(wanted[index].map((entry) => ({ ...entry, value: textOf(entry.value) })))
      expect(columns[index].meta_data?.num_values, name).toBe(BigInt(wanted[index].length))
      const { null_count, min_value, max_value } = columns[index].meta_data?.statistics ?? {}
      expect([null_count, plainOf(min_value), plainOf(max_value)], name).toEqual(boundsOracle(type, wanted[index]))
    }
  })

  it.each(seeds(30))(
    'give the same bytes whatever lies under nulls and around them (FLETCHING_SEED=%i)',
    async (seed) => {
      const random = randomFrom(seed)
      const fields = randomFields(random, 3, 4)
      const rows = randomRows(random, fields, 1 + random.below(200))
      const files = await Promise.all(
        forms.map((form) => {
          const batch = nestedBatch(fields, rows, form)
          return fileOf(batch.schema, [batch])
        }),
      )
      for (const file of files) expect(Buffer.compare(file, files[0])).toBe(0)
      expect(Buffer.from(files[0]).includes('POISON')).toBe(false)
    },
  )

  const nestedWriters = writers.filter(([writer]) => writer !== 'parquetjs-lite')
  it.each(seeds(12).flatMap((seed) => nestedWriters.map(([writer, codec]) => [writer, codec, seed] as const)))(
    'of %s with %s are read alike by DuckDB and hyparquet (FLETCHING_SEED=%i)',
    async (writer, compression, seed) => {
      const random = randomFrom(seed)
      const fields = randomFields(random, 4, 1 + random.below(4))
      const parts = Array.from({ length: 3 }, () => randomRows(random, fields, 1 + random.below(60)))
      const batches = parts.map((rows) => nestedBatch(fields, rows, random.pick(forms)))
      const file = await fileOf(batches[0].schema, batches, { writer, compression })
      const wanted = shownRows(fields, parts.flat())
      expect(await nestedByDuckdb(file, fields)).toEqual(wanted)
      expect(await nestedByHyparquet(file, fields)).toEqual(wanted)
    },
  )
})

/** A leaf's entry in a line: repetition level, definition level, value. */
const lines = ({ repetitions, definitions, values }: Chunk) =>
  repetitions.map((repetition, at) => {
    const value = values[at]
    const text = value === null || /^\d\d?$/.test(value) ? value : Buffer.from(value, 'hex').toString()
    return `${repetition} ${definitions[at]} ${text ?? 'NULL'}`
  })

it('have the levels that the paper on Dremel gives its two documents', async () => {
  const required = (name: string, type: DataType) => field(name, type, false)
  const fields = [
    required('doc_id', new Int64()),
    field(
      'links',
      structOf(required('backward', listOf(new Int64(), false)), required('forward', listOf(new Int64(), false))),
    ),
    required(
      'name',
      listOf(
        structOf(
          required('language', listOf(structOf(required('code', new Utf8()), field('country', new Utf8())), false)),
          field('url', new Utf8()),
        ),
        false,
      ),
    ),
  ]
  const rows = [
    {
      doc_id: 10n,
      links: { backward: [], forward: [20n, 40n, 60n] },
      name: [
        {
          language: [
            { code: 'en-us', country: 'us' },
            { code: 'en', country: null },
          ],
          url: 'http://A',
        },
        { language: [], url: 'http://B' },
        { language: [{ code: 'en-gb', country: 'gb' }], url: null },
      ],
    },
    { doc_id: 20n, links: { backward: [10n, 30n], forward: [80n] }, name: [{ language: [], url: 'http://C' }] },
  ]
  const batch = nestedBatch(fields, rows)
  const file = await fileOf(batch.schema, [batch])
  const { columns } = footerOf(file).row_groups[0]
  const found = leavesOf(structOf(...fields)).map(({ level, depth }, index) => [
    columns[index].meta_data?.path_in_schema.join('.'),
    ...lines(readChunk(file, columns[index], level, depth)),
  ])
  expect(found).toEqual([
    ['doc_id', '0 0 10', '0 0 20'],
    ['links.backward.list.element', '0 1 NULL', '0 2 10', '1 2 30'],
    ['links.forward.list.element', '0 2 20', '1 2 40', '1 2 60', '0 2 80'],
    ['name.list.element.language.list.element.code', '0 2 en-us', '2 2 en', '1 1 NULL', '1 2 en-gb', '0 1 NULL'],
    ['name.list.element.language.list.element.country', '0 3 us', '2 2 NULL', '1 1 NULL', '1 3 gb', '0 1 NULL'],
    ['name.list.element.url', '0 2 http://A', '1 2 http://B', '1 1 NULL', '0 2 http://C'],
  ])
})

it('null, {} and [] stay three things', async () => {
  const fields = [field('o', structOf(field('a', new Int64()))), field('l', listOf(new Int64()))]
  const rows = [
    { o: null, l: null },
    { o: { a: null }, l: [] },
    { o: { a: 1n }, l: [null, 1n] },
  ]
  for (const writer of ['fletching', 'parquet-wasm'] as const) {
    const batch = nestedBatch(fields, rows, 'slice')
    const file = await fileOf(batch.schema, [batch], { writer })
    expect(await duckdb(file, 'SELECT o, l FROM FILE')).toEqual([
      { o: null, l: null },
      { o: { a: null }, l: [] },
      { o: { a: '1' }, l: [null, '1'] },
    ])
  }
})

it.each(['fletching', 'parquet-wasm'] as const)(
  '%s declares nested types as DuckDB and Athena know them',
  async (writer) => {
    const fields = [
      field('at', new TimestampMillisecond('UTC'), false),
      field(
        'properties',
        structOf(
          field('sku', new Dictionary(new Utf8(), new Int32())),
          field('products', listOf(structOf(field('price', new Float64()), field('tags', listOf(new Utf8()))))),
          field('day', new DateDay()),
        ),
      ),
      field('matrix', listOf(listOf(new Int32())), false),
      field('flags', structOf(field('yes', new Bool(), false)), false),
    ]
    const row = {
      at: 1,
      properties: { sku: 'a', products: [{ price: 1, tags: ['x'] }], day: 1 },
      matrix: [[1], []],
      flags: { yes: true },
    }
    const batch = nestedBatch(fields, [row, row])
    const file = await fileOf(batch.schema, [batch], { writer })
    const described = await duckdb(file, 'DESCRIBE SELECT * FROM FILE')
    expect(described.map(({ column_name, column_type }) => [column_name, column_type])).toEqual([
      ['at', 'TIMESTAMP WITH TIME ZONE'],
      ['properties', 'STRUCT(sku VARCHAR, products STRUCT(price DOUBLE, tags VARCHAR[])[], "day" DATE)'],
      ['matrix', 'INTEGER[][]'],
      ['flags', 'STRUCT("yes" BOOLEAN)'],
    ])
    const elements = await duckdb(
      file,
      'SELECT name, type, repetition_type, num_children, converted_type, logical_type FROM parquet_schema(FILE)',
    )
    const shown = elements.map((element) =>
      Object.values(element)
        .filter((value) => value !== null)
        .join(' '),
    )
    expect(shown).toMatchInlineSnapshot(`
      [
        "schema 4",
        "at INT64 REQUIRED TIMESTAMP_MILLIS TimestampType(isAdjustedToUTC=1, unit=TimeUnit(MILLIS=MilliSeconds(), MICROS=<null>, NANOS=<null>))",
        "properties OPTIONAL 3",
        "sku BYTE_ARRAY OPTIONAL UTF8 StringType()",
        "products OPTIONAL 1 LIST ListType()",
        "list REPEATED 1",
        "element OPTIONAL 2",
        "price DOUBLE OPTIONAL",
        "tags OPTIONAL 1 LIST ListType()",
        "list REPEATED 1",
        "element BYTE_ARRAY OPTIONAL UTF8 StringType()",
        "day INT32 OPTIONAL DATE DateType()",
        "matrix REQUIRED 1 LIST ListType()",
        "list REPEATED 1",
        "element OPTIONAL 1 LIST ListType()",
        "list REPEATED 1",
        "element INT32 OPTIONAL",
        "flags REQUIRED 1",
        "yes BOOLEAN REQUIRED",
      ]
    `)
  },
)

const RAW = {
  timestampFromMilliseconds: (milliseconds: bigint) => milliseconds,
  dateFromDays: (days: number) => days,
  stringFromBytes: (bytes: Uint8Array) => bytes,
} as unknown as ParquetParsers

/** As the reader of pages gives values. */
function textOf(value: Plain): string | null {
  if (value === null) return null
  return typeof value === 'string' ? Buffer.from(value).toString('hex') : String(value)
}

/** As a footer has bounds, of the two zeros one; a moment is a number of 64 bits there. */
function plainOf(value: unknown): unknown {
  if (typeof value === 'string' || value instanceof Uint8Array) return Buffer.from(value as string).toString('hex')
  return value === 0 ? 0 : value
}

/** The slow way: sorted. */
function boundsOracle(type: DataType, entries: readonly Entry[]): unknown[] {
  const present = entries.flatMap(({ value }) => (value === null ? [] : [value]))
  const nulls = BigInt(entries.length - present.length)
  if (present.some((value) => Number.isNaN(value))) return [nulls, undefined, undefined]
  const plain = present.map((value) => plainOf(DataType.isTimestamp(type) ? BigInt(value as number) : value))
  const sorted = plain.toSorted((a, b) => (a === b ? 0 : (a as number) < (b as number) ? -1 : 1))
  return [nulls, cut(sorted[0], 'x'), cut(sorted.at(-1), 'y')]
}

/** Footers have 64 bytes of a long text; the only one here is of x, and what is above it ends with y. */
function cut(bound: unknown, last: string): unknown {
  if (typeof bound !== 'string' || bound.length <= 128) return bound
  return bound.slice(0, 126) + Buffer.from(last).toString('hex')
}
