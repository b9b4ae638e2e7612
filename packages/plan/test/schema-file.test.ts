import {
  bool,
  category,
  date,
  float64,
  formatSchemaFile,
  id,
  int32,
  int64,
  json,
  list,
  parseSchemaFile,
  schema,
  struct,
  text,
  timestamp,
  withProvenance,
} from '@fletching/plan'
import { expect, it } from 'vitest'

const FILE = `{
  "name": "segment_logs",
  "fields": [
    { "name": "user_id", "key": "userId", "type": "text", "numbers": "text" },
    { "name": "event", "type": "text", "encoding": "dictionary" },
    { "name": "timestamp", "type": "timestamp", "required": true },
    { "name": "properties", "type": "struct", "fields": [
      { "name": "price", "type": "float64", "contract": "discard-value" },
      { "name": "in_stock", "key": "inStock", "type": "bool", "contract": "freeze" },
      { "name": "products", "type": "list", "contract": "discard-row", "item": { "type": "struct", "fields": [
        { "name": "quantity", "type": "int64" },
        { "name": "tags", "type": "list", "item": { "type": "text" } }
      ] } }
    ] },
    { "name": "integrations", "type": "json" }
  ]
}
`

it('reads the columns, keys and contracts of a file', () => {
  const setAside = 'setAside' as const
  const plain = { kind: 'text', numbers: 'unfit', lineBreaks: 'keep', empty: 'keep', otherwise: setAside }
  const words = { ...plain, encoding: 'plain' }
  const optional = { required: false }
  expect(parseSchemaFile(FILE, 'logs.schema.json')).toEqual({
    name: 'segment_logs',
    fields: [
      { name: 'user_id', key: 'userId', type: { ...words, numbers: 'text' }, ...optional },
      { name: 'event', type: { ...plain, encoding: 'dictionary' }, ...optional },
      { name: 'timestamp', type: { kind: 'timestamp', otherwise: setAside }, required: true },
      {
        name: 'properties',
        ...optional,
        type: {
          kind: 'struct',
          otherwise: setAside,
          fields: [
            { name: 'price', type: { kind: 'float64', otherwise: 'null' }, ...optional, contract: 'discard-value' },
            {
              name: 'in_stock',
              key: 'inStock',
              type: { kind: 'bool', otherwise: setAside },
              ...optional,
              contract: 'freeze',
            },
            {
              name: 'products',
              ...optional,
              contract: 'discard-row',
              type: {
                kind: 'list',
                otherwise: setAside,
                item: {
                  kind: 'struct',
                  otherwise: setAside,
                  fields: [
                    { name: 'quantity', type: { kind: 'int64', otherwise: setAside }, ...optional },
                    { name: 'tags', type: { kind: 'list', item: words, otherwise: setAside }, ...optional },
                  ],
                },
              },
            },
          ],
        },
      },
      { name: 'integrations', type: { kind: 'json', otherwise: setAside }, ...optional },
    ],
  })
})

it('writes a schema as the text that gives it again', () => {
  const read = parseSchemaFile(FILE, 'logs.schema.json')
  expect(formatSchemaFile(read)).toBe(FILE)
  expect(parseSchemaFile(formatSchemaFile(read), 'again.json')).toEqual(read)
})

it('gives any schema again that a file can hold (FLETCHING_SEED)', () => {
  const seed = Number(process.env.FLETCHING_SEED ?? 20261126)
  for (let number = seed; number < seed + 300; number++) {
    const written = randomSchema(randomOf(number))
    const read = parseSchemaFile(written, `seed ${number}`)
    expect(parseSchemaFile(formatSchemaFile(read), 'again'), `FLETCHING_SEED=${number}`).toEqual(read)
    expect(formatSchemaFile(parseSchemaFile(formatSchemaFile(read), 'again'))).toBe(formatSchemaFile(read))
  }
})

it('writes what was declared in code, a type that takes another value for none as a contract', () => {
  const declared = schema('declared', {
    a: id(),
    b: category().from('B'),
    c: struct({ d: int64().required(), e: bool() }),
    f: list(float64().contract('freeze')),
    g: json().contract('evolve'),
    h: timestamp({ otherwise: 'null' }),
  })
  expect(formatSchemaFile(declared)).toBe(`{
  "name": "declared",
  "fields": [
    { "name": "a", "type": "text", "numbers": "text", "lineBreaks": "unfit", "empty": "null" },
    { "name": "b", "key": "B", "type": "text", "contract": "discard-value", "empty": "null", "encoding": "dictionary" },
    { "name": "c", "type": "struct", "contract": "discard-value", "fields": [
      { "name": "d", "type": "int64", "required": true },
      { "name": "e", "type": "bool" }
    ] },
    { "name": "f", "type": "list", "contract": "discard-value", "item": { "type": "float64" } },
    { "name": "g", "type": "json" },
    { "name": "h", "type": "timestamp", "contract": "discard-value" }
  ]
}
`)
})

it.each([
  [schema('s', { a: struct({ b: int32() }) }), 'JSON is not read as int32', 'column b of column a of schema s'],
  [schema('s', { a: list(date()) }), 'JSON is not read as date', 'column a of schema s'],
  [
    withProvenance(schema('s', { a: text() })),
    '$file says where a row came from, and is not read from JSON',
    'column $file of schema s',
  ],
])('writes no file of what none can declare', (declared, what, at) => {
  expect(() => formatSchemaFile(declared)).toThrow(
    expect.objectContaining({
      kind: 'author',
      message: `NOT_IN_SCHEMA_FILE: ${what}\n  at ${at}\n  leave it out of the file, and add it in the job`,
    }),
  )
})

const FIELD = 'expected such as { "name": "user_id", "key": "userId", "type": "text" }'
const WHOLE = 'expected { "name": "segment_logs", "fields": […] }, as fletching schema infer writes it'

it.each<[text: string, what: string, at: string, help: string]>([
  ['[]', 'a list where an object is wanted', 'f.json', WHOLE],
  ['{"fields": []}', 'nothing where a name is wanted', 'name of f.json', FIELD],
  [
    '{"name": "s", "feilds": []}',
    'nothing is called "feilds" here',
    'feilds of f.json',
    'did you mean "fields"? expected name, fields',
  ],
  ['{"name": "s", "fields": {}}', 'an object where a list of fields is wanted', 'fields of f.json', FIELD],
  [
    '{"name": "s", "fields": []}',
    'no field',
    'fields of f.json',
    'a schema, and each struct in it, has one field at least',
  ],
  ['{"name": "s", "fields": [7]}', 'a number where an object is wanted', 'fields[0] of f.json', FIELD],
  [fieldOf('"name": "", "type": "text"'), 'an empty name', 'fields[0].name of f.json', FIELD],
  [
    fieldOf('"name": "a", "type": "string"'),
    'nothing is called "string" here',
    'fields[0].type of f.json',
    'expected text, int64, float64, bool, timestamp, json, struct, list',
  ],
  [
    fieldOf('"name": "a", "type": "timestmp"'),
    'nothing is called "timestmp" here',
    'fields[0].type of f.json',
    'did you mean "timestamp"? expected text, int64, float64, bool, timestamp, json, struct, list',
  ],
  [
    fieldOf('"name": "a"'),
    'nothing where a word is wanted',
    'fields[0].type of f.json',
    'expected text, int64, float64, bool, timestamp, json, struct, list',
  ],
  [
    fieldOf('"name": "a", "type": "text", "contract": "frezee"'),
    'nothing is called "frezee" here',
    'fields[0].contract of f.json',
    'did you mean "freeze"? expected evolve, freeze, discard-value, discard-row',
  ],
  [
    fieldOf('"name": "a", "type": "text", "required": "yes"'),
    'a string where true or false is wanted',
    'fields[0].required of f.json',
    'left out, it is false',
  ],
  [
    fieldOf('"name": "a", "type": "text", "key": null'),
    'null where a text is wanted',
    'fields[0].key of f.json',
    'the key as it stands in the JSON of the lines; left out, it is the name',
  ],
  [
    fieldOf('"name": "a", "type": "int64", "numbers": "text"'),
    'the type int64 has no "numbers"',
    'fields[0].numbers of f.json',
    'leave it out',
  ],
  [
    fieldOf('"name": "a", "type": "text", "numbers": true'),
    'a boolean where a word is wanted',
    'fields[0].numbers of f.json',
    'expected unfit, text',
  ],
  [
    fieldOf('"name": "p", "type": "struct", "fields": [{"name": "a", "type": "text"}, {"name": "a", "type": "json"}]'),
    'a second "a"',
    'fields[0].fields[1].name of f.json',
    'names differ within one object',
  ],
  [
    fieldOf('"name": "a", "type": "text", "n\\u0061me": "b"'),
    'a key that stands there twice',
    'fields[0].name of f.json',
    'leave one out, since the last alone would count',
  ],
  [fieldOf('"name": "p", "type": "list"'), 'nothing where an object is wanted', 'fields[0].item of f.json', FIELD],
  [
    fieldOf('"name": "p", "type": "list", "item": {"name": "x", "type": "text"}'),
    'nothing is called "name" here',
    'fields[0].item.name of f.json',
    'expected type, numbers, lineBreaks, empty, encoding, fields, item',
  ],
  [
    fieldOf(
      '"name": "p", "type": "list", "item": {"type": "struct", "fields": [{"name": "a", "type": "text", "required": true}]}',
    ),
    'a required field of the items of a list',
    'fields[0].item.fields[0].required of f.json',
    'nothing holds it there: leave it out',
  ],
])('says where %s is wrong', (content, what, at, help) => {
  expect(() => parseSchemaFile(content, 'f.json')).toThrow(
    expect.objectContaining({ kind: 'author', message: `BAD_SCHEMA_FILE: ${what}\n  at ${at}\n  ${help}` }),
  )
})

it.each([256, 5000])('refuses types %i deep, of structs or of lists', (depth) => {
  const below = depth - 1
  const structs = `${'{"name": "a", "type": "struct", "fields": ['.repeat(below)}{"name": "a", "type": "text"}${']}'.repeat(below)}`
  const lists = `{"name": "a", "type": "list", "item": ${'{"type": "list", "item": '.repeat(below - 1)}{"type": "text"}${'}'.repeat(below)}`
  for (const field of [structs, lists]) {
    expect(() => parseSchemaFile(`{"name": "s", "fields": [${field}]}`, 'f.json')).toThrow(
      expect.objectContaining({
        kind: 'author',
        message: `BAD_SCHEMA_FILE: columns nested more than 255 deep
  at f.json
  give what lies deeper the type json, which holds it as text`,
      }),
    )
  }
})

it('says that a file is no JSON', () => {
  expect(() => parseSchemaFile('{', 'f.json')).toThrow(
    expect.objectContaining({
      kind: 'author',
      code: 'BAD_SCHEMA_FILE',
      what: expect.stringMatching(/^the file is no JSON: /),
      at: ['f.json'],
      help: [WHOLE],
    }),
  )
})

function fieldOf(field: string): string {
  return `{"name": "s", "fields": [{${field}}]}`
}

type Random = (below: number) => number

/** A small generator of numbers that depends on its seed alone (mulberry32). */
function randomOf(seed: number): Random {
  let state = seed
  return (below) => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296) * below)
  }
}

function randomSchema(random: Random): string {
  return JSON.stringify({ name: 'random', fields: randomFields(random, 0, false) })
}

function randomFields(random: Random, depth: number, isInList: boolean): object[] {
  return Array.from({ length: 1 + random(4) }, (_, number) => ({
    name: `f${number}`,
    ...(random(3) === 0 ? { key: ['', 'a "key"', 'f0', 'schlüssel'][random(4)] } : {}),
    ...(random(2) === 0 ? { contract: ['evolve', 'freeze', 'discard-value', 'discard-row'][random(4)] } : {}),
    ...(!isInList && random(3) === 0 ? { required: random(2) === 0 } : {}),
    ...randomType(random, depth, isInList),
  }))
}

function randomType(random: Random, depth: number, isInList: boolean): object {
  const type = ['text', 'int64', 'float64', 'bool', 'timestamp', 'json', 'struct', 'list'][random(depth > 3 ? 6 : 8)]
  if (type === 'struct') return { type, fields: randomFields(random, depth + 1, isInList) }
  if (type === 'list') return { type, item: randomType(random, depth + 1, true) }
  if (type !== 'text' || random(2) === 0) return { type }
  return { type, numbers: ['unfit', 'text'][random(2)], empty: ['keep', 'null'][random(2)] }
}
