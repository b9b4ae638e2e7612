import { gzipSync } from 'node:zlib'
import { describeMalformed } from '@fletching/ndjson'
import { describe, expect, it } from 'vitest'
import { bytesOf, type Content, event, type Files, failure, linesOf, rowOf, run, runCommand } from './run.ts'

const MARK = '\ufeff'
const MIB = 1024 * 1024

/** What becomes of files: whose rows come out, the accounting, and which lines are rejected for what. */
interface Case {
  readonly files: Files
  readonly users: readonly string[]
  readonly counts: Readonly<Record<string, unknown>>
  readonly rejects?: readonly string[]
}

/** One bad file, of which every line is malformed. */
function allBad(file: Content, rejects: readonly string[]): Case {
  const malformed: Record<string, number> = {}
  for (const [, code] of rejects.map((reject) => reject.split(' '))) malformed[code] = (malformed[code] ?? 0) + 1
  return { files: file, users: [], counts: { lines: rejects.length, malformed }, rejects }
}

/** Text as 32-bit units. */
function utf32(text: string, endian: 'LE' | 'BE'): Buffer {
  const points = Array.from(text, (character) => character.codePointAt(0) as number)
  const bytes = Buffer.alloc(points.length * 4)
  for (const [index, point] of points.entries()) bytes[`writeUInt32${endian}`](point, index * 4)
  return bytes
}

const two = linesOf([event('a'), event('b')])
const utf16 = Buffer.from(two, 'utf16le')
const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth)

const cases: Readonly<Record<string, Case>> = {
  'a line is cut in the middle of a file': {
    files: linesOf([event('a'), event('b').slice(0, 30), event('c')]),
    users: ['a', 'c'],
    counts: { lines: 3, rows: 2, malformed: { OPEN_STRING: 1 } },
    rejects: ['a:2 OPEN_STRING'],
  },
  'the last line is cut': {
    files: `${two}${event('c').slice(0, 70)}`,
    users: ['a', 'b'],
    counts: { lines: 3, rows: 2, malformed: { UNFINISHED: 1 } },
    rejects: ['a:3 UNFINISHED'],
  },
  'a line is cut by a crash, and the writer went on behind it': {
    files: linesOf([event('a'), event('b').slice(0, 40) + event('c'), event('d')]),
    users: ['a', 'd'],
    counts: { lines: 3, rows: 2, malformed: { UNEXPECTED: 1 } },
    rejects: ['a:2 UNEXPECTED'],
  },
  'lines end with CR alone': allBad(`${event('a')}\r${event('b')}\r`, ['a:1 TRAILING_TEXT']),
  'one line ends with CR alone': { files: `${event('a')}\r`, users: ['a'], counts: { lines: 1, rows: 1 } },
  'lines end in every way': {
    files: `${event('a')}\r\n${event('b')}\n\r\n \t\n${event('c')}`,
    users: ['a', 'b', 'c'],
    counts: { lines: 5, rows: 3, blank: 2 },
  },
  'files with byte order marks were joined': {
    files: `${MARK}${two}${MARK}${event('c')}\n${event('d')}\n${MARK}`,
    users: ['a', 'b', 'd'],
    counts: { lines: 5, rows: 3, malformed: { BYTE_ORDER_MARK: 2 } },
    rejects: ['a:3 BYTE_ORDER_MARK', 'a:5 BYTE_ORDER_MARK'],
  },
  'each file has a byte order mark': {
    files: { a: MARK + two, b: MARK, c: gzipSync(`${MARK}${event('c')}`), d: `${MARK}\n` },
    users: ['a', 'b', 'c'],
    counts: { lines: 4, rows: 3, blank: 1 },
  },
  'two events stand on a line, with and without a blank': {
    files: linesOf([event('a') + event('b'), event('c'), `${event('d')} ${event('e')}`]),
    users: ['c'],
    counts: { lines: 3, rows: 1, malformed: { TRAILING_TEXT: 2 } },
    rejects: ['a:1 TRAILING_TEXT', 'a:3 TRAILING_TEXT'],
  },
  'the events are one array on a line': allBad(`[${event('a')},${event('b')}]\n`, ['a:1 TOP_LEVEL_ARRAY']),
  'the events are one array over lines': {
    files: linesOf(['[', `${event('a')},`, event('b'), ']']),
    users: ['b'],
    counts: { lines: 4, rows: 1, malformed: { TOP_LEVEL_ARRAY: 1, TRAILING_TEXT: 1, UNEXPECTED: 1 } },
    rejects: ['a:1 TOP_LEVEL_ARRAY', 'a:2 TRAILING_TEXT', 'a:4 UNEXPECTED'],
  },
  'an event is printed over lines': allBad(linesOf(['{', '  "userId": "u",', '  "x": 1', '}']), [
    'a:1 UNFINISHED',
    'a:2 TOP_LEVEL_SCALAR',
    'a:3 TOP_LEVEL_SCALAR',
    'a:4 UNEXPECTED',
  ]),
  'lines are single values': allBad(linesOf(['1', '"x"', 'true', 'null', '-0.5']), [
    'a:1 TOP_LEVEL_SCALAR',
    'a:2 TOP_LEVEL_SCALAR',
    'a:3 TOP_LEVEL_SCALAR',
    'a:4 TOP_LEVEL_SCALAR',
    'a:5 TOP_LEVEL_SCALAR',
  ]),
  'a line is only nearly a value': allBad(linesOf(['nul', 'x', "{'userId':'u'}"]), [
    'a:1 TOP_LEVEL_SCALAR',
    'a:2 UNEXPECTED',
    'a:3 UNEXPECTED',
  ]),
  'the text is UTF-16, little-endian': allBad(utf16, ['a:1 NOT_UTF8_TEXT', 'a:2 NOT_UTF8_TEXT', 'a:3 NOT_UTF8_TEXT']),
  'the text is UTF-16, little-endian, with a mark': allBad(bytesOf([0xff, 0xfe], utf16), [
    'a:1 NOT_UTF8_TEXT',
    'a:2 NOT_UTF8_TEXT',
    'a:3 NOT_UTF8_TEXT',
  ]),
  'the text is UTF-16, big-endian, with a mark': allBad(bytesOf([0xfe, 0xff], Buffer.from(utf16).swap16()), [
    'a:1 NOT_UTF8_TEXT',
    'a:2 NOT_UTF8_TEXT',
  ]),
  'the text is UTF-32, little-endian': allBad(utf32(two, 'LE'), [
    'a:1 NOT_UTF8_TEXT',
    'a:2 NOT_UTF8_TEXT',
    'a:3 NOT_UTF8_TEXT',
  ]),
  'the text is UTF-32, big-endian': allBad(utf32(two, 'BE'), ['a:1 NOT_UTF8_TEXT', 'a:2 NOT_UTF8_TEXT']),
  'a hole of NUL bytes goes through two lines': {
    files: bytesOf(
      `${two}${event('c').slice(0, 30)}`,
      new Uint8Array(4096),
      `${event('d').slice(30)}\n${event('e')}\n`,
    ),
    users: ['a', 'b', 'e'],
    counts: { lines: 4, rows: 3, malformed: { NOT_UTF8_TEXT: 1 } },
    rejects: ['a:3 NOT_UTF8_TEXT'],
  },
  'a file ends with NUL bytes': {
    files: bytesOf(two, new Uint8Array(4096)),
    users: ['a', 'b'],
    counts: { lines: 3, rows: 2, malformed: { NOT_UTF8_TEXT: 1 } },
    rejects: ['a:3 NOT_UTF8_TEXT'],
  },
  'a file is NUL bytes alone': allBad(new Uint8Array(100_000), ['a:1 NOT_UTF8_TEXT']),
  'a page of HTML was saved as data': allBad(
    linesOf(['<!DOCTYPE html>', '<html><head><title>503 Slow Down</title></head>', '<body></body></html>']),
    ['a:1 UNEXPECTED', 'a:2 UNEXPECTED', 'a:3 UNEXPECTED'],
  ),
  'an error in XML was saved as data': allBad('<?xml version="1.0"?>\n<Error><Code>SlowDown</Code></Error>', [
    'a:1 UNEXPECTED',
    'a:2 UNEXPECTED',
  ]),
  'one file is empty and one holds line ends alone': {
    files: { a: '', b: '\n\r\n\n', c: two },
    users: ['a', 'b'],
    counts: { lines: 5, rows: 2, blank: 3 },
  },
  'arrays are nested 1000 deep, 1001 and 100,000': {
    files: linesOf([
      event('a', `,"x":${nested(999)}`),
      event('b', `,"x":${nested(1000)}`),
      event('c', `,"x":${nested(100_000)}`),
      event('d', `,"x":${'['.repeat(100_000)}`),
    ]),
    users: ['a'],
    counts: { lines: 4, rows: 1, malformed: { TOO_DEEP: 3 } },
    rejects: ['a:2 TOO_DEEP', 'a:3 TOO_DEEP', 'a:4 TOO_DEEP'],
  },
  'an event has 10,000 keys, and one of 100 kB': {
    files: `{"${'k'.repeat(100_000)}":{},${Array.from({ length: 10_000 }, (_, key) => `"k${key}":[${key}]`).join(',')},${event('a').slice(1)}\n`,
    users: ['a'],
    counts: { lines: 1, rows: 1 },
  },
  'a line is as long as may be, and one byte longer': {
    files: linesOf([event('a').padEnd(16 * MIB), event('b').padEnd(16 * MIB + 1), event('c')]),
    users: ['a', 'c'],
    counts: { lines: 3, rows: 2, malformed: { LINE_TOO_LONG: 1 } },
    rejects: ['a:2 LINE_TOO_LONG'],
  },
  'a line of blanks is longer than may be': {
    files: linesOf([' '.repeat(16 * MIB + 1), event('a')]),
    users: ['a'],
    counts: { lines: 2, rows: 1, blank: 1 },
  },
}

describe('every line has its place in the accounting, and the first malformed one ends a run, when', () => {
  it.each(Object.entries(cases))('%s', async (_, { files, users, counts, rejects = [] }) => {
    const outcome = await run(files)
    expect({ rows: outcome.rows, counts: outcome.counts, rejects: outcome.rejects }).toEqual({
      rows: users.map((user) => rowOf(user)),
      counts,
      rejects,
    })
    if (users.length === 0) expect((await failure(files, { onMalformed: 'skip' })).code).toBe('EMPTY_RESULT')
    if (rejects.length === 0) return
    const { line, byteOffset, errorOffset = 0, code } = outcome.rejected[0]
    expect(rejects[0]).toBe(`a:${line} ${code}`)
    const { kind, message } = await failure(files)
    expect({ kind, message }).toEqual({
      kind: 'data',
      message: `MALFORMED_JSON: ${describeMalformed(code)}
  at a line ${line}, byte ${byteOffset + errorOffset} of the uncompressed object
  at job segment-to-personalize
  nothing was written; --on-malformed quarantine sets such lines apart and goes on${code === 'LINE_TOO_LONG' ? '\n  --max-line-bytes, up to 67108864, takes longer ones' : ''}`,
    })
  })
})

it.each([
  ['[{}]', 'the line is an array, not an object'],
  ['"x"', 'the line is a single value, not an object'],
  ['{}{}', 'more text follows the object'],
  ['{', 'the line ends before its object does'],
  ['<html>', 'a character stands where JSON has none'],
  ['\u0000', 'the text is UTF-16 or UTF-32, or holds NUL bytes'],
  [`\n${MARK}{}`, 'a byte order mark stands within the object'],
  [`{"x":${'['.repeat(1000)}`, 'objects and arrays are nested more than 1000 deep'],
])('the error for %s says what was found', async (text, what) => {
  expect((await failure(text)).what).toBe(what)
})

describe('in a file that is so large that it is read in parts', () => {
  const filtered = event('u', `,"event":"Page Viewed","x":"${'x'.repeat(100_000)}"`)
  const lines = Array<string>(400).fill(filtered)
  const special: readonly (readonly [index: number, text: string, code?: string])[] = [
    [99, '{"a":tru}', 'BAD_LITERAL'],
    [150, event('a')],
    [165, ''],
    [200, 'x'.repeat(17 * MIB), 'LINE_TOO_LONG'],
    [201, `${event('b')}\r`],
    [300, MARK + event('c'), 'BYTE_ORDER_MARK'],
    [350, event('d', ',"timestamp":0'), 'NOT_A_TIMESTAMP'],
    [398, event('e')],
    [399, event('f').slice(0, -1), 'UNFINISHED'],
  ]
  for (const [index, text] of special) lines[index] = text
  const file = lines.join('\n')
  const offsetOf = (line: number) =>
    lines.slice(0, line - 1).reduce((sum, text) => sum + Buffer.byteLength(text) + 1, 0)

  it.each([1, 2])('every line has its place and its number, for %d workers', async (workers) => {
    const { rows, counts, rejects, rejected } = await run(file, { workers })
    expect(rows).toEqual([rowOf('a'), rowOf('b'), rowOf('e')])
    expect(counts).toMatchObject({ lines: 400, rows: 3, blank: 1, filtered: { 'event not wanted': 391 } })
    const faults = special.flatMap(([index, , code]) => (code === undefined ? [] : [`a:${index + 1} ${code}`]))
    expect(rejects).toEqual(faults)
    expect(rejected.map(({ byteOffset }) => byteOffset)).toEqual(rejected.map(({ line }) => offsetOf(line)))
    const { at } = await failure(file, { workers })
    expect(at[0]).toMatch(new RegExp(`/a line 100, byte ${offsetOf(100) + 8} of the uncompressed object$`))
  })
})

it('a line of 300 MB is refused and counted by a process with a small heap, which does not hold it', async () => {
  // Members of a gzip file are cheap to make and hold much: 10 MB in 10 kB.
  const middle = Array<Buffer>(30).fill(gzipSync('x'.repeat(1e7)))
  const file = bytesOf(gzipSync(`${event('a')}\n`), ...middle, gzipSync(`\n${event('b')}\n`))
  const { code, stderr, outputs, peakBytes } = await runCommand({ 'a.gz': file }, ['--on-malformed', 'quarantine'], {
    NODE_OPTIONS: '--max-old-space-size=48',
  })
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(outputs['out/part-00000.csv'].toString()).toContain(`${rowOf('a')}\n${rowOf('b')}\n`)
  expect(outputs['_fletching/segment-to-personalize/out/rejects.ndjson'].toString()).toBe(
    `{"object":"./in/a.gz","line":2,"byteOffset":${event('a').length + 1},"errorOffset":0,"stage":"malformed","code":"LINE_TOO_LONG"}\n`,
  )
  expect(peakBytes).toBeLessThan(280e6)
})
