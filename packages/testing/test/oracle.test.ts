import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import {
  countsOf,
  csvOf,
  epochSecondsOf,
  linesOf,
  membersOf,
  readLine,
  segmentToPersonalizeOracle,
  verdictOf,
} from '@fletching/testing'
import { describe, expect, it } from 'vitest'

const bytes = (text: string) => new TextEncoder().encode(text)

describe('the golden case of the main job', () => {
  const folder = join(import.meta.dirname, '../../../fixtures/jobs/segment-to-personalize')
  const read = (name: string) => readFileSync(join(folder, name))
  const { rows, counts, rejects } = segmentToPersonalizeOracle([
    { name: 'events.ndjson', bytes: read('events.ndjson') },
  ])

  it('has the rows of expected.csv', () => {
    expect(csvOf(rows, 'personalize')).toBe(read('expected.csv').toString())
  })

  it('has the counts of expected-report.json', () => {
    const { accounting } = JSON.parse(read('expected-report.json').toString())
    expect(counts).toEqual(countsOf(accounting))
  })

  it('has the rejects of rejects.ndjson', () => {
    const written = read('rejects.ndjson').toString().trimEnd().split('\n')
    const expected = written
      .map((text) => JSON.parse(text))
      .map(({ line, stage, code }) => ({ line, verdict: stage, code: stage === 'setAside' ? code : undefined }))
      .sort((a, b) => a.line - b.line)
    expect(rejects.map(({ line, verdict, code }) => ({ line, verdict, code }))).toEqual(expected)
  })

  it('adds up', () => {
    const sum = (record: Readonly<Record<string, number>>) =>
      Object.values(record).reduce((left, right) => left + right)
    const { lines, blank, malformed, filtered, setAside } = counts
    expect(lines).toBe(counts.rows + sum(filtered) + sum(setAside) + malformed + blank)
    expect(rejects).toHaveLength(malformed + sum(setAside))
    expect(rows).toHaveLength(counts.rows)
  })
})

describe('linesOf', () => {
  it.each<[string, string[]]>([
    ['', []],
    ['a', ['a']],
    ['a\n', ['a']],
    ['a\n\nb', ['a', '', 'b']],
    ['\n', ['']],
    ['\ufeffa\n\ufeffb', ['a', '\ufeffb']],
    ['\ufeff', []],
    ['a\r\nb\rc', ['a\r', 'b\rc']],
  ])('%j', (text, lines) => {
    expect(linesOf(bytes(text)).map((line) => Buffer.from(line).toString())).toEqual(lines)
    expect(linesOf(gzipSync(text))).toEqual(linesOf(bytes(text)).map((line) => Buffer.from(line)))
  })
})

describe('membersOf', () => {
  it.each<[string, Record<string, string> | undefined]>([
    ['{}', {}],
    ['{"a":1.0}', { a: '1.0' }],
    [
      ' { "a" : 12345678901234567890 , "b" : [ 1, { "a": 2 } ] } ',
      { a: '12345678901234567890', b: '[ 1, { "a": 2 } ]' },
    ],
    ['{"a":1,"b":2,"a":null}', { a: 'null', b: '2' }],
    ['{"\\u0061":"x\\"}{,:"}', { a: '"x\\"}{,:"' }],
    ['{"a":"\\\\","b":{}}', { a: '"\\\\"', b: '{}' }],
    ['[{"a":1}]', undefined],
    ['"{}"', undefined],
    ['null', undefined],
  ])('%s', (text, members) => {
    const found = membersOf(text)
    expect(found === undefined ? undefined : Object.fromEntries(found)).toEqual(members)
  })
})

describe('readLine', () => {
  it.each(['{', '{}{}', '[{}]', '1', '', '{"a":01}', '{"a":"\t"}', '{}\ufeff', '\ufeff{}', '\u00a0{}', '{}\f'])(
    'refuses %j',
    (text) => {
      expect(readLine(bytes(text))).toBeUndefined()
    },
  )

  it.each([[0xff], [0xc0, 0xaf], [0xed, 0xa0, 0x80], [0xe4, 0xba], [0xf4, 0x90, 0x80, 0x80]])(
    'refuses the bytes %s',
    (...bad) => {
      expect(readLine(Uint8Array.from([...bytes('{"a":"'), ...bad, ...bytes('"}')]))).toBeUndefined()
    },
  )

  it('takes brackets 1000 deep, and not 1001', () => {
    const nested = (depth: number) => `{"a":"[[","b":${'['.repeat(depth - 1)}${']'.repeat(depth - 1)}}`
    expect(readLine(bytes(nested(1000)))?.has('b')).toBe(true)
    expect(readLine(bytes(nested(1001)))).toBeUndefined()
    expect(readLine(bytes(nested(100_000)))).toBeUndefined()
  })
})

describe('verdictOf', () => {
  it('takes a line of 16 MiB, and none longer', () => {
    const line = (length: number) => bytes('{"a":""}'.padEnd(length))
    expect(verdictOf(line(16 * 1024 * 1024)).verdict).toBe('filtered')
    expect(verdictOf(line(16 * 1024 * 1024 + 1)).verdict).toBe('malformed')
  })

  it('finds nothing that a line does not hold itself', () => {
    const line = bytes('{"__proto__":{"userId":"u","event":"Product Added"},"constructor":1}')
    expect(verdictOf(line)).toEqual({ verdict: 'filtered', reason: 'event not wanted' })
  })
})

describe('epochSecondsOf', () => {
  it.each<[string, number | undefined]>([
    ['2019-05-18T20:13:05.123Z', 1558210385],
    ['2019-05-18T20:13:05.999999999Z', 1558210385],
    ['2019-05-18T20:13:05.1234567890Z', undefined],
    ['2019-05-18T20:13:05.Z', undefined],
    ['2019-05-18T20:13.5Z', undefined],
    ['2019-05-18t20:13z', 1558210380],
    ['2019-05-18 20:13:05', 1558210385],
    ['2019-05-18', 1558137600],
    ['2019-05-18Z', undefined],
    ['2019-05-18T20Z', undefined],
    ['2019-05-19T01:43:05+0530', 1558210385],
    ['2019-05-18T13:13:05-07', 1558210385],
    ['2019-05-18T20:13:05-00:00', 1558210385],
    ['2019-05-18T20:13:05+23:59', 1558124045],
    ['2019-05-18T20:13:05+24:00', undefined],
    ['2019-05-18T20:13:05+05:60', undefined],
    ['2016-12-31T23:59:60Z', 1483228800],
    ['2016-12-31T15:59:60.9-08:00', 1483228800],
    ['2016-12-31T23:59:60+01:00', undefined],
    ['2016-12-31T23:58:60Z', undefined],
    ['1969-12-31T23:59:59.999Z', -1],
    ['1970-01-01T00:00:00.000Z', 0],
    ['0001-01-01T00:00:00Z', -62135596800],
    ['0000-12-31T00:00:00Z', undefined],
    ['0001-01-01T00:00:00+00:01', undefined],
    ['9999-12-31T23:59:59Z', 253402300799],
    ['9999-12-31T23:59:59-00:01', undefined],
    ['9999-12-31T23:59:60Z', undefined],
    ['2000-02-29', 951782400],
    ['1900-02-29', undefined],
    ['2019-02-30', undefined],
    ['2019-04-31', undefined],
    ['2019-00-01', undefined],
    ['2019-05-18T24:00:00Z', undefined],
    ['2019-5-18', undefined],
    ['20190518T201305Z', undefined],
    [' 2019-05-18', undefined],
    ['2019-05-18\n', undefined],
    ['٢٠١٩-05-18', undefined],
    ['', undefined],
  ])('%s', (text, seconds) => {
    expect(epochSecondsOf(text)).toBe(seconds)
  })
})

describe('csvOf', () => {
  const row = (USER_ID: string) => ({ USER_ID, ITEM_ID: 'i', EVENT_TYPE: 'e', TIMESTAMP: -1 })
  const fieldOf = (text: string, dialect: 'glue' | 'personalize') =>
    csvOf([row(text)], dialect).slice('USER_ID,ITEM_ID,EVENT_TYPE,TIMESTAMP\n'.length, -',i,e,-1\n'.length)

  it.each<[string, string, string]>([
    ['adidas-superstar-80s', 'adidas-superstar-80s', 'adidas-superstar-80s'],
    ['exactly-24-characters-ab', 'exactly-24-characters-ab', 'exactly-24-characters-ab'],
    ['exactly-25-characters-abc', '"exactly-25-characters-abc"', 'exactly-25-characters-abc'],
    ['a b', '"a b"', 'a b'],
    ['a,b', '"a,b"', '"a,b"'],
    ['a"b', '"a""b"', '"a\\"b"'],
    ['a\\b', 'a\\b', '"a\\\\b"'],
    ['a+b', '"a+b"', 'a+b'],
    ["a'b", '"a\'b"', "a'b"],
    ['a-b.c/d', 'a-b.c/d', 'a-b.c/d'],
    [' a', '" a"', '" a"'],
    ['a ', '"a "', '"a "'],
    ['\u0007', '"\u0007"', '\u0007'],
    ['北京', '北京', '北京'],
    ['', '', ''],
  ])('%j is %s for Glue and %s for Personalize', (text, glue, personalize) => {
    expect(fieldOf(text, 'glue')).toBe(glue)
    expect(fieldOf(text, 'personalize')).toBe(personalize)
  })
})
