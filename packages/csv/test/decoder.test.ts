import { Bool, DateDay, Field, Float32, Float64, Int32, Int64, Schema, TimestampMillisecond, Utf8 } from 'apache-arrow'
import { describe, expect, it } from 'vitest'
import { CsvDecoder, type CsvDialect } from '../src/index.ts'
import { batchOf, type Columns, csvOf } from './batches.ts'
import { randomOf, randomValue } from './random-columns.ts'

const seed = Number(process.env.FLETCHING_SEED ?? 20190518)

describe('CsvDecoder', () => {
  it('names the columns after the first record, all texts', () => {
    expect(decoded('id,item\n7,\n\n8,"x,""y"""\r\n9,""\n')).toEqual([
      { id: '7', item: null },
      { id: '8', item: 'x,"y"' },
      { id: '9', item: '' },
    ])
  })

  it('an empty line is a row of a file with one column', () => {
    expect(decoded('id\n7\n\n8\n')).toEqual([{ id: '7' }, { id: null }, { id: '8' }])
  })

  it('knows its columns once the header has come, also of a file without rows', () => {
    const decoder = new CsvDecoder({ escape: '"' })
    expect(decoder.schema).toBeUndefined()
    expect([...decoder.push(Buffer.from('a,b')), ...decoder.flush()]).toEqual([])
    expect(decoder.schema?.fields.map(({ name }) => name)).toEqual(['a', 'b'])
  })

  it('gives batches of so many rows', () => {
    const decoder = new CsvDecoder({ escape: '"', batchRows: 2 })
    const batches = [...decoder.push(Buffer.from('a\n1\n2\n3\n4\n5')), ...decoder.flush()]
    expect(batches.map((batch) => batch.toArray().map(({ a }) => a))).toEqual([['1', '2'], ['3', '4'], ['5']])
  })

  it.each<[type: string, field: string]>([
    ['Int32', '2147483648'],
    ['Int32', '1.0'],
    ['Int64', '9223372036854775808'],
    ['Int64', '1e3'],
    ['Float64', '1,5'],
    ['Float64', '0x10'],
    ['Bool', 'TRUE'],
    ['Date32<DAY>', '2019-02-29'],
    ['Date32<DAY>', '2019-05-18T00:00:00Z'],
    ['Timestamp<MILLISECOND, UTC>', '18/05/2019'],
  ])('%s is not made of %s', (type, field) => {
    const name = typedColumns.fields.find((column) => String(column.type) === type)?.name ?? ''
    const record = typedColumns.fields.map((column) => (column.name === name ? `"${field}"` : '')).join()
    const csv = `${typedColumns.fields.map((column) => column.name).join()}\n${record}\n`
    expect(() => decoded(csv, { columns: typedColumns })).toThrow(
      `NOT_A_CSV_VALUE: a field holds no ${type}\n  at column ${name}, line 2\n  read the column as text, or correct the file`,
    )
  })

  it.each<[csv: string, message: string]>([
    ['a,b\n1\n', 'the record has 1 field and the header 2\n  at line 2, byte 4'],
    ['a,b\n1,2\n1,"2\n', 'a quote is not closed before the end of the file\n  at line 3, byte 8'],
    ['a,b\n"1"x,2\n', 'something stands between a closing quote and the comma\n  at line 2, byte 4'],
    [
      `a,b\n1,"${'x'.repeat(17 * 1024 * 1024)}"\n`,
      'the record is longer than what is read at once; a quote may not be closed\n  at line 2, byte 4',
    ],
  ])('%.12j is no CSV', (csv, message) => {
    expect(() => decoded(csv)).toThrow(
      `BAD_CSV_RECORD: ${message}\n  a field with a comma, a quote or a line break stands in quotes; which character escapes a quote is part of the dialect`,
    )
  })

  it('wants the columns that were given', () => {
    expect(() => decoded('a,b\n', { columns: typedColumns })).toThrow(
      'BAD_CSV_HEADER: the columns are not int, long, double, truth, day, moment, text\n  at line 1\n  the first line names the columns, in the order in which they are expected',
    )
    const columns = new Schema([new Field('a', new Float32(), true)])
    expect(() => new CsvDecoder({ escape: '"', columns })).toThrow(
      'NOT_IN_CSV: a CSV is not read as Float32\n  at column a\n  there are texts, whole numbers of 32 and 64 bits, doubles, truths, days and moments in milliseconds',
    )
  })

  it.each<[CsvDialect, '"' | '\\']>([
    ['personalize', '\\'],
    ['glue', '"'],
    ['rfc4180', '"'],
    ['athena-opencsv', '\\'],
  ])(`reads what is written in %s (FLETCHING_SEED=${seed})`, (dialect, escapedBy) => {
    const random = randomOf(seed)
    const isOnOneLine = escapedBy === '\\'
    const values = (kind: Parameters<typeof randomValue>[1]) =>
      Array.from({ length: 500 }, () => {
        const value = random(5) === 0 ? null : randomValue(random, kind)
        if (typeof value !== 'string') return value
        return isOnOneLine ? value.replaceAll(/\r\n|\r|\n/g, ' ') : value
      })
    const moments = Array.from({ length: 500 }, () => BigInt(random(2 ** 31)) * 1000n)
    const columns: Columns = {
      int: ['int', values('int')],
      long: ['long', values('long')],
      double: ['double', values('double')],
      truth: ['bool', values('bool')],
      day: ['day', moments.map((moment) => Number(moment / 86_400_000n))],
      moment: ['moment', moments],
      text: ['text', values('text')],
      code: ['dictionary', values('dictionary')],
    }
    const batch = batchOf(columns)
    const csv = csvOf([batch], dialect)
    const isNull = dialect === 'athena-opencsv' ? [null] : [null, '']
    const plain = (rows: readonly Record<string, unknown>[]) =>
      rows.map((row) =>
        Object.fromEntries(
          Object.entries(row).map(([name, value]) => [name, isNull.includes(value as null) ? null : value]),
        ),
      )
    const rows = batch.toArray().map((row) => row.toJSON())
    for (const cut of [1, 7, 65_537]) {
      expect(plain(decoded(csv, { escape: escapedBy, columns: batch.schema, batchRows: 64 }, cut))).toEqual(plain(rows))
    }
  })
})

const typedColumns = new Schema([
  new Field('int', new Int32(), true),
  new Field('long', new Int64(), true),
  new Field('double', new Float64(), true),
  new Field('truth', new Bool(), true),
  new Field('day', new DateDay(), true),
  new Field('moment', new TimestampMillisecond('UTC'), true),
  new Field('text', new Utf8(), true),
])

function decoded(
  csv: string,
  options: { readonly escape?: '"' | '\\'; readonly columns?: Schema; readonly batchRows?: number } = {},
  cut = csv.length,
): Record<string, unknown>[] {
  const decoder = new CsvDecoder({ escape: '"', ...options })
  const bytes = Buffer.from(csv)
  const batches = []
  for (let at = 0; at < bytes.length; at += cut) batches.push(...decoder.push(bytes.subarray(at, at + cut)))
  batches.push(...decoder.flush())
  return batches.flatMap((batch) => batch.toArray().map((row) => row.toJSON()))
}
