import { fuzz, fuzzCases, type Random, testSeed } from '@fletching/testing'
import { describe, expect, it } from 'vitest'
import { type RawField, type RawType, rawTableSpec } from '../src/raw-spec.ts'

const NAMES = { database: 'segmentdata', name: 'segment_logs' }
const LOCATION = 's3://my-logs/segment-logs/'
const raw = (fields: readonly RawField[]) => rawTableSpec({ location: LOCATION, fields }, NAMES)
const text = { kind: 'text' } as const
const struct = (...fields: readonly RawField[]): RawType => ({ kind: 'struct', fields })

describe('rawTableSpec', () => {
  it('has columns of the types that the SerDe makes of JSON', () => {
    const { spec, renamed } = raw([
      { name: 'user_id', key: 'userId', type: text },
      { name: 'timestamp', type: { kind: 'timestamp' } },
      { name: 'n', type: { kind: 'int64' } },
      { name: 'ok', type: { kind: 'bool' } },
      { name: 'integrations', type: { kind: 'json' } },
      {
        name: 'properties',
        type: struct(
          { name: 'price', type: { kind: 'float64' } },
          {
            name: 'product_list',
            key: 'productList',
            type: { kind: 'list', item: struct({ name: 'sku', type: text }) },
          },
        ),
      },
    ])
    expect(spec).toEqual({
      ...NAMES,
      form: 'openx-json',
      location: LOCATION,
      columns: [
        { name: 'user_id', type: 'string' },
        { name: 'timestamp', type: 'string' },
        { name: 'n', type: 'bigint' },
        { name: 'ok', type: 'boolean' },
        { name: 'integrations', type: 'string' },
        { name: 'properties', type: 'struct<price:double,product_list:array<struct<sku:string>>>' },
      ],
      partitions: [],
      mappings: { user_id: 'userId', product_list: 'productList' },
      isProjected: false,
    })
    expect(renamed).toEqual([])
  })

  it.each<[string, readonly RawField[], Record<string, string>, string, [string, string][]]>([
    [
      'one that has another key deeper down',
      [
        {
          name: 'traits',
          type: struct({ name: 'user_id', type: text }, { name: 'user_id_2', key: 'userId', type: text }),
        },
        { name: 'user_id', key: 'userId', type: text },
      ],
      { user_id: 'userId', user_id_2: 'user_id', user_id_2_2: 'userId' },
      'traits struct<user_id_2:string,user_id_2_2:string>, user_id string',
      [
        ['traits.user_id', 'user_id_2'],
        ['traits.user_id_2', 'user_id_2_2'],
      ],
    ],
    [
      'one that has the same key deeper down',
      [
        { name: 'user_id', key: 'userId', type: text },
        {
          name: 'a',
          type: { kind: 'list', item: { kind: 'list', item: struct({ name: 'user_id', key: 'userId', type: text }) } },
        },
      ],
      { user_id: 'userId' },
      'user_id string, a array<array<struct<user_id:string>>>',
      [],
    ],
    [
      'one that is its own key, and elsewhere that of another',
      [
        { name: 'url', type: text },
        { name: 'page', type: struct({ name: 'url', key: 'URL', type: text }) },
        {
          name: 'ref',
          type: struct({ name: 'url', key: 'URL', type: text }, { name: 'url_2', key: 'Url', type: text }),
        },
      ],
      { url_2: 'URL', url_2_2: 'Url' },
      'url string, page struct<url_2:string>, ref struct<url_2:string,url_2_2:string>',
      [
        ['page.url', 'url_2'],
        ['ref.url', 'url_2'],
        ['ref.url_2', 'url_2_2'],
      ],
    ],
    [
      'one that Athena does not have',
      [
        { name: 'userId', type: text },
        { name: 'a b', key: 'x', type: text },
      ],
      { userid: 'userId', a_b: 'x' },
      'userid string, a_b string',
      [
        ['userId', 'userid'],
        ['a b', 'a_b'],
      ],
    ],
  ])('has one key for a name: %s', (_, fields, mappings, columns, renamed) => {
    const table = raw(fields)
    expect(table.spec.mappings).toEqual(mappings)
    expect(table.spec.columns.map(({ name, type }) => `${name} ${type}`).join(', ')).toBe(columns)
    expect(table.renamed).toEqual(renamed.map(([column, is]) => ({ column, is })))
  })

  it(`lets the SerDe find every key, and no other (from FLETCHING_SEED=${testSeed})`, () =>
    fuzz(fuzzCases(300), (random) => {
      const fields = randomFields(random, 0)
      const { spec } = raw(fields)
      const row = `struct<${spec.columns.map(({ name, type }) => `${name}:${type}`).join(',')}>`
      const where = JSON.stringify(fields)
      expect(keysOfSerDe(row, spec.mappings ?? {}), where).toBe(keysOfSchema({ kind: 'struct', fields }))
    }))
})

/** The type of a row with the keys that are looked up in it, as the SerDe does it: the mapping of a name, else the name. */
function keysOfSerDe(row: string, mappings: Readonly<Record<string, string>>): string {
  return row.replace(/(?<=[<,])\w+(?=:)/g, (name) => JSON.stringify(mappings[name] ?? name))
}

function keysOfSchema(type: RawType): string {
  if (type.kind === 'list') return `array<${keysOfSchema(type.item)}>`
  if (type.kind !== 'struct') return 'string'
  return `struct<${type.fields.map(({ name, key = name, type }) => `${JSON.stringify(key)}:${keysOfSchema(type)}`).join(',')}>`
}

/** Objects whose names and whose keys differ among themselves. */
function randomFields(random: Random, depth: number): readonly RawField[] {
  const names = ['a', 'b', 'a_2', 'a_2_2', 'b_2'].filter(() => random.below(2) === 0)
  const keys = ['A', 'a', 'b', 'B', 'a_2', 'x y'].filter(() => random.below(3) > 0)
  return names.slice(0, keys.length).map((name, index) => ({ name, key: keys[index], type: randomType(random, depth) }))
}

function randomType(random: Random, depth: number): RawType {
  const choice = random.below(depth > 2 ? 1 : 4)
  if (choice === 1) return { kind: 'list', item: randomType(random, depth + 1) }
  return choice < 2 ? text : struct(...randomFields(random, depth + 1))
}
