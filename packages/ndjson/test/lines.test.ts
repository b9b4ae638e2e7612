import { describeMalformed, NdjsonDecoder } from '@fletching/ndjson'
import { describe, expect, it } from 'vitest'
import { decode } from './events.ts'

const event = (user: string) =>
  `{"userId":"${user}","event":"Product Clicked","properties":{"sku":"s"},"timestamp":"2019-05-18T20:13:05Z"}`
const users = (input: string | Uint8Array, options = {}) =>
  decode(input, undefined, options).rows.map((row) => row.userId)
const bytes = (...parts: (string | number[])[]) =>
  Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : Buffer.from(part))))

/** Code and place of the one malformed line, which stands between two good ones. */
function fault(line: string | Uint8Array) {
  const input = Buffer.concat([Buffer.from(`${event('a')}\n`), Buffer.from(line), Buffer.from(`\n${event('b')}\n`)])
  const { rows, malformed, counts } = decode(input)
  expect(rows.map((row) => row.userId)).toEqual(['a', 'b'])
  expect(counts).toMatchObject({ lines: 3, rows: 2, malformed: { [malformed[0].code]: 1 } })
  expect(malformed[0]).toMatchObject({
    line: 2,
    byteOffset: event('a').length + 1,
    lineBytes: Buffer.from(line).length,
  })
  return [malformed[0].code, malformed[0].errorOffset]
}

describe('line ends', () => {
  it.each([
    ['LF', `${event('a')}\n${event('b')}\n`],
    ['CRLF', `${event('a')}\r\n${event('b')}\r\n`],
    ['none at the end', `${event('a')}\n${event('b')}`],
    ['a byte order mark first', `\ufeff${event('a')}\n${event('b')}\n`],
    ['white space around', ` \t${event('a')} \t\n\t${event('b')}\r`],
  ])('may be %s', (_, input) => {
    expect(users(input)).toEqual(['a', 'b'])
    expect(decode(input).counts).toMatchObject({ lines: 2, rows: 2, blank: 0, bytes: Buffer.byteLength(input) })
  })

  it('make blank lines of nothing and of white space', () => {
    const { counts, rows } = decode(`\n \t\r\n${event('a')}\n\r\n\n`)
    expect(rows).toHaveLength(1)
    expect(counts).toMatchObject({ lines: 5, blank: 4, rows: 1 })
  })

  it.each([
    ['nothing', '', 0, 0],
    ['a mark alone', '\ufeff', 0, 0],
    ['line ends alone', '\n\n', 2, 2],
  ])('of %s give no row', (_, input, lines, blank) => {
    expect(decode(input)).toMatchObject({ rows: [], malformed: [], counts: { lines, blank } })
  })

  it('of CR alone make one malformed line, not silence', () => {
    expect(decode(`${event('a')}\r${event('b')}\r`).malformed).toMatchObject([{ line: 1, code: 'TRAILING_TEXT' }])
  })

  it.each([1, 2, 3, 4, 100])('behind a byte order mark are placed where they stand, in pieces of %d', (pieceBytes) => {
    const input = `\ufeff{"a":tru}\n{\n`
    expect(decode(input, undefined, {}, pieceBytes).malformed).toMatchObject([
      { line: 1, byteOffset: 3, errorOffset: 8, text: '{"a":tru}' },
      { line: 2, byteOffset: 13, errorOffset: 1, text: '{' },
    ])
  })

  it.each([
    [[0xef], 'UNEXPECTED'],
    [[0xef, 0xbb], 'UNEXPECTED'],
    [[0xef, 0xbb, 0x7b], 'UNEXPECTED'],
    [[0xef, 0xbb, 0xbf, 0xef, 0xbb, 0xbf, 0x7b, 0x7d], 'BYTE_ORDER_MARK'],
  ])('behind %j are of a line that only begins like a mark', (start, code) => {
    for (const pieceBytes of [1, 2, 3, 100]) {
      const { malformed, counts } = decode(bytes(start), undefined, {}, pieceBytes)
      expect(malformed).toMatchObject([{ line: 1, code }])
      expect(counts).toMatchObject({ lines: 1, bytes: start.length })
    }
  })

  it('begin again with each object', () => {
    const input = `${event('a')}\n{\n`
    const once = decode(input).malformed
    expect(once).toMatchObject([{ line: 2, byteOffset: event('a').length + 1 }])
    expect(decode(input).malformed).toEqual(once)
  })
})

describe('what is no JSON object', () => {
  it.each<[string, string | Uint8Array, string, number]>([
    ['two objects', '{} {}', 'TRAILING_TEXT', 3],
    ['text behind', '{}x', 'TRAILING_TEXT', 2],
    ['an array', '[{}]', 'TOP_LEVEL_ARRAY', 0],
    ['a text', '"x"', 'TOP_LEVEL_SCALAR', 0],
    ['a number', '-1', 'TOP_LEVEL_SCALAR', 0],
    ['null', 'null', 'TOP_LEVEL_SCALAR', 0],
    ['HTML', '<html>', 'UNEXPECTED', 0],
    ['a cut object', '{"a":1', 'UNFINISHED', 6],
    ['a cut key', '{"a', 'OPEN_STRING', 3],
    ['a cut text', '{"a":"b', 'OPEN_STRING', 7],
    ['a cut escape', '{"a":"b\\', 'OPEN_STRING', 7],
    ['a key without a value', '{"a"}', 'UNEXPECTED', 4],
    ['a key without quotes', '{a:1}', 'UNEXPECTED', 1],
    ['a comma too many', '{"a":1,}', 'UNEXPECTED', 7],
    ['a comma too few', '{"a":1 "b":2}', 'UNEXPECTED', 7],
    ['a comma too many in a list', '{"a":[1,]}', 'UNEXPECTED', 8],
    ['brackets crossed', '{"a":[1}', 'UNEXPECTED', 7],
    ['a single quote', "{'a':1}", 'UNEXPECTED', 1],
    ['a comment', '{/**/}', 'UNEXPECTED', 1],
    ['a bad literal', '{"a":tru}', 'BAD_LITERAL', 8],
    ['a literal with more', '{"a":nullx}', 'UNEXPECTED', 9],
    ['NaN', '{"a":NaN}', 'UNEXPECTED', 5],
    ['a leading zero', '{"a":01}', 'BAD_NUMBER', 6],
    ['a leading plus', '{"a":+1}', 'UNEXPECTED', 5],
    ['a dot at the end', '{"a":1.}', 'BAD_NUMBER', 7],
    ['an exponent without digits', '{"a":1e}', 'BAD_NUMBER', 7],
    ['a minus alone', '{"a":-}', 'BAD_NUMBER', 6],
    ['a tab in a text', '{"a":"\t"}', 'BAD_STRING', 6],
    ['a bad escape', '{"a":"\\x"}', 'BAD_ESCAPE', 6],
    ['a short escape', '{"a":"\\u12g4"}', 'BAD_ESCAPE', 6],
    ['a byte order mark', `\ufeff${event('x')}`, 'BYTE_ORDER_MARK', 0],
    ['NUL bytes', '\0\0\0', 'NOT_UTF8_TEXT', 0],
    ['a NUL in a text', '{"a":"\0"}', 'NOT_UTF8_TEXT', 6],
    ['a lone continuation', bytes('{"a":"', [0x80], '"}'), 'BAD_UTF8', 6],
    ['an overlong form', bytes('{"a":"', [0xc0, 0xaf], '"}'), 'BAD_UTF8', 6],
    ['an overlong form of three', bytes('{"a":"', [0xe0, 0x80, 0xaf], '"}'), 'BAD_UTF8', 6],
    ['an overlong form of four', bytes('{"a":"', [0xf0, 0x80, 0x80, 0xaf], '"}'), 'BAD_UTF8', 6],
    ['a surrogate', bytes('{"a":"', [0xed, 0xa0, 0x80], '"}'), 'BAD_UTF8', 6],
    ['above U+10FFFF', bytes('{"a":"', [0xf4, 0x90, 0x80, 0x80], '"}'), 'BAD_UTF8', 6],
    ['a cut character', bytes('{"a":"', [0xe2, 0x82], '"}'), 'BAD_UTF8', 6],
    ['a byte that never is', bytes('{"a":"', [0xff], '"}'), 'BAD_UTF8', 6],
    ['a bad byte in a key that nobody wants', bytes('{"', [0xff], '":1}'), 'BAD_UTF8', 2],
    ['a bad byte between tokens', bytes('{"a":1', [0xff], '}'), 'BAD_NUMBER', 6],
    ['a fault in an event that is filtered', '{"event":"Page Viewed","x":01}', 'BAD_NUMBER', 28],
    [
      'a fault behind the last wanted field',
      `${event('x').slice(0, -1)},"x":"\\q"}`,
      'BAD_ESCAPE',
      event('x').length + 5,
    ],
  ])('%s is malformed, with its place', (_, line, code, offset) => {
    expect(fault(line)).toEqual([code, offset])
    expect(describeMalformed(code)).not.toBe(code)
  })

  it('is what goes deeper than 1000', () => {
    const nested = (depth: number) => `{"a":${'['.repeat(depth - 1)}${']'.repeat(depth - 1)}}`
    expect(decode(nested(1000)).malformed).toEqual([])
    expect(fault(nested(1001))).toEqual(['TOO_DEEP', 1004])
    expect(fault(`{"a":${'['.repeat(100_000)}`)).toEqual(['TOO_DEEP', 1004])
    const objects = (depth: number) => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`
    expect(decode(objects(1000)).malformed).toEqual([])
    expect(fault(objects(1001))[0]).toBe('TOO_DEEP')
  })

  it('is UTF-16, every line of it', () => {
    const input = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(`${event('a')}\n${event('b')}\n`, 'utf16le')])
    const { rows, counts } = decode(input)
    expect(rows).toEqual([])
    expect(counts.malformed).toEqual({ NOT_UTF8_TEXT: counts.lines })
  })
})

describe('a line over the limit', () => {
  const long = event('x'.repeat(500))

  it.each([1, 7, 100, 10_000])('is malformed by its length, and not kept, in pieces of %d', (pieceBytes) => {
    const input = `${event('a')}\n${long}\n${event('b')}\n`
    const { rows, malformed, counts } = decode(input, undefined, { lineBytesMax: 200 }, pieceBytes)
    expect(rows.map((row) => row.userId)).toEqual(['a', 'b'])
    expect(malformed).toEqual([
      {
        object: 0,
        line: 2,
        byteOffset: event('a').length + 1,
        errorOffset: 0,
        lineBytes: long.length,
        code: 'LINE_TOO_LONG',
        text: undefined,
      },
    ])
    expect(counts).toMatchObject({ lines: 3, rows: 2 })
  })

  it.each([1, 7, 100, 10_000])('is one byte over it, in pieces of %d', (pieceBytes) => {
    const limit = { lineBytesMax: long.length }
    expect(decode(`${long}\n`, undefined, limit, pieceBytes).malformed).toEqual([])
    expect(decode(`\ufeff${long}`, undefined, limit, pieceBytes).malformed).toEqual([])
    expect(decode(`${long} \n`, undefined, limit, pieceBytes).malformed).toMatchObject([{ code: 'LINE_TOO_LONG' }])
    expect(decode(`${long} `, undefined, limit, pieceBytes).malformed).toMatchObject([{ code: 'LINE_TOO_LONG' }])
  })

  it.each([1, 7, 100, 10_000])('is counted alike behind a byte order mark, in pieces of %d', (pieceBytes) => {
    const { malformed } = decode(`\ufeff${long}\n{`, undefined, { lineBytesMax: 200 }, pieceBytes)
    expect(malformed).toMatchObject([
      { line: 1, byteOffset: 3, lineBytes: long.length },
      { line: 2, byteOffset: 3 + long.length + 1 },
    ])
  })

  it.each([1, 7, 100, 10_000])('is blank when it is nothing but white space, in pieces of %d', (pieceBytes) => {
    const blank = ' \t\r'.repeat(100)
    const input = `${blank}\n${blank}x\nx${blank}\n${event('a')}\n${blank}`
    const { rows, malformed, counts } = decode(input, undefined, { lineBytesMax: 200 }, pieceBytes)
    expect(rows).toHaveLength(1)
    expect(malformed).toMatchObject([
      { line: 2, lineBytes: 301 },
      { line: 3, lineBytes: 301 },
    ])
    expect(counts).toMatchObject({ lines: 5, blank: 2, rows: 1, malformed: { LINE_TOO_LONG: 2 } })
  })

  it('may be longer than any text can be, and is not gathered', () => {
    const before = process.memoryUsage().arrayBuffers
    const piece = new Uint8Array(1_000_000).fill(0x61)
    const decoder = new NdjsonDecoder({ columns: [], steps: [] })
    for (let i = 0; i < 600; i++) decoder.push(piece)
    const [{ malformed }] = decoder.push(new TextEncoder().encode('\n{}\n{')).concat(decoder.flush())
    expect(malformed).toMatchObject([
      { line: 1, code: 'LINE_TOO_LONG', lineBytes: 600_000_000, text: undefined },
      { line: 3, code: 'UNFINISHED', byteOffset: 600_000_004 },
    ])
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(80_000_000)
  })
})
