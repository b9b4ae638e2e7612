import { fuzz, fuzzCases } from '@fletching/testing'
import { describe, expect, it } from 'vitest'
import { CsvRecordScanner } from '../src/index.ts'
import { recordsOracle, type Shown } from './record-oracle.ts'

const escapes = ['"', '\\'] as const

describe('CsvRecordScanner', () => {
  it.each<[csv: string, escapedBy: '"' | '\\', fields: string[][]]>([
    ['', '"', []],
    ['a', '"', [['a']]],
    ['a,b\n', '"', [['a', 'b']]],
    [
      'a,\n,b\n',
      '"',
      [
        ['a', ''],
        ['', 'b'],
      ],
    ],
    ['a,', '"', [['a', '']]],
    ['a\n\nb', '"', [['a'], [''], ['b']]],
    ['a\r\nb\rc\n', '"', [['a'], ['b'], ['c']]],
    ['"a,b","c\nd"\n', '"', [['a,b', 'c\nd']]],
    ['"say ""x"""', '"', [['say "x"']]],
    ['"say \\"x\\"","\\\\"', '\\', [['say "x"', '\\']]],
    ['"a\\nb",\\n', '\\', [['a\\nb', '\\n']]],
    ['"a"b,"c', '\\', [['"a"b', 'c']]],
    ['5" pipe,é日🎉', '\\', [['5" pipe', 'é日🎉']]],
    [
      '\ufeffa,b\n"c",d',
      '"',
      [
        ['a', 'b'],
        ['c', 'd'],
      ],
    ],
    ['\ufeff"a"', '"', [['a']]],
  ])('%j, where %s escapes', (csv, escapedBy, fields) => {
    expect(shownOf(csv, { escape: escapedBy }).map((record) => record.fields.map(({ text }) => text))).toEqual(fields)
  })

  it('tells where a record stands, and what is wrong with it', () => {
    expect(shownOf('a,b\r\n\n"c\r\nd",""\r5","""",\\"\n"x"y,"\\t"\n"z', { escape: '\\' })).toEqual([
      { line: 1, lines: 1, byteOffset: 0, lineEnd: 'crlf', fields: [bare('a'), bare('b')], told: [] },
      { line: 2, lines: 1, byteOffset: 5, lineEnd: 'lf', fields: [bare('')], told: [] },
      { line: 3, lines: 2, byteOffset: 6, lineEnd: 'cr', fields: [quoted('c\r\nd'), quoted('')], told: [] },
      {
        line: 5,
        lines: 1,
        byteOffset: 16,
        lineEnd: 'lf',
        fields: [bare('5"'), quoted('"'), bare('\\"')],
        told: ['bare quote', 'doubled'],
      },
      {
        line: 6,
        lines: 1,
        byteOffset: 27,
        lineEnd: 'lf',
        fields: [bare('"x"y'), quoted('\\t')],
        told: ['behind quote', 'unknown escape'],
      },
      { line: 7, lines: 1, byteOffset: 37, lineEnd: 'none', fields: [quoted('z')], told: ['open'] },
    ])
  })

  it.each<[csv: string, hasMark: boolean]>([
    ['\ufeffa', true],
    ['\ufeff', true],
    ['a\ufeff', false],
    ['', false],
  ])('the mark of byte order of %j is told: %s', (csv, hasMark) => {
    for (const cut of [1, 100]) {
      const scanner = new CsvRecordScanner({ escape: '"' }, () => {})
      pushCut(scanner, Buffer.from(csv), () => cut)
      expect(scanner.hasByteOrderMark).toBe(hasMark)
    }
  })

  it.each([1, 3, 100_000])('a record that is too long keeps what ends before, bytes cut every %i', (cut) => {
    const csv = `a,b,${'c'.repeat(70_000)},d\nok,"${'e\r\n'.repeat(30_000)}",f\nlast\n`
    const records = shownOf(csv, { escape: '"', recordBytesMax: 100 }, () => cut)
    expect(records).toEqual([
      { line: 1, lines: 1, byteOffset: 0, lineEnd: 'lf', fields: [bare('a'), bare('b')], told: ['cut'] },
      { line: 2, lines: 30_001, byteOffset: 70_007, lineEnd: 'lf', fields: [bare('ok')], told: ['cut'] },
      { line: 30_003, lines: 1, byteOffset: 160_015, lineEnd: 'lf', fields: [bare('last')], told: [] },
    ])
  })

  it.each([8, 9])(
    'a record of 8 bytes with its line end, of at most %i, is whole however it is cut',
    (recordBytesMax) => {
      for (const cut of [1, 2, 7, 8, 9]) {
        expect(shownOf('a,bbbb\r\nc\n', { escape: '"', recordBytesMax }, () => cut).map(({ told }) => told)).toEqual([
          [],
          [],
        ])
        const [first] = shownOf('a,bbbb\r\nc\n', { escape: '"', recordBytesMax: 7 }, () => cut)
        expect(first).toMatchObject({ fields: [bare('a'), bare('bbbb')], told: ['cut'] })
      }
    },
  )

  it('has room for any number of fields and for records longer than its buffer', () => {
    const csv = `${Array(1000).fill('x').join()},${'y'.repeat(300_000)}\n`
    const [{ fields }] = shownOf(csv, { escape: '"' })
    expect([fields.length, fields[999].text, fields[1000].text.length]).toEqual([1001, 'x', 300_000])
  })

  it.each(escapes)('agrees with the oracle on random text where %s escapes, however it is cut', async (escapedBy) => {
    await fuzz(fuzzCases(2000), (random) => {
      const csv = Array.from({ length: random.below(60) }, () =>
        random.pick(['a', 'b', ',', ',', '"', '"', '"', '\\', '\n', '\r', '\r\n', 'é', '🎉']),
      ).join('')
      const cuts = random.pick([() => 1, () => 1 + random.below(5), () => 1000])
      expect(shownOf(csv, { escape: escapedBy }, cuts)).toEqual(recordsOracle(csv, escapedBy))
    })
  })
})

const bare = (text: string) => ({ text, isQuoted: false })
const quoted = (text: string) => ({ text, isQuoted: true })

function shownOf(
  csv: string,
  rules: { readonly escape: '"' | '\\'; readonly recordBytesMax?: number },
  cut: () => number = () => 1000,
): Shown[] {
  const records: Shown[] = []
  const scanner = new CsvRecordScanner(rules, (record) => {
    const { line, lines, byteOffset, lineEnd, fieldCount } = record
    const told = [
      ['open', record.isOpen],
      ['cut', record.isCut],
      ['doubled', record.hasDoubledQuote],
      ['unknown escape', record.hasUnknownEscape],
      ['behind quote', record.hasTextBehindQuote],
      ['bare quote', record.hasBareQuote],
    ] as const
    records.push({
      line,
      lines,
      byteOffset,
      lineEnd,
      fields: Array.from({ length: fieldCount }, (_, field) => ({
        text: record.text(field),
        isQuoted: record.isQuoted(field),
      })),
      told: told
        .filter(([, is]) => is)
        .map(([name]) => name)
        .sort(),
    })
  })
  pushCut(scanner, Buffer.from(csv), cut)
  return records
}

function pushCut(scanner: CsvRecordScanner, bytes: Uint8Array, cut: () => number): void {
  for (let from = 0; from < bytes.length; ) {
    const to = from + cut()
    scanner.push(bytes.subarray(from, to))
    from = to
  }
  scanner.flush()
}
