import type { ScanColumn, ScanOperator, ScanPredicate, ScanType } from '@fletching/ndjson'
import { describe, expect, it } from 'vitest'
import { column, decode, ID, interactions, listOf, structOf, TEXT } from './events.ts'

/** The value of one column, of one line that has these members. */
function value(members: string, type: ScanType = TEXT, path = 'v', options = {}) {
  const { rows, unfit, malformed } = decode(`{${members}}`, { columns: [column(path, type, options)], steps: [] })
  expect(malformed).toEqual([])
  return unfit.length > 0 ? `${unfit[0].code}: ${String(rows[0][path])}` : rows[0][path]
}

describe('texts', () => {
  it.each([
    ['"v":"x"', 'x'],
    ['"v":""', ''],
    ['"v":"a\\"\\\\\\/\\b\\f\\n\\r\\tb"', 'a"\\/\b\f\n\r\tb'],
    ['"v":"\\u00e9\\u20ac\\ud83d\\ude00"', 'é€😀'],
    ['"v":"é€😀"', 'é€😀'],
    ['"v":"\\ud83d"', '\ufffd'],
    ['"v":"\\ude00\\ud83dx"', '\ufffd\ufffdx'],
    ['"v":"\\ud83d\\ud83d\\ude00"', '\ufffd😀'],
    ['"v":"\\u0000"', '\0'],
    ['"v":null', null],
    ['', null],
    ['"v":1', 'NOT_TEXT: 1'],
    ['"v":true', 'NOT_TEXT: true'],
    ['"v":{"a":[1]}', 'NOT_TEXT: {"a":[1]}'],
    ['"v":[ 1 ]', 'NOT_TEXT: [ 1 ]'],
  ])('of %s', (members, expected) => expect(value(members)).toBe(expected))

  it.each([
    ['"v":12345678901234567890', '12345678901234567890'],
    ['"v":1.0', '1.0'],
    ['"v":-0', '-0'],
    ['"v":1e400', '1e400'],
    ['"v":019', undefined],
    ['"v":"019"', '019'],
    ['"v":""', null],
    ['"v":"\\u0001"', '\u0001'],
    ['"v":"a\\nb"', 'LINE_BREAK_IN_TEXT: a\\nb'],
    ['"v":"a\\u000db"', 'LINE_BREAK_IN_TEXT: a\\u000db'],
    ['"v":false', 'NOT_TEXT: false'],
  ])('that are ids, of %s', (members, expected) => {
    if (expected !== undefined) expect(value(members, ID)).toBe(expected)
    else expect(decode(`{${members}}`).malformed).toHaveLength(1)
  })

  it('that are changed in a line that is set aside are not counted', () => {
    const columns = [column('v', ID), column('t', { kind: 'timestamp' }, { required: true })]
    const { counts, unfit } = decode('{"v":7,"t":"never"}\n{"v":7,"t":"2019-05-18"}\n{"v":7}', { columns, steps: [] })
    expect(unfit.map(({ code }) => code)).toEqual(['NOT_A_TIMESTAMP', 'MISSING'])
    expect(counts.converted).toEqual({ 'v: number as text': 1 })
  })

  it('of another type are null where the column says so', () => {
    expect(value('"v":[1]', TEXT, 'v', { unfit: 'null' })).toBeNull()
    expect(value('"v":[1]', TEXT, 'v', { unfit: 'null', required: true })).toBe('MISSING: null')
  })

  it('that are changed are counted', () => {
    const lines = [
      '{"v":7}',
      '{"v":"\\ud800"}',
      '{"v":"\\u0001"}',
      `{"v":"${'é'.repeat(257)}"}`,
      `{"v":"${'é'.repeat(256)}"}`,
    ]
    const { counts } = decode(lines.join('\n'), { columns: [column('v', ID)], steps: [] })
    expect(counts.converted).toEqual({
      'v: number as text': 1,
      'v: lone surrogate replaced': 1,
      'v: control character kept': 1,
      'v: over 256 characters': 1,
    })
  })
})

describe('paths', () => {
  it.each([
    ['"p":{"v":"x"}', 'x'],
    ['"p":{"w":1,"v":"x"},"v":"y"', 'x'],
    ['"v":"y"', null],
    ['"p.v":"y"', null],
    ['"p":"v"', null],
    ['"p":null', null],
    ['"p":[{"v":"y"}]', null],
    ['"p":{"q":{"v":"y"}}', null],
    ['"q":{"p":{"v":"y"}}', null],
    ['"q":"\\"p\\":{\\"v\\":\\"y\\"}"', null],
    ['"p":{"v":"x"},"p":{"v":"y"}', 'y'],
    ['"p":{"v":"x"},"p":{"w":"y"}', null],
    ['"p":{"v":"x"},"p":1', null],
    ['"p":1,"p":{"v":"x"}', 'x'],
    ['"p":{"v":"x","v":"y"}', 'y'],
    ['"p":{"v":{"a":1},"v":"y"}', 'y'],
    ['"\\u0070":{"\\u0076":"x"}', 'x'],
    ['"p":{"v":"x"},"\\u0070":{}', null],
    [' "p" : { "v" :\t"x" } ', 'x'],
    ['"p":{"vv":"y"}', null],
    ['"P":{"v":"y"}', null],
  ])('of %s', (members, expected) => expect(value(members, TEXT, 'p.v')).toBe(expected))

  it.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty'])('may be %s, and inherit nothing', (name) => {
    expect(value('"x":1', TEXT, 'v', { path: [name] })).toBeNull()
    expect(value(`"${name}":"x"`, TEXT, 'v', { path: [name] })).toBe('x')
    expect(({} as Record<string, unknown>).x).toBeUndefined()
  })

  it('may hold dots and blanks when they are given as names', () => {
    const columns = [
      { ...column('a.b', TEXT), path: ['a.b'] },
      { ...column('c', TEXT), path: ['Invited User?'] },
    ]
    expect(decode('{"a":{"b":"x"},"a.b":"y","Invited User?":"z"}', { columns, steps: [] }).rows).toEqual([
      { 'a.b': 'y', c: 'z' },
    ])
  })

  it('may lead to an object and into it', () => {
    const columns = [column('p', { kind: 'json' }), column('p.v', TEXT)]
    expect(decode('{"p":{"v":"x"}}', { columns, steps: [] }).rows).toEqual([{ p: '{"v":"x"}', 'p.v': 'x' }])
  })

  it('take ten thousand keys, and one of 100 kB', () => {
    const keys = Array.from({ length: 10_000 }, (_, number) => `"k${number}":${number}`).join(',')
    expect(value(`${keys},"${'k'.repeat(100_000)}":1,"v":"x"`)).toBe('x')
  })
})

describe('other types', () => {
  it.each<[ScanType['kind'], string, unknown]>([
    ['int64', '1', 1n],
    ['int64', '-9223372036854775808', -9223372036854775808n],
    ['int64', '9223372036854775808', 'OUT_OF_RANGE: 0'],
    ['int64', '1.0', 'NOT_A_NUMBER: 0'],
    ['int64', '"1"', 'NOT_A_NUMBER: 0'],
    ['float64', '1e3', 1000],
    ['float64', '-0', -0],
    ['float64', '1e400', 'OUT_OF_RANGE: 0'],
    ['float64', 'true', 'NOT_A_NUMBER: 0'],
    ['bool', 'true', true],
    ['bool', 'false', false],
    ['bool', '1', 'NOT_A_BOOLEAN: false'],
    ['timestamp', '"2019-05-18T14:03:22.129Z"', 1558188202129],
    ['timestamp', '"2019-05-18T14:03:22.129\\u005a"', 1558188202129],
    ['timestamp', '"2019-02-30"', 'NOT_A_TIMESTAMP: 0'],
    ['timestamp', '""', 'NOT_A_TIMESTAMP: 0'],
    ['timestamp', '1558188202', 'NOT_A_TIMESTAMP: 0'],
    ['timestamp', 'null', null],
    ['json', '{"a": [1, "x"]}', '{"a": [1, "x"]}'],
    ['json', '"a\\n"', '"a\\n"'],
    ['json', '"plain"', '"plain"'],
    ['json', '1.50', '1.50'],
    ['json', 'null', null],
  ])('%s of %s', (kind, json, expected) => expect(value(`"v":${json}`, { kind } as ScanType)).toBe(expected))

  it('a required value that is missing is told, and a leap second counted', () => {
    const columns = [column('t', { kind: 'timestamp' }, { required: true })]
    const { unfit, counts } = decode('{"t":"2016-12-31T23:59:60Z"}\n{}\n{"t":null}', { columns, steps: [] })
    expect(unfit).toMatchObject([
      { row: 1, line: 2, column: 't', code: 'MISSING', text: '{}' },
      { row: 2, line: 3, column: 't', code: 'MISSING', text: '{"t":null}' },
    ])
    expect(counts.converted).toEqual({ 't: leap second as the next': 1 })
  })

  it('lists and structs of what is asked', () => {
    const type = listOf(structOf({ sku: ID, n: { kind: 'int64' } }))
    const list = (json: string) => value(`"v":${json}`, type, 'v', { unfit: 'null' })
    expect(list('[]')).toEqual([])
    expect(list('{}')).toBeNull()
    expect(
      list('[{"sku":"a","n":1,"x":[{"sku":"no"}]}, {"n":"1"}, null, 7, {"sku":"b","sku":"c"},{"s\\u006bu":"d"}]'),
    ).toEqual([{ sku: 'a', n: 1n }, { sku: null, n: null }, null, null, { sku: 'c', n: null }, { sku: 'd', n: null }])
    const nested = listOf(listOf(TEXT))
    expect(value('"v":[["a","\\"]"],[],["b",null,1]]', nested)).toEqual([['a', '"]'], [], ['b', null, null]])
    expect(value('"v":7', structOf({}))).toMatch(/^NOT_AN_OBJECT/)
    expect(value('"v":7', listOf(TEXT))).toMatch(/^NOT_A_LIST/)
  })

  it('structs whose fields have other names than their keys, or share one', () => {
    const field = (name: string, key: string, type: ScanType) => ({ name, key, type, unfit: 'null' }) as const
    const fields = [
      field('user_id', 'userId', ID),
      field('id_text', 'userId', TEXT),
      field('n', 'N', { kind: 'int64' }),
    ]
    const type: ScanType = { kind: 'struct', fields }
    expect(value('"v":{"N":1,"userId":"a","user_id":"b","n":2}', type)).toEqual({ user_id: 'a', id_text: 'a', n: 1n })
    expect(value('"v":{"userId":"a","userId":7}', type)).toEqual({ user_id: '7', id_text: null, n: null })
  })

  it.each<[string, string | undefined]>([
    ['{"price":1,"products":[{"price":2,"tags":["a"]},{},null]}', undefined],
    ['null', undefined],
    ['7', 'properties NOT_AN_OBJECT'],
    ['{"price":"1"}', 'properties.price NOT_A_NUMBER'],
    ['{"products":[{"price":1},{"price":true}]}', 'properties.products[].price NOT_A_NUMBER'],
    ['{"products":[{"tags":["a",1,null]}]}', 'properties.products[].tags[] NOT_TEXT'],
    ['{"products":[{"tags":["a"]},"x"]}', 'properties.products[] NOT_AN_OBJECT'],
    ['{"products":{}}', 'properties.products NOT_A_LIST'],
    ['{"price":1e999,"products":[{"price":true}]}', 'properties.price OUT_OF_RANGE'],
    ['{"price":"1","price":1}', undefined],
  ])('the line of %s aside, where a value within does so, by the name of the first: %s', (json, expected) => {
    const product = structOf({ price: { kind: 'float64' }, tags: listOf(TEXT, 'setAside') }, 'setAside')
    const type = structOf({ price: { kind: 'float64' }, products: listOf(product, 'setAside') }, 'setAside')
    const { rows, unfit, counts } = decode(`{"properties":${json}}`, {
      columns: [column('properties', type)],
      steps: [],
    })
    expect(unfit.map((note) => `${note.column} ${note.code}`)).toEqual(expected === undefined ? [] : [expected])
    expect(rows).toHaveLength(1)
    expect(counts.converted).toEqual({})
  })

  it('what does not fit of a row that is set aside as zero, or as it stands', () => {
    const type = structOf({ n: { kind: 'int64' }, t: TEXT, l: listOf(TEXT, 'setAside') }, 'setAside')
    expect(value('"v":{"n":true,"t":[1],"l":{}}', type)).toMatch(/^NOT_A_NUMBER/)
    const { rows } = decode('{"v":{"n":true,"t":[1],"l":[2]}}', { columns: [column('v', type)], steps: [] })
    expect(rows).toEqual([{ v: { n: 0n, t: '[1]', l: ['2'] } }])
  })
})

describe('steps', () => {
  const lines = [
    '{"event":"Page Viewed"}',
    '{"event":"Page Viewed","userId":"u"}',
    '{"event":["Product Clicked"],"userId":"u"}',
    '{"event":"product clicked","userId":"u"}',
    '{"event":"Product\\u0020Clicked"}',
    '{"event":"Product Clicked","userId":""}',
    '{"event":"Product Clicked","userId":7}',
    '{"event":"Product Clicked","userId":7,"properties":{"products":[]}}',
    '{"event":"Product Clicked","userId":true,"properties":{"sku":null}}',
    '{"event":"Product Clicked","userId":true,"properties":{"sku":"s"}}',
    '{"event":"Product Clicked","userId":"u","properties":{"sku":"s"},"timestamp":"2019-05-18"}',
  ]

  it('refuse a line for the first reason that applies', () => {
    const { counts, rows, unfit } = decode(lines.join('\n'))
    expect(counts.filtered).toEqual({
      'event not wanted': 4,
      'userId missing': 2,
      'sku missing': 2,
      'order without sku': 1,
    })
    expect(counts.tallies).toEqual({ 'event not wanted': { 'Page Viewed': 2, 'product clicked': 1 } })
    expect(rows).toHaveLength(2)
    expect(unfit).toMatchObject([{ row: 0, line: 10, column: 'userId', code: 'NOT_TEXT', text: lines[9] }])
    expect(counts).toMatchObject({ lines: 11, rows: 2 })
  })

  it('count no more than a thousand refused values, and cut long ones', () => {
    const many = Array.from({ length: 1500 }, (_, number) => `{"event":"${number} ${'x'.repeat(200)}"}`)
    const { tallies } = decode(many.join('\n')).counts
    const values = Object.entries(tallies['event not wanted'])
    expect(values).toHaveLength(1001)
    expect(tallies['event not wanted']['…']).toBe(500)
    expect(Math.max(...values.map(([name]) => name.length))).toBe(100)
  })

  it.each<[string, ScanPredicate, string[]]>([
    ['isIn', { op: 'isIn', column: 0, values: ['a', 'é', ''] }, ['a', 'é', '']],
    ['isIn nothing', { op: 'isIn', column: 0, values: [] }, []],
    ['isNotNull', { op: 'isNotNull', column: 0 }, ['a', 'é', '', 'b', '1']],
    ['isNull', { op: 'isNull', column: 0 }, ['null']],
    [
      'and',
      {
        op: 'and',
        inputs: [
          { op: 'isNotNull', column: 0 },
          { op: 'isIn', column: 0, values: ['b'] },
        ],
      },
      ['b'],
    ],
    [
      'or',
      {
        op: 'or',
        inputs: [
          { op: 'isNull', column: 0 },
          { op: 'isIn', column: 0, values: ['b'] },
        ],
      },
      ['b', 'null'],
    ],
  ])('%s', (_, predicate, kept) => {
    const input = '{"v":"a"}\n{"v":"\\u00e9"}\n{"v":""}\n{"v":"b"}\n{}\n{"v":1}\n'
    const { rows, counts } = decode(input, { columns: [column('v', TEXT)], steps: [{ predicate, reason: 'no' }] })
    expect(rows.map((row) => String(row.v)).sort()).toEqual([...kept].sort())
    expect(counts.rows + (counts.filtered.no ?? 0)).toBe(6)
  })

  it.each<[string, ScanType, ScanOperator, string | number | bigint | boolean, string[]]>([
    [
      'texts by their bytes',
      TEXT,
      'lt',
      'é',
      ['"a"', '"\\u00e8"', '1', '1.5', '""', 'true', '[1]', '"2019-05-18T02:00:00+02:00"', '"never"'],
    ],
    ['texts with what stands in the line', TEXT, 'eq', '[1]', ['[1]']],
    ['ids, of which the empty one is none', ID, 'le', '1', ['1']],
    ['whole numbers, zero for what is none', { kind: 'int64' }, 'ge', 1n, ['1']],
    [
      'whole numbers that differ',
      { kind: 'int64' },
      'ne',
      1n,
      ['"a"', '"\\u00e8"', '1.5', '""', 'true', '[1]', '"é"', '"2019-05-18T02:00:00+02:00"', '"never"'],
    ],
    ['numbers', { kind: 'float64' }, 'gt', 0, ['1', '1.5']],
    ['numbers with what is none', { kind: 'float64' }, 'ge', Number.NaN, []],
    ['truth values', { kind: 'bool' }, 'eq', true, ['true']],
    [
      'moments, whatever their offset',
      { kind: 'timestamp' },
      'eq',
      Date.UTC(2019, 4, 18),
      ['"2019-05-18T02:00:00+02:00"'],
    ],
  ])('compare %s', (_, type, operator, value, expected) => {
    const values = [
      '"a"',
      '"\\u00e8"',
      '1',
      '1.5',
      '""',
      'true',
      '[1]',
      'null',
      '"é"',
      '"2019-05-18T02:00:00+02:00"',
      '"never"',
    ]
    const columns = [column('v', type), column('n', { kind: 'json' })]
    const steps = [{ predicate: { op: 'compare', column: 0, operator, value } as const, reason: 'no' }]
    const input = [...values.map((json) => `{"v":${json},"n":${json}}`), '{}'].join('\n')
    const { rows, counts } = decode(input, { columns, steps })
    expect(rows.map(({ n }) => n)).toEqual(expected)
    expect(counts.filtered.no).toBe(values.length + 1 - expected.length)
  })

  it.each<[string, ScanType, Partial<ScanColumn>, string[]]>([
    ['as it stands in the line where it sets the line aside', ID, {}, ['true']],
    ['nowhere where it is null', ID, { unfit: 'null' }, []],
    ['as text where line breaks fit', TEXT, {}, ['true', '"a\\nb"']],
  ])('find a value that does not fit %s', (_, type, options, expected) => {
    const values = ['true', 'false', '"a\\nb"']
    const columns = [column('v', type, options), column('n', { kind: 'json' })]
    const steps = [{ predicate: { op: 'isIn', column: 0, values: ['true', 'a\nb'] } as const, reason: 'no' }]
    const { rows } = decode(values.map((json) => `{"v":${json},"n":${json}}`).join('\n'), { columns, steps })
    expect(rows.map(({ n }) => n)).toEqual(expected)
  })

  it('look at columns that are not put out', () => {
    expect(decode(lines[10]).rows).toEqual([
      { userId: 'u', event: 'Product Clicked', 'properties.sku': 's', timestamp: 1558137600000 },
    ])
    expect(interactions.columns).toHaveLength(5)
  })
})
