import {
  Bool,
  type DataType,
  DateDay,
  Dictionary,
  Field,
  Float32,
  Float64,
  Int8,
  Int16,
  Int32,
  Int64,
  List,
  TimestampMillisecond,
  Uint32,
  Uint64,
  Utf8,
} from 'apache-arrow'
import { describe, expect, it } from 'vitest'
import { type AvroSchema, formatSchema, type SchemaColumn, schemaFor } from '../src/avro-schema.ts'
import { avroTypeOf } from '../src/avro-type.ts'
import { checkSchema } from '../src/check-schema.ts'
import { type Dataset, type Domain, datasets, domains } from '../src/dataset.ts'

describe('schemaFor', () => {
  it('is the schema of the workshop without more words', () => {
    expect(formatSchema(schemaFor('interactions', 'custom'))).toBe(`{
  "type": "record",
  "name": "Interactions",
  "namespace": "com.amazonaws.personalize.schema",
  "fields": [
    {
      "name": "USER_ID",
      "type": "string"
    },
    {
      "name": "ITEM_ID",
      "type": "string"
    },
    {
      "name": "EVENT_TYPE",
      "type": "string"
    },
    {
      "name": "TIMESTAMP",
      "type": "long"
    }
  ],
  "version": "1.0"
}
`)
  })

  it.each<[Dataset, Domain, string]>([
    ['interactions', 'ecommerce', 'USER_ID string, ITEM_ID string, EVENT_TYPE string, TIMESTAMP long'],
    ['interactions', 'video-on-demand', 'USER_ID string, ITEM_ID string, EVENT_TYPE string, TIMESTAMP long'],
    ['users', 'custom', 'USER_ID string'],
    ['items', 'custom', 'ITEM_ID string'],
    ['items', 'ecommerce', 'ITEM_ID string, PRICE float, CATEGORY_L1 string categorical'],
    ['items', 'video-on-demand', 'ITEM_ID string, GENRES string categorical, CREATION_TIMESTAMP long'],
  ])('%s of %s: %s', (dataset, domain, fields) => {
    expect(lineOf(schemaFor(dataset, domain))).toBe(fields)
  })

  it.each<[Dataset, SchemaColumn[], string]>([
    [
      'interactions',
      [{ name: 'ITEM_ID' }, { name: 'USER_ID' }, { name: 'TIMESTAMP', type: 'int' }, { name: 'EVENT_VALUE' }],
      'ITEM_ID string, USER_ID string, TIMESTAMP long, EVENT_VALUE null|float',
    ],
    [
      'interactions',
      [
        { name: 'DEVICE' },
        { name: 'COUNT', type: 'int', isNullable: false },
        { name: 'IMPRESSION', isNullable: false },
      ],
      'DEVICE null|string categorical, COUNT int, IMPRESSION string',
    ],
    ['users', [{ name: 'USER_ID' }, { name: 'AGE', type: 'int' }], 'USER_ID string, AGE null|int'],
    [
      'items',
      [{ name: 'ITEM_ID' }, { name: 'PRICE' }, { name: 'GENRES' }],
      'ITEM_ID string, PRICE null|float, GENRES null|string categorical',
    ],
  ])('%s with columns %j', (dataset, columns, fields) => {
    expect(lineOf(schemaFor(dataset, 'custom', columns))).toBe(fields)
  })

  it.each(datasets.flatMap((dataset) => domains.map((domain) => [dataset, domain] as const)))(
    'what it makes for %s of %s is taken, with a column of one’s own',
    (dataset, domain) => {
      const { fields } = schemaFor(dataset, domain)
      const columns = [...fields.map(({ name }) => ({ name })), { name: 'OWN' }]
      expect(checkSchema(formatSchema(schemaFor(dataset, domain, columns)), { domain })).toEqual([])
    },
  )
})

describe('avroTypeOf', () => {
  it.each<[DataType, string]>([
    [new Utf8(), 'string'],
    [new Dictionary(new Utf8(), new Int32()), 'string'],
    [new Int8(), 'int'],
    [new Int16(), 'int'],
    [new Int32(), 'int'],
    [new Uint32(), 'long'],
    [new Int64(), 'long'],
    [new Float32(), 'float'],
    [new Float64(), 'double'],
    [new Bool(), 'boolean'],
  ])('%s is a %s', (type, avro) => {
    expect(avroTypeOf(new Field('x', type))).toBe(avro)
  })

  it.each<[DataType, string]>([
    [new TimestampMillisecond('UTC'), 'Timestamp<MILLISECOND, UTC>'],
    [new DateDay(), 'Date32<DAY>'],
    [new List(new Field('item', new Utf8())), 'List<Utf8>'],
    [new Uint64(), 'Uint64'],
  ])('%s has none', (type, name) => {
    expect(() => avroTypeOf(new Field('x', type))).toThrow(
      `NOT_IN_PERSONALIZE: Personalize has no type for ${name}\n  at column x\n  a moment goes as epoch seconds, with .epochSeconds(); take single values out of a list or struct, or leave the column out`,
    )
  })
})

function lineOf({ fields }: AvroSchema): string {
  return fields
    .map(({ name, type, categorical }) =>
      [name, typeof type === 'string' ? type : type.join('|'), ...(categorical === true ? ['categorical'] : [])].join(
        ' ',
      ),
    )
    .join(', ')
}
