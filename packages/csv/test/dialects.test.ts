import {
  Binary,
  DateDay,
  DateMillisecond,
  Dictionary,
  Field,
  Float16,
  Float64,
  Int32,
  Int64,
  List,
  makeData,
  RecordBatch,
  Schema,
  Struct,
  TimestampMicrosecond,
  TimestampMillisecond,
  TimestampNanosecond,
  TimestampSecond,
  Uint8,
  Uint32,
  Uint64,
  Utf8,
  vectorFromArray,
} from 'apache-arrow'
import { describe, expect, it } from 'vitest'
import { type CsvDialect, CsvEncoder, csvDialects } from '../src/index.ts'
import { batchOf, type Columns, csvOf } from './batches.ts'

/** A text and what it is in `glue`, `personalize`, `rfc4180` and `athena-opencsv`. */
type Case = readonly [text: string | null, glue: string, personalize: string, rfc4180: string, athena: string]

const cases: readonly Case[] = [
  [null, '', '', '', ''],
  ['', '', '', '', '""'],
  ['a', 'a', 'a', 'a', '"a"'],
  ['x'.repeat(24), 'x'.repeat(24), 'x'.repeat(24), 'x'.repeat(24), `"${'x'.repeat(24)}"`],
  ['x'.repeat(25), `"${'x'.repeat(25)}"`, 'x'.repeat(25), 'x'.repeat(25), `"${'x'.repeat(25)}"`],
  ['é'.repeat(24), 'é'.repeat(24), 'é'.repeat(24), 'é'.repeat(24), `"${'é'.repeat(24)}"`],
  ['😀'.repeat(12), '😀'.repeat(12), '😀'.repeat(12), '😀'.repeat(12), `"${'😀'.repeat(12)}"`],
  ['😀'.repeat(13), `"${'😀'.repeat(13)}"`, '😀'.repeat(13), '😀'.repeat(13), `"${'😀'.repeat(13)}"`],
  ['a b', '"a b"', 'a b', 'a b', '"a b"'],
  [' a', '" a"', '" a"', ' a', '" a"'],
  ['a ', '"a "', '"a "', 'a ', '"a "'],
  ['\ta', '"\ta"', '"\ta"', '\ta', '"\ta"'],
  [' ', '" "', '" "', ' ', '" "'],
  ['a,b', '"a,b"', '"a,b"', '"a,b"', '"a,b"'],
  ['a"b', '"a""b"', '"a\\"b"', '"a""b"', '"a\\"b"'],
  ['"', '""""', '"\\""', '""""', '"\\""'],
  ['a+b', '"a+b"', 'a+b', 'a+b', '"a+b"'],
  ["a'b", '"a\'b"', "a'b", "a'b", '"a\'b"'],
  ['a-b', 'a-b', 'a-b', 'a-b', '"a-b"'],
  ['a.b', 'a.b', 'a.b', 'a.b', '"a.b"'],
  ['a/b', 'a/b', 'a/b', 'a/b', '"a/b"'],
  ['a\\b', 'a\\b', '"a\\\\b"', 'a\\b', '"a\\\\b"'],
  ['He said "x\\y"', '"He said ""x\\y"""', '"He said \\"x\\\\y\\""', '"He said ""x\\y"""', '"He said \\"x\\\\y\\""'],
  ['a\nb', '"a\nb"', 'a b', '"a\nb"', '"a b"'],
  ['a\r\nb', '"a\r\nb"', 'a b', '"a\r\nb"', '"a b"'],
  ['a\n\rb', '"a\n\rb"', 'a  b', '"a\n\rb"', '"a  b"'],
  ['a\n', '"a\n"', '"a "', '"a\n"', '"a "'],
  ['a\n,"', '"a\n,"""', '"a ,\\""', '"a\n,"""', '"a ,\\""'],
  ['\0', '"\0"', '\0', '\0', '"\0"'],
  ['\ufeffa', '\ufeffa', '\ufeffa', '\ufeffa', '"\ufeffa"'],
  ['=1+2', '"=1+2"', '=1+2', '=1+2', '"=1+2"'],
]

const column: Record<CsvDialect, number> = { glue: 1, personalize: 2, rfc4180: 3, 'athena-opencsv': 4 }

describe.each(csvDialects)('%s', (dialect) => {
  const end = dialect === 'rfc4180' ? '\r\n' : '\n'

  it.each(cases.map((row) => [row[0], row[column[dialect]]]))('%j → %j', (text, field) => {
    for (const kind of ['text', 'dictionary'] as const) {
      const batch = batchOf({ id: ['long', [1n]], value: [kind, [text]], last: [kind, [text]] })
      expect(csvOf([batch], dialect)).toBe(`id,value,last${end}1,${field},${field}${end}`)
    }
  })

  it('never quotes numbers, truths and moments', () => {
    const batch = batchOf({
      whole: ['long', [12n, -1n, 2n ** 63n - 1n, -(2n ** 63n), 9_007_199_254_740_993n, null]],
      real: ['double', [0.5, -1, 1e21, 0, null, 2]],
      yes: ['bool', [true, false, null, true, false, true]],
      at: ['moment', [1_558_188_202_129n, 0n, -1n, -62_135_596_800_000n, 253_402_300_799_999n, null]],
    })
    expect(csvOf([batch], dialect).split(end)).toEqual([
      'whole,real,yes,at',
      '12,0.5,true,2019-05-18T14:03:22.129Z',
      '-1,-1,false,1970-01-01T00:00:00.000Z',
      '9223372036854775807,1e+21,,1969-12-31T23:59:59.999Z',
      '-9223372036854775808,0,true,0001-01-01T00:00:00.000Z',
      '9007199254740993,,false,9999-12-31T23:59:59.999Z',
      ',2,true,',
      '',
    ])
  })

  it.each([
    new List(new Field('item', new Utf8())),
    new Struct([new Field('a', new Utf8())]),
    new DateMillisecond(),
    new Float16(),
    new Binary(),
    new Dictionary(new Int64(), new Int32()),
  ])('has no form for %s', (type) => {
    const schema = new Schema([new Field('id', new Utf8()), new Field('tags', type)])
    expect(() => new CsvEncoder(schema, { dialect })).toThrow(
      expect.objectContaining({
        kind: 'author',
        message: `NOT_IN_CSV: CSV has no form for ${String(type)}\n  at column tags\n  take single values out of it, cast it, or leave it out`,
      }),
    )
  })

  it.each(['a,b', 'a"b', 'a\\b', 'a\nb', '\r'])('takes no column named %j', (name) => {
    expect(() => new CsvEncoder(new Schema([new Field(name, new Utf8())]), { dialect })).toThrow(
      expect.objectContaining({
        kind: 'author',
        message: `BAD_COLUMN_NAME: ${JSON.stringify(name)} is no name for a CSV column\n  the header is not quoted, so a name holds no comma, quote, backslash or line break`,
      }),
    )
  })

  it('names the columns bare', () => {
    const schema = new Schema(['a b', 'Item-Id', 'prénom', 'x'.repeat(30)].map((name) => new Field(name, new Utf8())))
    const header = new CsvEncoder(schema, { dialect }).header()
    expect(Buffer.from(header).toString()).toBe(`a b,Item-Id,prénom,${'x'.repeat(30)}${end}`)
  })
})

it('knows its dialects', () => {
  const { schema } = batchOf({ a: ['long', []] })
  for (const dialect of ['excel', 'toString', undefined]) {
    expect(() => new CsvEncoder(schema, { dialect: dialect as CsvDialect })).toThrow(
      expect.objectContaining({
        kind: 'author',
        message: `NO_SUCH_DIALECT: "${dialect}" is no dialect of CSV\n  there are personalize, glue, rfc4180, athena-opencsv`,
      }),
    )
  }
})

it.each([
  [new TimestampMillisecond('UTC'), -62_198_755_200_000n, '-000001-01-01T00:00:00.000Z'],
  [new TimestampMillisecond('UTC'), -62_167_219_200_000n, '0000-01-01T00:00:00.000Z'],
  [new TimestampMillisecond('UTC'), 253_402_300_800_000n, '+010000-01-01T00:00:00.000Z'],
  [new TimestampSecond('UTC'), 1_558_188_202n, '2019-05-18T14:03:22.000Z'],
  [new TimestampSecond('UTC'), -1n, '1969-12-31T23:59:59.000Z'],
  [new TimestampMicrosecond('UTC'), 1_558_188_202_129_999n, '2019-05-18T14:03:22.129Z'],
  [new TimestampMicrosecond('UTC'), -1n, '1969-12-31T23:59:59.999Z'],
  [new TimestampNanosecond('UTC'), 1_558_188_202_129_999_999n, '2019-05-18T14:03:22.129Z'],
  [new TimestampNanosecond('UTC'), -1_000_000n, '1969-12-31T23:59:59.999Z'],
  [new DateDay(), -719_529, '-000001-12-31'],
  [new DateDay(), 2_932_897, '+010000-01-01'],
  [new DateDay(), -2_147_483_648, '-5877641-06-23'],
  [new Uint8(), 255, '255'],
  [new Uint32(), 2 ** 32 - 1, '4294967295'],
  [new Uint64(), 2n ** 64n - 1n, '18446744073709551615'],
  [new Uint64(), 2n ** 53n - 1n, '9007199254740991'],
  [new Uint64(), 2n ** 63n, '9223372036854775808'],
  [new Int64(), 2n ** 53n - 1n, '9007199254740991'],
  [new Int64(), 2n ** 53n, '9007199254740992'],
  [new Int64(), 2n ** 53n + 1n, '9007199254740993'],
  [new Int64(), -(2n ** 53n), '-9007199254740992'],
  [new Int64(), -(2n ** 53n) - 1n, '-9007199254740993'],
  [new Float64(), Number.NaN, 'NaN'],
  [new Float64(), Number.NEGATIVE_INFINITY, '-Infinity'],
] as const)('%s: %s is %s', (type, value, field) => {
  const data = makeData({ type, length: 1, nullCount: 0, data: type.ArrayType.of(value as never) } as never)
  const fields = [new Field('x', type, true)]
  const struct = makeData({ type: new Struct(fields), length: 1, nullCount: 0, children: [data] })
  expect(csvOf([new RecordBatch(new Schema(fields), struct)], 'glue')).toBe(`x\n${field}\n`)
})

it.each<[CsvDialect, number]>([
  ['personalize', 5],
  ['athena-opencsv', 5],
  ['glue', 0],
  ['rfc4180', 0],
])('%s counts the line breaks that became blanks: %i', (dialect, count) => {
  const texts = ['a\nb\r\nc', 'a', null, '\r']
  const batch = batchOf({ a: ['text', texts], b: ['dictionary', [null, 'x\ny', 'x\ny', null]] })
  const encoder = new CsvEncoder(batch.schema, { dialect })
  encoder.encode(batch)
  expect(encoder.counts.lineBreaksReplaced).toBe(count)
})

it('takes a null in a dictionary for a null', () => {
  const dictionary = vectorFromArray(['a', null, 'b'], new Utf8())
  const type = new Dictionary(new Utf8(), new Int32())
  const data = makeData({ type, length: 3, nullCount: 0, data: Int32Array.of(1, 2, 0), dictionary })
  const fields = [new Field('code', type, true)]
  const struct = makeData({ type: new Struct(fields), length: 3, nullCount: 0, children: [data] })
  expect(csvOf([new RecordBatch(new Schema(fields), struct)], 'athena-opencsv')).toBe('code\n\n"b"\n"a"\n')
})

it('takes no batch with other columns', () => {
  const columns = batchOf({ a: ['long', [1n]], b: ['long', [1n]] })
  const encoder = new CsvEncoder(columns.schema, { dialect: 'glue' })
  const others: Columns[] = [
    { a: ['long', [1n]] },
    { b: ['long', [1n]], a: ['long', [1n]] },
    { a: ['long', [1n]], b: ['long', [1n]], c: ['long', [1n]] },
  ]
  for (const other of others) {
    const given = Object.keys(other).join(', ')
    expect(() => encoder.encode(batchOf(other))).toThrow(
      `INTERNAL: a CSV of the columns a, b was given a batch of ${given}`,
    )
  }
})

it('gives bytes that later batches leave alone', () => {
  const batches = ['first', 'second'].map((text) => batchOf({ a: ['text', [text]] }))
  const encoder = new CsvEncoder(batches[0].schema, { dialect: 'glue' })
  const [first, second] = batches.map((batch) => encoder.encode(batch))
  expect([first, second].map((bytes) => Buffer.from(bytes).toString())).toEqual(['first\n', 'second\n'])
})

it('grows as far as a batch wants', () => {
  const long = `"${'x'.repeat(300_000)}`
  const batch = batchOf({ a: ['text', [long, '', long]] })
  expect(csvOf([batch], 'personalize')).toBe(`a\n"\\${long}"\n\n"\\${long}"\n`)
})
