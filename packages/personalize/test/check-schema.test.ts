import { describe, expect, it } from 'vitest'
import { type AvroField, formatSchema, schemaFor } from '../src/avro-schema.ts'
import { checkSchema } from '../src/check-schema.ts'
import type { Dataset, Domain } from '../src/dataset.ts'
import { parseSchema } from '../src/parse-schema.ts'
import { schemaRules } from '../src/schema-rules.ts'

const interactions = schemaFor('interactions', 'custom')

/** A schema with one fault, the code it gets, and the field that is named. */
const faults: readonly (readonly [code: string, schema: unknown, field?: string, domain?: Domain])[] = [
  ['SCHEMA_NOT_JSON', '{'],
  ['SCHEMA_NOT_A_RECORD', []],
  ['SCHEMA_NOT_A_RECORD', { ...interactions, type: 'array' }],
  ['SCHEMA_NOT_A_RECORD', { ...interactions, fields: ['USER_ID'] }],
  ['SCHEMA_NAMESPACE', { ...interactions, namespace: 'com.example' }],
  ['SCHEMA_VERSION', { ...interactions, version: 1 }],
  ['SCHEMA_NAME', { ...interactions, name: 'interactions' }],
  ['SCHEMA_TOO_LONG', { ...interactions, doc: 'x'.repeat(10_000) }],
  ['FIELD_NAME', withFields('interactions', { name: 'OWN-1', type: 'int' }), 'OWN-1'],
  [
    'FIELD_NAMES_ALIKE',
    withFields('interactions', { name: 'OWN_1', type: 'int' }, { name: 'OWN1', type: 'int' }),
    'OWN1',
  ],
  ['FIELD_NESTED', withFields('interactions', { name: 'OWN', type: { type: 'array', items: 'int' } as never }), 'OWN'],
  ['FIELD_TYPE', withFields('interactions', { name: 'OWN', type: 'bytes' as never }), 'OWN'],
  ['FIELD_TYPE', withFields('interactions', { name: 'OWN', type: ['long', 'int'] }), 'OWN'],
  ['FIELD_TYPE', withFields('interactions', { name: 'OWN' } as never), 'OWN'],
  ['FIELD_NULLABLE', withFields('interactions', { name: 'OWN', type: ['null'] }), 'OWN'],
  ['FIELD_NULLABLE', withType('TIMESTAMP', ['null', 'long']), 'TIMESTAMP'],
  ['FIELD_NULLABLE', withType('EVENT_TYPE', ['null', 'string']), 'EVENT_TYPE', 'ecommerce'],
  ['FIELD_REQUIRED_MISSING', without('ITEM_ID'), 'ITEM_ID'],
  ['DOMAIN_FIELD', without('EVENT_TYPE'), 'EVENT_TYPE', 'ecommerce'],
  ['RESERVED_TYPE', withType('TIMESTAMP', 'string'), 'TIMESTAMP'],
  ['RESERVED_TYPE', withFields('interactions', { name: 'EVENT_VALUE', type: ['null', 'double'] }), 'EVENT_VALUE'],
  ['FIELD_NEEDS_CATEGORICAL', withFields('interactions', { name: 'OWN', type: 'string' }), 'OWN'],
  ['FIELD_NEEDS_CATEGORICAL', withFields('items', { name: 'GENRES', type: 'string' }), 'GENRES'],
  [
    'EVENT_TYPE_CATEGORICAL',
    {
      ...interactions,
      fields: interactions.fields.map((field) =>
        field.name === 'EVENT_TYPE' ? { ...field, categorical: true } : field,
      ),
    },
    'EVENT_TYPE',
  ],
  [
    'TEXTUAL_TWICE',
    withFields('items', { name: 'A', type: 'string', textual: true }, { name: 'B', type: 'string', textual: true }),
    'B',
  ],
  ['TEXTUAL_TWICE', withFields('users', { name: 'A', type: 'string', textual: true }), 'A'],
  ['METADATA_TOO_MANY', withFields('interactions', ...own(6))],
  ['METADATA_TOO_MANY', withFields('users', ...own(26))],
  ['METADATA_TOO_MANY', withFields('items', ...own(101))],
  ['METADATA_MISSING', schemaFor('users', 'custom')],
  [
    'CREATION_TIMESTAMP_FLOAT',
    withFields('items', { name: 'CREATION_TIMESTAMP', type: ['null', 'float'] }),
    'CREATION_TIMESTAMP',
  ],
]

describe('checkSchema', () => {
  it.each(faults.map(([code, schema, field, domain]) => ({ code, schema, field, domain })))(
    '$code of $field',
    ({ code, schema, field, domain }) => {
      const text = typeof schema === 'string' ? schema : JSON.stringify(schema)
      const { severity, what, help } = schemaRules[code as keyof typeof schemaRules]
      const place = { object: 'x.avsc', ...(field === undefined ? {} : { column: field }) }
      expect(checkSchema(text, { object: 'x.avsc', ...(domain === undefined ? {} : { domain }) })).toEqual([
        { code, severity, what, count: 1, places: [place], help },
      ])
    },
  )

  it('has a fault for every rule', () => {
    expect(new Set(faults.map(([code]) => code))).toEqual(new Set(Object.keys(schemaRules)))
  })

  it.each<[string, unknown, Domain?]>([
    ['the most columns of one’s own', withFields('interactions', ...own(5))],
    ['a null that comes last', withFields('interactions', { name: 'EVENT_VALUE', type: ['float', 'null'] })],
    ['a union of one', withFields('items', { name: 'CATEGORY_L1', type: ['string'], categorical: true })],
    ['an event type that may be null', withType('EVENT_TYPE', ['null', 'string'])],
    ['no event type', without('EVENT_TYPE')],
    [
      'a price that may be null',
      {
        ...schemaFor('items', 'ecommerce', [
          { name: 'ITEM_ID' },
          { name: 'PRICE', isNullable: true },
          { name: 'CATEGORY_L1' },
        ]),
      },
      'ecommerce',
    ],
  ])('takes %s', (_, schema, domain) => {
    expect(checkSchema(JSON.stringify(schema), domain === undefined ? {} : { domain })).toEqual([])
  })

  it('tells all that is wrong, failures first', () => {
    const schema = {
      ...schemaFor('items', 'custom', [{ name: 'CREATION_TIMESTAMP' }]),
      version: '2.0',
      fields: [
        { name: 'CREATION_TIMESTAMP', type: 'float' },
        { name: 'a b', type: 'string' },
      ],
    }
    expect(checkSchema(JSON.stringify(schema)).map(({ code, places: [{ column }] }) => [code, column])).toEqual([
      ['SCHEMA_VERSION', undefined],
      ['FIELD_NAME', 'a b'],
      ['FIELD_REQUIRED_MISSING', 'ITEM_ID'],
      ['FIELD_NEEDS_CATEGORICAL', 'a b'],
      ['CREATION_TIMESTAMP_FLOAT', 'CREATION_TIMESTAMP'],
    ])
  })
})

describe('parseSchema', () => {
  it('reads what is taken', () => {
    expect(parseSchema(formatSchema(interactions))).toEqual(interactions)
  })

  it('refuses the rest with every reason', () => {
    const text = JSON.stringify({ ...without('TIMESTAMP'), version: '2.0' })
    expect(() => parseSchema(text, { object: 'x.avsc' })).toThrow(
      'SCHEMA_REFUSED: Personalize would refuse the schema\n  at x.avsc\n  SCHEMA_VERSION: the version is another\n  FIELD_REQUIRED_MISSING: a required field is missing: TIMESTAMP',
    )
  })
})

function withFields(dataset: Dataset, ...fields: readonly AvroField[]): unknown {
  const schema = schemaFor(dataset, 'custom')
  return { ...schema, fields: [...schema.fields, ...fields] }
}

function withType(name: string, type: AvroField['type']): unknown {
  return { ...interactions, fields: interactions.fields.map((field) => (field.name === name ? { name, type } : field)) }
}

function without(name: string) {
  return { ...interactions, fields: interactions.fields.filter((field) => field.name !== name) }
}

function own(count: number): readonly AvroField[] {
  return Array.from({ length: count }, (_, index) => ({ name: `OWN_${index}`, type: 'int' }))
}
