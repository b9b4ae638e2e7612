import { describe, expect, it } from 'vitest'
import { bytesOf, event, linesOf, rowOf, run } from './run.ts'

/** A field and how an event is written that has the value there. */
const FIELDS: Readonly<Record<string, (value: string | undefined) => string>> = {
  event: (value) => withMember('event', value),
  userId: (value) => withMember('userId', value),
  properties: (value) => withMember('properties', value),
  sku: (value) => withMember('properties', value === undefined ? '{}' : `{"sku":${value}}`),
  timestamp: (value) => withMember('timestamp', value),
}

function withMember(name: string, value: string | undefined): string {
  const members = {
    userId: '"u"',
    event: '"Product Clicked"',
    properties: '{"sku":"red-shoe"}',
    timestamp: '"2019-05-18T20:13:05.123Z"',
    [name]: value,
  }
  const texts = Object.entries(members).map(([key, text]) => (text === undefined ? [] : [`"${key}":${text}`]))
  return `{${texts.flat().join(',')}}`
}

/**
 * What becomes of an event with a value in one of its fields: `row`, `filtered`, or why it is set aside. `-` is no value at all.
 */
const TABLE = `
  value            event     userId    properties  sku       timestamp
  -                filtered  filtered  filtered    filtered  MISSING
  null             filtered  filtered  filtered    filtered  MISSING
  ""               filtered  filtered  filtered    filtered  NOT_A_TIMESTAMP
  "\\u0020"         filtered  row       filtered    row       NOT_A_TIMESTAMP
  "x"              filtered  row       filtered    row       NOT_A_TIMESTAMP
  "null"           filtered  row       filtered    row       NOT_A_TIMESTAMP
  "{\\"sku\\":1}"    filtered  row       filtered    row       NOT_A_TIMESTAMP
  "a\\nb"           filtered  LINE_BREAK_IN_TEXT filtered LINE_BREAK_IN_TEXT NOT_A_TIMESTAMP
  "a\\u000Db"       filtered  LINE_BREAK_IN_TEXT filtered LINE_BREAK_IN_TEXT NOT_A_TIMESTAMP
  true             filtered  NOT_TEXT  filtered    NOT_TEXT  NOT_A_TIMESTAMP
  false            filtered  NOT_TEXT  filtered    NOT_TEXT  NOT_A_TIMESTAMP
  0                filtered  row       filtered    row       NOT_A_TIMESTAMP
  -1.50e+3         filtered  row       filtered    row       NOT_A_TIMESTAMP
  1558210385       filtered  row       filtered    row       NOT_A_TIMESTAMP
  {}               filtered  NOT_TEXT  filtered    NOT_TEXT  NOT_A_TIMESTAMP
  {"sku":{}}       filtered  NOT_TEXT  NOT_TEXT    NOT_TEXT  NOT_A_TIMESTAMP
  {"sku":null}     filtered  NOT_TEXT  filtered    NOT_TEXT  NOT_A_TIMESTAMP
  []               filtered  NOT_TEXT  filtered    NOT_TEXT  NOT_A_TIMESTAMP
  [{"sku":"x"}]    filtered  NOT_TEXT  filtered    NOT_TEXT  NOT_A_TIMESTAMP
  ["u"]            filtered  NOT_TEXT  filtered    NOT_TEXT  NOT_A_TIMESTAMP
`

describe('a value in the place of a field', () => {
  const [[, ...fields], ...rows] = TABLE.trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/))

  it.each(fields)('%s has its verdict', async (field) => {
    const lines = rows.map(([value]) => FIELDS[field](value === '-' ? undefined : value))
    const { rejects, counts, rows: kept } = await run(Object.fromEntries(lines.map((line, row) => [letter(row), line])))
    const verdicts = rows.map((cells) => cells[1 + fields.indexOf(field)])
    expect(rejects).toEqual(
      verdicts.flatMap((verdict, row) => (/^[A-Z]/.test(verdict) ? [`${letter(row)}:1 ${verdict}`] : [])),
    )
    expect(kept).toHaveLength(verdicts.filter((verdict) => verdict === 'row').length)
    const filtered = Object.values((counts.filtered ?? {}) as Record<string, number>).reduce((sum, n) => sum + n, 0)
    expect(filtered).toBe(verdicts.filter((verdict) => verdict === 'filtered').length)
  })
})

function letter(index: number): string {
  return String.fromCharCode(0x61 + index)
}

describe('of members that stand there twice, the last one counts', () => {
  it.each<[string, string, string]>([
    ['a text', ',"userId":"v"', rowOf('v')],
    ['a number', ',"userId":7', rowOf('7')],
    ['null', ',"userId":null', 'filtered'],
    ['an empty text', ',"userId":""', 'filtered'],
    ['a boolean', ',"userId":true', 'NOT_TEXT'],
    ['an object', ',"userId":{"userId":"v"}', 'NOT_TEXT'],
    ['a boolean and then a text', ',"userId":true,"userId":"v"', rowOf('v')],
    ['a name that is written with an escape', ',"user\\u0049d":"v"', rowOf('v')],
    ['every letter of the name as an escape', ',"\\u0075\\u0073\\u0065\\u0072\\u0049\\u0064":"v"', rowOf('v')],
    ['an event that nobody wants', ',"event":"Page Viewed"', 'filtered'],
    ['an event that is none', ',"event":["Product Clicked"]', 'filtered'],
    ['properties', ',"properties":{"sku":"hat"}', rowOf('u', 'hat')],
    ['properties without a sku', ',"properties":{"name":"hat"}', 'filtered'],
    ['properties that are empty', ',"properties":{}', 'filtered'],
    ['properties that are null', ',"properties":null', 'filtered'],
    ['properties that are a list', ',"properties":[{"sku":"hat"}]', 'filtered'],
    ['properties that are a text', ',"properties":"{\\"sku\\":\\"hat\\"}"', 'filtered'],
    ['properties by an escape', ',"propertie\\u0073":{"s\\u006Bu":"hat"}', rowOf('u', 'hat')],
    ['a sku', ',"properties":{"sku":"hat","sku":"bag"}', rowOf('u', 'bag')],
    ['a sku that is an object, and then a text', ',"properties":{"sku":{"sku":"no"},"sku":"bag"}', rowOf('u', 'bag')],
    ['a sku that is a text, and then a list', ',"properties":{"sku":"bag","sku":["no"]}', 'NOT_TEXT'],
    ['a sku that is null', ',"properties":{"sku":"bag","sku":null}', 'filtered'],
    ['a time', ',"timestamp":"1970-01-01T00:00:07Z"', rowOf('u', 'red-shoe', 7)],
    ['a time that is none', ',"timestamp":"never"', 'NOT_A_TIMESTAMP'],
    ['a time that is null', ',"timestamp":null', 'MISSING'],
  ])('%s', async (_, more, expected) => {
    const { rows, rejects, counts } = await run(event('u', more))
    const verdict = rows[0] ?? rejects[0]?.slice('a:1 '.length) ?? (counts.filtered === undefined ? 'lost' : 'filtered')
    expect(verdict).toBe(expected)
  })
})

describe('names', () => {
  it('count only where they are the whole name, in their place, as names', async () => {
    const decoys = [
      '"context":{"userId":"no","event":"no","timestamp":"no","properties":{"sku":"no"}}',
      '"traits":[{"userId":"no"},{"properties":{"sku":"no"}},"userId","no"]',
      '"text":"\\"userId\\":\\"no\\",\\"properties\\":{\\"sku\\":\\"no\\"}"',
      '"userId2":"no","user":"no","UserId":"no","userid":"no"," userId":"no","userId ":"no","userId\\u0000":"no"',
      '"properties.sku":"no","sku":"no","":"no","\\u0000":"no"',
    ].join(',')
    const wrong = '"properties":{"a":{"sku":"no"},"sku2":"no","sk":"no","SKU":"no","products":[{"sku":"no"}]}'
    const right = '"properties":{"a":{"sku":"no"},"sku":"hat","b":[{"sku":"no"}]}'
    const bare = '"userId":"u","event":"Product Clicked","timestamp":"2019-05-18T20:13:05Z"'
    const { rows, counts } = await run(
      linesOf([
        `{${decoys},${wrong},${bare},${right}}`,
        `{${bare},${right},${decoys}}`,
        `{${bare},${decoys},${wrong}}`,
      ]),
    )
    expect(rows).toEqual([rowOf('u', 'hat'), rowOf('u', 'hat')])
    expect(counts).toEqual({ lines: 3, rows: 2, filtered: { 'order without sku': 1 } })
  })

  const inherited = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf', '__defineGetter__']

  it('that every object has are names like others', async () => {
    const keys = (value: string) => inherited.map((name) => `"${name}":${value}`).join(',')
    const { rows, counts } = await run(
      linesOf([
        `{${keys('{"userId":"no","sku":"no","event":"Product Clicked"}')}}`,
        `{"event":"Product Clicked",${keys('{"userId":"no"}')}}`,
        event('u', `,"properties":{${keys('{"sku":"no"}')}}`),
        event('u', `,${keys('"x"')},"properties":{${keys('"x"')},"sku":"hat"}`),
      ]),
    )
    expect(rows).toEqual([rowOf('u', 'hat')])
    expect(counts.filtered).toEqual({ 'event not wanted': 1, 'userId missing': 1, 'properties.sku missing': 1 })
    expect(Object.keys(Object.prototype)).toEqual([])
    for (const name of ['userId', 'sku', 'event']) expect(({} as Record<string, unknown>)[name]).toBeUndefined()
  })

  it('that every object has are values like others', async () => {
    const { rows, counts, report } = await run(
      linesOf([
        ...inherited.map((name) => event(name, `,"properties":{"sku":"${name}"}`)),
        ...inherited.map((name) => event('u', `,"event":"${name}"`)),
      ]),
    )
    expect(rows).toEqual(inherited.map((name) => rowOf(name, name)))
    expect(counts).toEqual({ lines: 12, rows: 6, filtered: { 'event not wanted': 6 } })
    expect(report.refused['event not wanted']).toEqual(inherited.toSorted().map((value) => ({ value, count: 1 })))
  })

  it('of events that were refused are reported, the ten most frequent', async () => {
    const names = [
      'product added',
      ' Product Added ',
      'PRODUCT CLICKED',
      'Product\\tAdded',
      '',
      'é',
      'a',
      'b',
      'c',
      'd',
      'e',
      'f',
      'g',
      'h',
    ]
    const { report, counts } = await run(
      linesOf([
        event('u'),
        '{"event":7}',
        ...names.flatMap((name, more) => Array<string>(more + 1).fill(`{"event":"${name}"}`)),
      ]),
    )
    expect(counts.filtered).toEqual({ 'event not wanted': 106 })
    expect(report.refused['event not wanted']).toEqual([
      ...['h', 'g', 'f', 'e', 'd', 'c', 'b', 'a'].map((value, place) => ({ value, count: 14 - place })),
      { value: 'é', count: 6 },
      { value: 'Product\tAdded', count: 4 },
    ])
  })
})

describe('ids', () => {
  it('that are numbers are the text in which they are written, and counted', async () => {
    const numbers = [
      '12345',
      '12345678901234567890',
      '-0',
      '0.10',
      '1.0',
      '1E5',
      '1e400',
      '-1.5e-7',
      '9007199254740993',
    ]
    const { rows, report } = await run(
      linesOf([
        event('12345'),
        ...numbers.map((number) => event('u', `,"userId":${number},"properties":{"sku":${number}}`)),
      ]),
    )
    expect(rows).toEqual([rowOf('12345'), ...numbers.map((number) => rowOf(number, number))])
    expect(report.converted).toEqual({ 'userId: number as text': 9, 'properties.sku: number as text': 9 })
  })

  it('keep every character, and are counted where one is odd', async () => {
    const texts: readonly [json: string, text: string][] = [
      ['\\u0000', '\0'],
      ['a\\u0000b', 'a\0b'],
      ['\\u0007\\u001f', '\x07\x1f'],
      ['a\\tb', 'a\tb'],
      ['\u007f', '\u007f'],
      ['\u2028\\u2029', '\u2028\u2029'],
      ['\u0085\u00a0', '\u0085\u00a0'],
      ['\ufeffa', '\ufeffa'],
      ['\\uFEFF', '\ufeff'],
      ['\ufffe\uffff', '\ufffe\uffff'],
      ['\\ud83d\\ude00', '😀'],
      ['😀', '😀'],
      ['e\u0301', 'e\u0301'],
      ['\\/', '/'],
      ['北京', '北京'],
      ['\u202eabc', '\u202eabc'],
    ]
    const { rows, report } = await run(linesOf(texts.map(([json]) => event(`${json}`))))
    expect(rows).toEqual(texts.map(([, text]) => rowOf(text)))
    expect(report.converted).toEqual({ 'userId: control character kept': 4 })
  })

  it('have U+FFFD for half a surrogate pair, and are counted', async () => {
    const halves: readonly [json: string, text: string][] = [
      ['\\ud83d', '\ufffd'],
      ['\\udc00', '\ufffd'],
      ['\\uDE00\\uD83D', '\ufffd\ufffd'],
      ['\\ud83d\\ud83d\\ude00', '\ufffd😀'],
      ['a\\ud83db', 'a\ufffdb'],
      ['\\ud83d\\u0041', '\ufffdA'],
      ['\\ud83d\\n', '\ufffd'],
    ]
    const { rows, report, rejects } = await run(linesOf(halves.map(([json]) => event(json))))
    expect(rows).toEqual(halves.slice(0, -1).map(([, text]) => rowOf(text)))
    expect(rejects).toEqual(['a:7 LINE_BREAK_IN_TEXT'])
    expect(report.converted).toEqual({ 'userId: lone surrogate replaced': 6 })
  })

  it('of more than 256 characters are kept, and warned about', async () => {
    const long = '😀'.repeat(257)
    const { rows, report } = await run(
      linesOf([event('é'.repeat(256)), event(long, `,"properties":{"sku":"${long}"}`), event(long, ',"timestamp":0')]),
    )
    expect(rows).toEqual([rowOf('é'.repeat(256)), rowOf(long, long)])
    expect(report.warnings).toEqual(
      ['properties.sku', 'userId'].map(
        (column) => `1 value is longer than Amazon Personalize accepts (${column}: over 256 characters), and was kept`,
      ),
    )
  })
})

describe('bytes that are not UTF-8 make the whole line malformed', () => {
  const bad: Readonly<Record<string, readonly number[]>> = {
    'a byte that never is': [0xff],
    'a byte of Latin-1': [0x63, 0x61, 0x66, 0xe9],
    'a continuation alone': [0x80],
    'an overlong form': [0xc0, 0xaf],
    'a surrogate': [0xed, 0xa0, 0x80],
    'beyond U+10FFFF': [0xf4, 0x90, 0x80, 0x80],
    'a cut character': [0xe2, 0x82],
  }
  const places: Readonly<Record<string, (bytes: readonly number[]) => Buffer>> = {
    'in a userId': (bytes) => bytesOf('{"userId":"', bytes, `",${event('u').slice('{"userId":"u",'.length)}`),
    'in a value that nobody wants': (bytes) => bytesOf(`${event('u').slice(0, -1)},"x":"`, bytes, '"}'),
    'in a name': (bytes) => bytesOf(`${event('u').slice(0, -1)},"`, bytes, '":0}'),
    'in an event that is filtered': (bytes) => bytesOf('{"event":"Page Viewed","x":"', bytes, '"}'),
    'in the event': (bytes) => bytesOf('{"event":"', bytes, '"}'),
    'between tokens': (bytes) => bytesOf('{"x":0', bytes, '}'),
    'behind the object': (bytes) => bytesOf(event('u'), bytes),
  }

  it.each(Object.keys(places))('%s', async (place) => {
    const lines = Object.values(bad).map((bytes) => places[place](bytes))
    const { rows, counts, rejected } = await run(bytesOf(...lines.flatMap((line) => [line, '\n']), `${event('v')}\n`))
    expect(rows).toEqual([rowOf('v')])
    expect(counts).toMatchObject({ lines: 8, rows: 1 })
    expect(counts.filtered).toBeUndefined()
    expect(rejected.map(({ base64 }) => base64)).toEqual(lines.map((line) => line.toString('base64')))
  })
})
