import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { type Field, type FieldType, formatSchemaFile, keyOf, parseSchemaFile, type Schema } from '@fletching/plan'
import { fuzz, fuzzCases, inFolder, membersOf, type Random, testSeed } from '@fletching/testing'
import { describe, expect, it } from 'vitest'
import { type InferOptions, type Inferred, inferSchema } from '../src/infer.ts'

function infer(lines: readonly string[], options: InferOptions = {}): Promise<Inferred> {
  return inFolder(async (folder) => {
    await writeFile(join(folder, 'events.json'), lines.join('\n'))
    return inferSchema([join(folder, 'events.json')], options)
  })
}

/** A schema in a line: `user_id=userId text, at timestamp`, where a key is told that is not the name. */
function inLine(fields: readonly Field[]): string {
  const one = ({ name, key, type, contract }: Field) =>
    `${name}${key === undefined ? '' : `=${key}`} ${typeInLine(type)}${contract === undefined ? '' : ` ${contract}`}`
  return fields.map(one).join(', ')
}

function typeInLine(type: FieldType): string {
  if (type.kind === 'list') return `[${typeInLine(type.item)}]`
  if (type.kind === 'struct') return `{${inLine(type.fields)}}`
  return type.kind === 'text' && type.numbers === 'text' ? 'numbers' : type.kind
}

/** Values of one key, a line each. */
const values = (...texts: readonly string[]) => texts.map((text) => `{"a":${text}}`)

describe('the type of values', () => {
  it.each<[string, readonly string[], string]>([
    ['texts', ['"x"', '""', '"1"'], 'text'],
    ['truth values', ['true', 'false', 'null'], 'bool'],
    ['whole numbers', ['0', '-1', '9223372036854775807', '-9223372036854775808'], 'int64'],
    ['one beyond 64 bits', ['1', '9223372036854775808'], 'numbers'],
    ['one beyond 64 bits that a double holds', ['1', '1e19', '10000000000000000000'], 'float64'],
    ['minus zero, which 64 bits do not have', ['-0'], 'float64'],
    ['a whole number with a point', ['1.0'], 'float64'],
    ['a whole number with an exponent', ['1e3'], 'float64'],
    ['fractions', ['0.1', '-1.50', '1E-7', '0.000', '1e+2'], 'float64'],
    ['a fraction with more digits than a double', ['0.1234567890123456789'], 'numbers'],
    ['one that is zero to a double', ['1e-400'], 'numbers'],
    ['one that is no number to a double', ['1e400'], 'numbers'],
    ['zero times anything', ['0e999', '0.0e-999'], 'float64'],
    ['whole numbers and fractions', ['1', '2.5'], 'float64'],
    ['a long whole number and a fraction', ['9007199254740993', '2.5'], 'numbers'],
    ['the last whole number of a double, and a fraction', ['9007199254740992', '2.5'], 'float64'],
    ['texts and numbers', ['"x"', '1'], 'numbers'],
    ['moments and numbers', ['"2019-05-18T14:03:22Z"', '1'], 'numbers'],
    ['truth values and numbers', ['true', '1'], 'json'],
    ['truth values and texts', ['true', '"true"'], 'json'],
    ['objects and texts', ['{"b":1}', '"x"'], 'json'],
    ['lists and objects', ['[1]', '{"b":1}'], 'json'],
    ['moments', ['"2019-05-18T14:03:22.129Z"', '"2019-05-18t14:03:22+02:00"', '"2019-05-18T14:03:22.1z"'], 'timestamp'],
    ['a moment with escapes', [String.raw`"2019-05-18\u005414:03:22\u005A"`], 'timestamp'],
    ['moments and nulls', ['"2019-05-18T14:03:22Z"', 'null'], 'timestamp'],
    ['a moment of microseconds', ['"2019-05-18T14:03:22Z"', '"2019-05-18T14:03:22.129000Z"'], 'text'],
    ['a moment without a zone', ['"2019-05-18T14:03:22"'], 'text'],
    ['a zone without a colon', ['"2019-05-18T14:03:22+0200"'], 'text'],
    ['a moment without seconds', ['"2019-05-18T14:03Z"'], 'text'],
    ['a moment with a blank', ['"2019-05-18 14:03:22Z"'], 'text'],
    ['a day', ['"2019-05-18"'], 'text'],
    ['30 February', ['"2019-02-30T14:03:22Z"'], 'text'],
    ['a leap second, which would be the next', ['"2016-12-31T23:59:60Z"'], 'text'],
    ['an empty text among moments', ['"2019-05-18T14:03:22Z"', '""'], 'text'],
    ['lists', ['[1,2]', '[]', '[null]'], '[int64]'],
    ['lists of several kinds', ['[1]', '["x"]', '[true]'], '[json]'],
    ['lists of lists', ['[[1],[2.5]]', '[[]]'], '[[float64]]'],
    ['lists of objects', ['[{"b":1},{"c":"x"}]', '[{"b":2.5}]'], '[{b float64, c text}]'],
    ['lists that are always empty', ['[]', '[null]'], 'json'],
    ['objects', ['{"b":1}', '{"C":true,"b":2}', 'null'], '{b int64, c=C bool}'],
    ['objects that are always empty', ['{}', '{"b":null}'], 'json'],
    ['objects in objects', ['{"b":{"c":{"d":1}}}'], '{b {c {d int64}}}'],
  ])('%s', async (_, texts, expected) => {
    expect(inLine((await infer(values(...texts))).schema.fields)).toBe(`a ${expected}`)
  })
})

describe('the fields', () => {
  it.each<[string, readonly string[], string]>([
    ['come as their keys first do', ['{"b":1}', '{"a":1,"b":2}', '{"c":1}'], 'b int64, a int64, c int64'],
    [
      'have names of Athena',
      ['{"userId":1,"URLPath":2,"Invited User?":3,"2nd":4,"_id":5,"sentAt2":6,"日本":7}'],
      'user_id=userId int64, url_path=URLPath int64, invited_user=Invited User? int64, c_2nd=2nd int64, id=_id int64, sent_at2=sentAt2 int64, column_7=日本 int64',
    ],
    [
      'have different names',
      ['{"URL":1,"url":2,"Url":3,"x":{"URL":1,"url":2}}'],
      'url=URL int64, url_2=url int64, url_3=Url int64, x {url=URL int64, url_2=url int64}',
    ],
    ['may have an empty key', ['{"":1}'], 'column_1= int64'],
    ['have keys without escapes', [String.raw`{"user\u0049d":1}`, '{"userId":2}'], 'user_id=userId int64'],
    ['leave out what never has a value', ['{"a":null,"b":1}', '{"a":null,"c":{"d":null}}'], 'b int64, c json'],
    [
      'know the last of repeated keys alone',
      ['{"a":"x","a":1}', '{"b":{"c":true},"b":{"d":2}}', '{"e":{"f":1},"e":2,"e":{"f":{"g":1}}}'],
      'a int64, b {d int64}, e {f {g int64}}',
    ],
    ['tell a repeated key from that of the next object', ['{"a":[{"b":1},{"b":"x"}]}'], 'a [{b numbers}]'],
  ])('%s', async (_, lines, expected) => {
    expect(inLine((await infer(lines)).schema.fields)).toBe(expected)
  })

  it.each<[string, InferOptions, readonly string[], string]>([
    [
      'of objects that have too many',
      { objectFieldsMax: 2 },
      ['{"a":{"b":1,"c":2},"d":{"b":1}}', '{"d":{"c":2,"e":3}}'],
      'a {b int64, c int64}, d json',
    ],
    ['of lists of such objects', { objectFieldsMax: 2 }, ['{"a":[{"b":1},{"c":2},{"d":3}]}'], 'a [json]'],
    ['but not of the events', { objectFieldsMax: 2 }, ['{"a":1,"b":2,"c":3}'], 'a int64, b int64, c int64'],
    [
      'of the widest object where there are too many in all',
      { fieldsMax: 6 },
      ['{"a":{"b":1},"c":{"d":1,"e":2},"f":3}', '{"a":{"g":1}}'],
      'a {b int64, g int64}, c json, f int64',
    ],
    [
      'of an object that is being walked',
      { fieldsMax: 4 },
      ['{"a":{"b":{"c":1},"d":{"e":1},"f":1,"g":2}}', '{"h":1}'],
      'a json, h int64',
    ],
    [
      'of what is too deep',
      { structDepthMax: 2 },
      ['{"a":{"b":1,"c":{"d":1},"e":[1]}}', '{"f":[[1]]}'],
      'a {b int64, c json, e json}, f [json]',
    ],
  ])('become JSON text, %s', async (_, options, lines, expected) => {
    expect(inLine((await infer(lines, options)).schema.fields)).toBe(expected)
  })
})

it.each([
  ['[', ']'],
  ['{"a":', '}'],
])('goes no deeper than a schema file may, in %s, whatever is asked for', async (open, close) => {
  const line = `{"a":${open.repeat(900)}1${close.repeat(900)}}`
  const { schema } = await infer([line], { structDepthMax: 2000 })
  expect(parseSchemaFile(formatSchemaFile(schema), 'deep.schema.json')).toEqual(schema)
  expect(
    inLine(schema.fields)
      .replaceAll(/[^a-z0-9 ]/g, '')
      .endsWith('json'),
  ).toBe(true)
})

it('leaves out and counts lines that are too long', async () => {
  const lines = ['{"a":1}', '{"a":"long"}', '{"a":2}']
  const { rows, malformed } = await infer(lines, { lineBytesMax: 8 })
  const first = { object: expect.stringMatching(/events\.json$/), line: 2, byteOffset: 8 }
  expect([rows, malformed]).toEqual([2, { LINE_TOO_LONG: { count: 1, first } }])
})

describe('lines that are nested too deep', () => {
  const lines = ['{"a":{"b":1}}', '{"a":{"c":[]}}', '{"a":{"b":"[{"}}']

  it('are left out and counted', async () => {
    const { rows, malformed, schema } = await infer(lines, { depthMax: 2 })
    expect([rows, inLine(schema.fields)]).toEqual([2, 'a {b numbers}'])
    expect(malformed).toEqual({
      TOO_DEEP: { count: 1, first: { object: expect.stringMatching(/events\.json$/), line: 2, byteOffset: 14 } },
    })
  })

  it.each([0, 1001])('are none by a limit of %d', (depthMax) =>
    expect(infer(lines, { depthMax })).rejects.toThrow(
      `BAD_OPTION: lines cannot be limited to a depth of ${depthMax}
  --max-depth takes a whole number from 1 to 1000`,
    ),
  )
})

describe('a schema that is there', () => {
  const old = (fields: string) => parseSchemaFile(`{"name":"logs","fields":[${fields}]}`, 'logs.schema.json')
  const a = (type: string, contract = 'evolve') => old(`{"name":"a",${type},"contract":"${contract}"}`)

  it.each<[string, string, readonly string[], string, readonly string[]]>([
    ['the same', '"type":"int64"', ['1', 'null'], 'int64', []],
    [
      'whole numbers, then a fraction: 64 bits may hold more than a double',
      '"type":"int64"',
      ['2.5'],
      'numbers',
      ['~ a int64 → text with numbers as text'],
    ],
    ['whole numbers, then texts', '"type":"int64"', ['"x"'], 'numbers', ['~ a int64 → text with numbers as text']],
    ['fractions, then whole numbers', '"type":"float64"', ['1'], 'float64', []],
    [
      'fractions, then a long whole number',
      '"type":"float64"',
      ['9007199254740993'],
      'numbers',
      ['~ a float64 → text with numbers as text'],
    ],
    ['moments, then texts', '"type":"timestamp"', ['"x"'], 'text', ['~ a timestamp → text']],
    ['texts, then moments', '"type":"text"', ['"2019-05-18T14:03:22Z"'], 'text', []],
    [
      'texts, then numbers',
      '"type":"text","encoding":"dictionary"',
      ['1'],
      'numbers',
      ['~ a text → text with numbers as text'],
    ],
    ['numbers as texts', '"type":"text","numbers":"text"', ['1', '"x"'], 'numbers', []],
    ['truth values, then numbers', '"type":"bool"', ['1'], 'json', ['~ a bool → json']],
    ['JSON text', '"type":"json"', ['1', '{"b":1}'], 'json', []],
    [
      'an object that grows',
      '"type":"struct","fields":[{"name":"b","type":"int64"}]',
      ['{"C":true}'],
      '{b int64, c=C bool}',
      ['+ a.c bool'],
    ],
    [
      'an object, then a list',
      '"type":"struct","fields":[{"name":"b","type":"int64"}]',
      ['[1]'],
      'json',
      ['~ a struct → json'],
    ],
    [
      'a list that grows',
      '"type":"list","item":{"type":"struct","fields":[{"name":"b","type":"int64"}]}',
      ['[{"c":{"d":1},"b":true}]'],
      '[{b json, c {d int64}}]',
      ['~ a[].b int64 → json', '+ a[].c struct'],
    ],
    [
      'a list of other items',
      '"type":"list","item":{"type":"int64"}',
      ['["x"]'],
      '[numbers]',
      ['~ a[] int64 → text with numbers as text'],
    ],
  ])('%s', async (_, type, texts, expected, changes) => {
    const inferred = await infer(values(...texts), { into: a(type) })
    expect(inLine(inferred.schema.fields)).toBe(`a ${expected}`)
    expect(
      inferred.changes.map(({ column, was, is }) =>
        was === undefined ? `+ ${column} ${is}` : `~ ${column} ${was} → ${is}`,
      ),
    ).toEqual(changes)
    expect(inferred.frozen).toEqual([])
  })

  it('keeps its name, its names and their order', async () => {
    const into = old('{"name":"when","key":"timestamp","type":"text","required":true},{"name":"user_id","type":"text"}')
    const { schema } = await infer(['{"userId":"u","timestamp":"x","When":1}'], { into, name: 'others' })
    expect(schema.name).toBe('logs')
    expect(inLine(schema.fields)).toBe('when=timestamp text, user_id text, user_id_2=userId text, when_2=When int64')
    expect(schema.fields[0].required).toBe(true)
  })

  const STRUCT = '"type":"struct","fields":[{"name":"b","type":"int64"}]'
  const LIST = `"type":"list","item":{${STRUCT}}`

  it.each<[string, string, readonly string[], string]>([
    ['another type', '"type":"int64"', ['1', '2.5'], 'a: int64 would be text with numbers as text at line 2, byte 13'],
    ['another kind', STRUCT, ['"x"'], 'a: struct would be json at line 1, byte 5'],
    ['a new field', STRUCT, ['{"b":1}', '{"C":[1]}'], 'a.c: new, list of int64 at line 2, byte 24'],
    ['a new field of an item', LIST, ['[{"b":1},{"C":1}]'], 'a[].c: new, int64 at line 1, byte 19'],
    ['another item', '"type":"list","item":{"type":"int64"}', ['[true]'], 'a[]: int64 would be json at line 1, byte 6'],
  ])('that is frozen forbids %s', async (_, type, texts, expected) => {
    const into = a(type, 'freeze')
    const { frozen, changes } = await infer(values(...texts), { into })
    expect(changes).toEqual([])
    const told = frozen.map(({ column, was, is, first: { line, byteOffset } }) => {
      return `${column}: ${was === undefined ? `new, ${is}` : `${was} would be ${is}`} at line ${line}, byte ${byteOffset}`
    })
    expect(told).toEqual([expected])
  })

  it.each(['discard-value', 'discard-row'])('stays as it is under %s', async (contract) => {
    for (const [type, text] of [
      ['"type":"int64"', '"x"'],
      [STRUCT, '{"c":1}'],
      [STRUCT, '1'],
      [LIST, '[{"c":1},7]'],
    ]) {
      const into = a(type, contract)
      const { schema, changes, frozen } = await infer(values(text), { into })
      expect([schema.fields, changes, frozen]).toEqual([into.fields, [], []])
    }
  })

  it('lets a field in a frozen object evolve, where the field itself is not frozen', async () => {
    const { schema, frozen } = await infer(values('{"b":true}'), { into: a(STRUCT, 'freeze') })
    expect([inLine(schema.fields), frozen]).toEqual(['a {b json} freeze', []])
  })

  it('has fields that count towards no limit', async () => {
    const { schema } = await infer(values('{"b":1,"c":2,"d":3}'), { into: a(STRUCT), fieldsMax: 2, objectFieldsMax: 2 })
    expect(inLine(schema.fields)).toBe('a {b int64, c int64, d int64}')
  })
})

describe('the evidence', () => {
  it('tells for each path what stood there, where first, and why it is what it is', async () => {
    const lines = [
      '\ufeff{"userId":"u","x":[1,"a"]}',
      '',
      '{"userId":null,"n":null}',
      'secret',
      '{"x":[true]',
      '{"p":{"q":"2019-05-18T14:03:22Z"}}',
    ]
    const { rows, objects, malformed, evidence } = await infer(lines)
    const at = (line: number, byteOffset: number) => ({
      object: expect.stringMatching(/events\.json$/),
      line,
      byteOffset,
    })
    expect([rows, objects]).toEqual([3, 1])
    expect(malformed).toEqual({
      UNEXPECTED: { count: 1, first: at(4, 56) },
      UNFINISHED: { count: 1, first: at(5, 63) },
    })
    expect(evidence).toEqual([
      {
        path: 'userId',
        column: 'user_id',
        present: 2,
        null: 1,
        missing: 1,
        kinds: { text: { count: 1, first: at(1, 13) } },
        type: 'text',
        why: 'texts',
      },
      {
        path: 'x',
        column: 'x',
        present: 1,
        null: 0,
        missing: 2,
        kinds: { list: { count: 1, first: at(1, 21) } },
        type: 'list of text with numbers as text',
        why: 'lists',
      },
      {
        path: 'x[]',
        column: 'x[]',
        present: 2,
        null: 0,
        missing: 0,
        kinds: { text: { count: 1, first: at(1, 24) }, int64: { count: 1, first: at(1, 22) } },
        type: 'text with numbers as text',
        why: 'texts and numbers',
      },
      { path: 'n', column: null, present: 1, null: 1, missing: 2, kinds: {}, type: null, why: 'never a value' },
      {
        path: 'p',
        column: 'p',
        present: 1,
        null: 0,
        missing: 2,
        kinds: { object: { count: 1, first: at(6, 80) } },
        type: 'struct',
        why: 'objects',
      },
      {
        path: 'p.q',
        column: 'p.q',
        present: 1,
        null: 0,
        missing: 0,
        kinds: { moment: { count: 1, first: at(6, 85) } },
        type: 'timestamp',
        why: 'moments with a zone, of milliseconds at most',
      },
    ])
  })

  it('comes in one order whatever lies where', () =>
    inFolder(async (folder) => {
      await writeFile(join(folder, 'b.gz'), gzipSync('{"b":1}'))
      await writeFile(join(folder, 'a.json'), '{"a":1}\n{"b":2}\n{"c":3}')
      const schemaOf = async (options: InferOptions) => inLine((await inferSchema([folder], options)).schema.fields)
      expect(await schemaOf({})).toBe('a int64, b int64, c int64')
      expect(await schemaOf({ rowsMax: 2 })).toBe('a int64, b int64')
      expect(await schemaOf({ exclude: ['a*'] })).toBe('b int64')
      expect(inLine((await inferSchema([join(folder, 'b.gz'), folder], { filesMax: 2 })).schema.fields)).toBe(
        'b int64, a int64, c int64',
      )
    }))
})

describe('events that make no schema', () => {
  it.each<[string, readonly string[], InferOptions, string]>([
    [
      'are none',
      ['secret', '[1]'],
      {},
      `NO_EVENTS: no line is a JSON object, of 2 that hold something
  at PLACE
  expected NDJSON: one JSON object a line, with values`,
    ],
    [
      'are nothing',
      [''],
      {},
      `NO_EVENTS: no line is a JSON object
  at PLACE
  expected NDJSON: one JSON object a line, with values`,
    ],
    [
      'have too many keys',
      ['{"a":1,"b":2,"c":{}}'],
      { fieldsMax: 2 },
      `TOO_MANY_FIELDS: the events have more than 2 different keys
  at PLACE
  if they are columns, give --max-fields; keys that are ids belong into an object of their own`,
    ],
    [
      'are Parquet',
      ['PAR1'],
      {},
      `NOT_NDJSON: a Parquet file has a schema of its own
  at PLACE
  fletching schema prints it`,
    ],
    [
      'have no value at all',
      ['{"a":null}'],
      {},
      `NO_EVENTS: no key of 1 event has a value
  at PLACE
  expected NDJSON: one JSON object a line, with values`,
    ],
  ])('%s', async (_, lines, options, message) => {
    const told = await infer(lines, options).then(
      () => 'none',
      ({ message }: Error) => message.replace(/at \S*events\.json/, 'at PLACE'),
    )
    expect(told).toBe(message)
  })
})

describe(`random events (from FLETCHING_SEED=${testSeed})`, () => {
  it('fit the schema that was inferred of them, and the file of it', () =>
    fuzz(fuzzCases(300), async (random) => {
      const lines = randomLines(random)
      const { schema } = await infer(lines)
      for (const line of lines) expect(misfit(schema.fields, line), line).toBeUndefined()
      const text = formatSchemaFile(schema)
      expect(formatSchemaFile(parseSchemaFile(text, 'file'))).toBe(text)
    }))

  it('fit a schema to which others were added, and change it once', () =>
    fuzz(fuzzCases(300), async (random) => {
      const [a, b] = [randomLines(random), randomLines(random)]
      const { schema: old } = await infer(a)
      const { schema, changes } = await infer(b, { into: old })
      for (const line of [...a, ...b]) expect(misfit(schema.fields, line), line).toBeUndefined()
      expect(schema.fields.slice(0, old.fields.length).map(({ name }) => name)).toEqual(
        old.fields.map(({ name }) => name),
      )
      expect(changes.length === 0).toBe(formatSchemaFile(schema) === formatSchemaFile(old))
      const again = await infer([...b, ...a], { into: schema })
      expect(again.changes).toEqual([])
      expect(again.schema).toEqual(schema)
    }))

  it('change nothing that a contract keeps', () =>
    fuzz(fuzzCases(100), async (random) => {
      const { schema } = await infer(randomLines(random))
      const contract = random.pick(['freeze', 'discard-value', 'discard-row'] as const)
      const kept: Schema = { name: 'kept', fields: schema.fields.map((field) => ({ ...field, contract })) }
      const joined = await infer(randomLines(random), { into: kept })
      for (const [n, { type }] of kept.fields.entries()) {
        const own = joined.schema.fields[n].type
        if (type.kind === 'struct') expect(own.kind).toBe('struct')
        else if (type.kind !== 'list') expect(own).toEqual(type)
      }
    }))
})

function randomLines(random: Random): readonly string[] {
  const value = (depth: number): string => {
    const choice = random.below(10)
    if (choice < 6 || depth > 4) return random.pick(SCALARS)
    if (choice < 8) return `[${Array.from({ length: random.below(3) }, () => value(depth + 1)).join(',')}]`
    return object(depth + 1)
  }
  const object = (depth: number): string =>
    `{${Array.from({ length: random.below(4) }, () => `${random.pick(KEYS)}:${value(depth)}`).join(', ')}}`
  // With a value in one line at least, there is a schema.
  return ['{"id":1}', ...Array.from({ length: random.below(12) }, () => object(1))]
}

const KEYS = ['"a"', '"A"', '"a_2"', '"b"', '"userId"', String.raw`"user\u0049d"`, '"x y"', '""', '"日本"'] as const
const SCALARS = [
  'null',
  'true',
  'false',
  '""',
  '"x"',
  '0',
  '-0',
  '7',
  '-12',
  '2.5',
  '1e3',
  '1E-7',
  '0.1',
  '1e400',
  '123456789012345678901',
  '9007199254740993',
  '9223372036854775807',
  '9223372036854775808',
  '0.12345678901234567',
  '"2019-05-18T14:03:22.129Z"',
  '"2019-05-18T14:03:22+02:00"',
  '"2019-05-18"',
  '"2019-05-18T14:03:22.1234Z"',
  '"2016-12-31T23:59:60Z"',
] as const

/** The first value of a line that a schema does not hold, by the text in which it is written; the oracle. */
function misfit(fields: readonly Field[], text: string): string | undefined {
  for (const [key, value] of membersOf(text) ?? []) {
    const field = fields.find((field) => keyOf(field) === key)
    const found = field === undefined ? (value === 'null' ? undefined : value) : misfitOf(field.type, value)
    if (found !== undefined) return `${key}: ${found}`
  }
  return undefined
}

function misfitOf(type: FieldType, text: string): string | undefined {
  if (text === 'null') return undefined
  const isNumber = /^[-\d]/.test(text)
  switch (type.kind) {
    case 'json':
      return undefined
    case 'bool':
      return text === 'true' || text === 'false' ? undefined : text
    case 'text':
      return text.startsWith('"') || (isNumber && type.numbers === 'text') ? undefined : text
    case 'int64':
      return /^(0|-?[1-9]\d*)$/.test(text) && BigInt.asIntN(64, BigInt(text)) === BigInt(text) ? undefined : text
    case 'float64':
      return isNumber && Number.isFinite(Number(text)) && sameNumber(text, String(Number(text))) ? undefined : text
    case 'timestamp':
      return text.startsWith('"') && isMoment(JSON.parse(text) as string) ? undefined : text
    case 'struct':
      return text.startsWith('{') ? misfit(type.fields, text) : text
    case 'list':
      return text.startsWith('[')
        ? itemsOf(text)
            .map((item) => misfitOf(type.item, item))
            .find((found) => found !== undefined)
        : text
    default:
      return text
  }
}

/** By whole numbers alone: both times the same power of ten. */
function sameNumber(left: string, right: string): boolean {
  const [[a, x], [b, y]] = [left, right].map((text) => {
    const [, whole, fraction = '', exponent = '0'] = /^(-?\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(
      text,
    ) as RegExpExecArray
    return [BigInt(whole + fraction), Number(exponent) - fraction.length] as const
  })
  const least = Math.min(x, y)
  return a * 10n ** BigInt(x - least) === b * 10n ** BigInt(y - least)
}

/** RFC 3339 lets T and Z be small letters, which `Date` does not. */
function isMoment(text: string): boolean {
  return (
    /^\d{4}-\d\d-\d\dT\d\d:\d\d:[0-5]\d(\.\d{1,3})?(Z|[+-]\d\d:\d\d)$/i.test(text) &&
    !Number.isNaN(new Date(text.toUpperCase()).getTime())
  )
}

/** The items of a list by their texts: a comma within no bracket and no text parts them. */
function itemsOf(text: string): readonly string[] {
  const items: string[] = []
  let depth = 0
  let item = ''
  for (const [token] of text.slice(1, -1).matchAll(/"(?:[^"\\]|\\.)*"|[^"]/g)) {
    if (token === '[' || token === '{') depth++
    if (token === ']' || token === '}') depth--
    if (token === ',' && depth === 0) items.push(item)
    item = token === ',' && depth === 0 ? '' : item + token
  }
  return item.trim() === '' ? items : [...items, item].map((own) => own.trim())
}

const corpus = process.env.FLETCHING_CORPUS

describe.skipIf(corpus === undefined)('real events (FLETCHING_CORPUS)', () => {
  it('of RudderStack fit the schema that was inferred of them', async () => {
    const place = join(corpus ?? '', 'events-rudderstack', 'rudder-transformer-events.ndjson.gz')
    const { schema, rows, evidence } = await inferSchema([place])
    expect(rows).toBe(1345)
    const types = Object.fromEntries(evidence.map(({ path, type }) => [path, type]))
    expect(types).toMatchObject({
      messageId: 'text',
      originalTimestamp: 'text',
      originaltimestamp: 'timestamp',
      properties: 'json',
      'context.screen.density': 'float64',
      'context.library.version': 'text',
    })
    for (const line of gunzipSync(await readFile(place))
      .toString()
      .split('\n')) {
      if (line !== '') expect(misfit(schema.fields, line)).toBeUndefined()
    }
  })
})
