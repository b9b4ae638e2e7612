import {
  Dictionary,
  Field,
  Int32,
  List,
  makeData,
  RecordBatch,
  Schema,
  Struct,
  Utf8,
  vectorFromArray,
} from 'apache-arrow'
import { describe, expect, it } from 'vitest'
import { type CsvDialect, CsvEncoder, csvDialects } from '../src/index.ts'
import { batchOf, csvOf } from './batches.ts'

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

  it('says when it has no form for a type', () => {
    const schema = new Schema([new Field('tags', new List(new Field('item', new Utf8())))])
    const encoder = new CsvEncoder(schema, { dialect })
    const rows = { data: { children: [{ type: schema.fields[0].type, nullCount: 0 }] }, numRows: 0 }
    expect(() => encoder.encode(rows as never)).toThrow(
      'NOT_IN_CSV: CSV has no form for List<Utf8>\n  at column tags\n  take single values out of it, or leave it out',
    )
  })
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
  const encoder = new CsvEncoder(batchOf({ a: ['long', []] }).schema, { dialect: 'glue' })
  expect(() => encoder.encode(batchOf({ a: ['long', [1n]], b: ['long', [1n]] }))).toThrow(
    'INTERNAL: the CSV has 1 columns, but a batch came with 2',
  )
})
