import {
  Bool,
  type DataType,
  DateDay,
  Field,
  Int32,
  Int64,
  List,
  Schema,
  Struct,
  TimestampMillisecond,
  Utf8,
} from 'apache-arrow'
import { describe, expect, it } from 'vitest'
import { type OutputLike, type TableNames, tableSpec } from '../src/spec-of.ts'
import type { TableSpec } from '../src/table-spec.ts'

const names: TableNames = { database: 'segmentdata', name: 'events' }
const text = new Utf8()

function output(columns: Readonly<Record<string, DataType>>, rest: Partial<OutputLike> = {}): OutputLike {
  const fields = Object.entries(columns).map(([name, type]) => new Field(name, type, true))
  return { format: 'parquet', folder: 's3://out/events/', schema: new Schema(fields), partitionBy: [], ...rest }
}

const common = { database: 'segmentdata', name: 'events', location: 's3://out/events/' } as const

describe('tableSpec', () => {
  it.each<[string, OutputLike, Partial<TableNames>, Partial<TableSpec>]>([
    [
      'a table by days',
      output({ messageId: text, dt: new DateDay(), n: new Int64() }, { partitionBy: ['dt'] }),
      {},
      {
        columns: [
          { name: 'messageid', type: 'string' },
          { name: 'n', type: 'bigint' },
        ],
        partitions: [{ name: 'dt', type: 'string' }],
        isProjected: true,
      },
    ],
    [
      'a table by days from one on',
      output({ n: new Int32(), dt: new DateDay() }, { partitionBy: ['dt'] }),
      { firstDay: '2020-01-01' },
      {
        columns: [{ name: 'n', type: 'int' }],
        partitions: [{ name: 'dt', type: 'string' }],
        isProjected: true,
        firstDay: '2020-01-01',
      },
    ],
    [
      'a table whose partitions are looked up',
      output({ n: new Int32(), dt: new DateDay() }, { partitionBy: ['dt'] }),
      { isProjected: false },
      { columns: [{ name: 'n', type: 'int' }], partitions: [{ name: 'dt', type: 'string' }] },
    ],
    [
      'a table by other columns, in the order of the folders',
      output(
        { day: new DateDay(), at: new TimestampMillisecond('UTC'), b: new Bool(), n: new Int64(), m: new Int32() },
        { partitionBy: ['n', 'm', 'b', 'at', 'day'] },
      ),
      {},
      {
        columns: [],
        partitions: [
          { name: 'n', type: 'bigint' },
          { name: 'm', type: 'int' },
          { name: 'b', type: 'string' },
          { name: 'at', type: 'string' },
          { name: 'day', type: 'string' },
        ],
      },
    ],
    [
      'nested columns',
      output({
        Products: new List(new Field('element', new Struct([new Field('SKU', text, true)]), true)),
        context: new Struct([new Field('userAgent', text, true)]),
      }),
      {},
      {
        columns: [
          { name: 'products', type: 'array<struct<sku:string>>' },
          { name: 'context', type: 'struct<useragent:string>' },
        ],
      },
    ],
    [
      'a CSV whose quotes have a backslash before them',
      output({ USER_ID: text, TIMESTAMP: new Int64() }, { format: 'csv', dialect: 'personalize' }),
      {},
      {
        form: 'opencsv',
        columns: [
          { name: 'user_id', type: 'string' },
          { name: 'timestamp', type: 'string' },
        ],
        escape: '\\',
      },
    ],
    [
      'a CSV whose quotes are doubled, with names that are none of Athena',
      output({ 'Größe 1': text, 'größe 1': text }, { format: 'csv', dialect: 'rfc4180' }),
      {},
      {
        form: 'opencsv',
        columns: [
          { name: 'gro_e_1', type: 'string' },
          { name: 'gro_e_1_2', type: 'string' },
        ],
      },
    ],
  ])('of %s', (_, given, wishes, expected) => {
    expect(tableSpec(given, { ...names, ...wishes })).toEqual({
      ...common,
      form: 'parquet',
      partitions: [],
      isProjected: false,
      ...expected,
    })
  })

  it.each<[string, OutputLike, string]>([
    [
      'a name with other characters',
      output({ 'Invited User?': text }),
      `NOT_IN_ATHENA: Athena has no column of that name
  at column Invited User?
  it knows letters, digits and _, and finds a column of Parquet by its name: call it invited_user in the job`,
    ],
    [
      'a nested one',
      output({ traits: new Struct([new Field('a.b', text, true)]) }),
      `NOT_IN_ATHENA: Athena has no column of that name
  at column traits.a.b
  it knows letters, digits and _, and finds a column of Parquet by its name: call it a_b in the job`,
    ],
    [
      'two names that differ in case alone',
      output({ url: text, URL: text }),
      `NOT_IN_ATHENA: Athena takes two names that differ in case alone for one
  at column URL
  url is there already: give one of them another name in the job`,
    ],
    [
      'a partition with capitals',
      output({ Dt: new DateDay() }, { partitionBy: ['Dt'] }),
      `NOT_IN_ATHENA: Athena finds no folders of a partition with capitals in its name
  at column Dt
  call it dt in the job`,
    ],
  ])('refuses %s', (_, given, expected) => {
    expect(() => tableSpec(given, names)).toThrow(expect.objectContaining({ message: expected }))
  })
})
