import { ListBuilder } from '@fletching/columns'
import type { ScanColumn, ScanField, ScanItem, ScanPredicate, ScanSpec, ScanType, UnfitValue } from '@fletching/ndjson'
import { describe, expect, it, vi } from 'vitest'
import { column, ID, interactions, openBoth, randomFrom, seed, TEXT } from './events.ts'
import { fittingValue, generatedLines, KEYS, mutate, oddLine, randomLine } from './random-lines.ts'

/** More of them: npm run test:faults, npm run fuzz. */
const LINES = Number(process.env.FLETCHING_FUZZ_LINES ?? (process.env.FLETCHING_FAULTS === 'all' ? 200_000 : 10_000))
const OBJECT_LINES = 400

const TYPES: readonly ScanType[] = [
  TEXT,
  ID,
  { kind: 'dictionary', numbers: 'text', lineBreaks: 'unfit', empty: 'null' },
  { kind: 'dictionary', numbers: 'unfit', lineBreaks: 'keep', empty: 'keep' },
  { kind: 'int64' },
  { kind: 'float64' },
  { kind: 'bool' },
  { kind: 'timestamp' },
  { kind: 'json' },
]

function randomUnfit(random: () => number): UnfitValue {
  const choice = random()
  return choice < 0.3 ? 'setAside' : choice < 0.8 ? 'null' : 'discard'
}

/** A type of some depth: its fields have keys that lines have, and names that are those of none. */
function randomType(random: () => number, depth = 0): ScanType {
  const below = (bound: number) => Math.floor(random() * bound)
  const item = (): ScanItem => ({ type: randomType(random, depth + 1), unfit: randomUnfit(random) })
  const choice = random() * (depth < 4 ? 1 : 0.5)
  if (choice < 0.6) return TYPES[below(TYPES.length)]
  if (choice < 0.7) return { kind: 'list', item: item() }
  return { kind: 'struct', fields: someFields(random, below(7), depth) }
}

function someFields(random: () => number, count: number, depth = 0): readonly ScanField[] {
  return Array.from({ length: count }, (_, number) => ({
    name: `f${number}`,
    key: KEYS[Math.floor(random() * KEYS.length)],
    type: randomType(random, depth + 1),
    unfit: randomUnfit(random),
  }))
}

/** What the columns that have an order are compared with. */
const COMPARED: Readonly<Record<string, readonly (string | number | bigint | boolean)[]>> = {
  utf8: ['', '7', 'x', 'é'],
  dictionary: ['', '7', 'x', 'é'],
  int64: [0n, 7n, -1n],
  float64: [0, 7, 0.25, Number.NaN],
  bool: [true, false],
  timestamp: [0, Date.UTC(2019, 4, 18), 1558188202129],
}

/** Some columns of any type at any path, and some steps that look at them. */
function randomSpec(random: () => number): ScanSpec {
  const below = (bound: number) => Math.floor(random() * bound)
  const path = () => Array.from({ length: 1 + below(random() < 0.7 ? 2 : 4) }, () => KEYS[below(KEYS.length)])
  const columns = Array.from({ length: 1 + below(random() < 0.9 ? 6 : 20) }, (_, number): ScanColumn => {
    const options = {
      unfit: random() < 0.4 ? 'setAside' : randomUnfit(random),
      required: random() < 0.2,
      output: random() < 0.8,
    }
    const type = randomType(random)
    return { ...column(`c${number}`, type, options as Partial<ScanColumn>), path: path() }
  })
  // So many keys that they are told apart in another way, most of them none that lines have.
  if (random() < 0.2)
    columns.push(
      ...Array.from({ length: 90 }, (_, number) => ({
        ...column(`d${number}`, TYPES[below(TYPES.length)], { unfit: 'null' }),
        path: [`${KEYS[below(KEYS.length)]}${random() < 0.3 ? '' : number}`],
      })),
    )
  const comparison = (at: number): ScanPredicate => {
    const operator = (['eq', 'ne', 'lt', 'le', 'gt', 'ge'] as const)[below(6)]
    const { kind } = columns[at].type
    const values = COMPARED[kind] ?? ['x']
    return { op: 'compare', column: at, operator, value: values[below(values.length)] }
  }
  const predicate = (depth: number): ScanPredicate => {
    const at = below(columns.length)
    const choice = random()
    if (depth < 3 && choice < 0.3) {
      const inputs = Array.from({ length: below(4) }, () => predicate(depth + 1))
      return { op: choice < 0.15 ? 'and' : 'or', inputs }
    }
    if (choice < 0.5) return comparison(at)
    if (choice < 0.7) return { op: choice < 0.6 ? 'isNotNull' : 'isNull', column: at }
    return {
      op: 'isIn',
      column: at,
      values: ['', 'x', '7', 'Product Added', '日本語のテキスト', 'x'.repeat(40)].slice(below(6)),
    }
  }
  const steps = Array.from({ length: below(4) }, (_, number) => ({
    predicate: random() < 0.4 ? predicate(1) : ({ op: 'or', inputs: [predicate(1), predicate(1)] } as const),
    reason: `reason ${below(3)} ${number % 2}`,
    ...(random() < 0.5 ? { tallyColumn: below(columns.length) } : {}),
  }))
  return { columns, steps }
}

/** All lines of an opening, `count` parts and an ending. */
function allLines(opening: string, parts: readonly string[], count: number, endings: readonly string[]): string {
  let heads = [opening]
  for (let part = 0; part < count; part++) heads = heads.flatMap((head) => parts.map((text) => head + text))
  return heads.flatMap((head) => endings.map((ending) => `${head}${ending}\n`)).join('')
}

const TOKENS = '{ } [ ] : , "a" 1'.split(' ').concat(' ')
const TOKEN_ENDS = ['', '}', ']}', '}}']
/** Of texts, some of them as bytes that are no UTF-8, or no more of it when they are cut. */
const TEXT_PARTS = '\\ | " | u | 0041 | n | \xc3 | \xa9 | \xed\xa0 | \xf0\x9f\x98 | \x80 | \x1f | x'.split(' | ')
const TEXT_ENDS = ['"}', '', '":1}', '"}\r']
/** Of each length in UTF-8 and of each kind that is counted or refused, among texts that are short and long. */
const ESCAPES =
  '\\" \\\\ \\/ \\n \\t \\u0041 \\u00e9 \\u20AC \\uFFFF \\ud83d \\uDE00 \\u001f x seventeen_letters'.split(' ')
const NUMBER_PARTS = '- | 0 | 12 | . | e | E | + | 1234567890123456 | , | \t | null | x'.split(' | ').concat(' ')
const NUMBER_ENDS = ['}', ',"b":1}', '\r}', '']

describe('both scanners', () => {
  /** The border between two blocks lies within what follows so many bytes. */
  const borders = [58, 59, 60, 61, 62, 63]
  const until = (length: number, head: string, tail = '') =>
    head + 'x'.repeat(length - head.length - tail.length) + tail

  it.each<[string, string[], number, string[]]>([
    ['{', TOKENS, 5, TOKEN_ENDS],
    ['{"a":', TOKENS, 4, TOKEN_ENDS],
    ['{"a":[', TOKENS, 4, TOKEN_ENDS],
    ['{"a":[{},', TOKENS, 4, TOKEN_ENDS],
    ...borders.map((border) => [until(border, '{"p":"', '",'), TOKENS, 4, TOKEN_ENDS] as never),
    ...borders.map((border) => [until(border, '{"p":"', '","a":['), TOKENS, 3, TOKEN_ENDS] as never),
    ['{"a":"', TEXT_PARTS, 4, TEXT_ENDS],
    ['{"', TEXT_PARTS, 3, TEXT_ENDS],
    ...borders.map((border) => [until(border, '{"a":"'), TEXT_PARTS, 3, TEXT_ENDS] as never),
    ...borders.map((border) => [until(border, '{"'), TEXT_PARTS, 2, TEXT_ENDS] as never),
    ['{"a":', NUMBER_PARTS, 4, NUMBER_ENDS],
    ['{"a":[1,', NUMBER_PARTS, 3, [']}', ' ]}', ',1]}']],
    ...borders.map((border) => [until(border, '{"p":"', '","a":'), NUMBER_PARTS, 3, NUMBER_ENDS] as never),
  ])('give the same of all lines of %s and some of %j', (opening, parts, count, endings) => {
    const decode = openBoth({ columns: [column('a', { kind: 'json' })], steps: [] })
    const lines = Buffer.from(allLines(opening, parts, count, endings), 'latin1')
    const { counts } = decode(lines, () => 100_000)
    expect(counts.lines).toBe(endings.length * parts.length ** count)
    expect(counts.rows).toBeGreaterThan(0)
  })

  it.each(['null', 'setAside'] as const)(
    'give the same of texts of escapes, where one that does not fit is %s',
    (unfit) => {
      const word: ScanType = { kind: 'dictionary', numbers: 'unfit', lineBreaks: 'keep', empty: 'keep' }
      const types = Object.entries({ text: TEXT, id: ID, word })
      const columns = types.map(([name, type]) => ({ ...column(name, type, { unfit }), path: ['a'] }))
      const decode = openBoth({ columns, steps: [] })
      const { counts } = decode(Buffer.from(allLines('{"a":"', ESCAPES, 3, ['"}', 'é"}'])), () => 100_000)
      expect(counts.rows).toBe(2 * ESCAPES.length ** 3)
    },
  )

  it(`give the same of values near what is written without JavaScript, seed ${seed}`, () => {
    const random = randomFrom(seed)
    const below = (bound: number) => Math.floor(random() * bound)
    const kinds = ['timestamp', 'int64', 'float64', 'bool', 'json'] as const
    const columns = [
      ...kinds.map((kind) => column(kind, { kind }, { unfit: 'null' })),
      column('id', ID),
      column('word', { kind: 'dictionary', numbers: 'unfit', lineBreaks: 'keep', empty: 'keep' }),
    ]
    const decode = openBoth({ columns, steps: [] })
    const one = (texts: readonly string[]) => texts[below(texts.length)]
    const digits = (count: number) => Array.from({ length: count }, () => below(10)).join('')
    const moment = () => {
      const date = one([
        '2019-05-18',
        '2020-02-29',
        '1900-02-29',
        '0001-01-01',
        '9999-12-31',
        `2019-${digits(2)}-${digits(2)}`,
      ])
      const clock = one(['', 'T00:00', 't23:59', ' 14:03', `T${digits(2)}:${digits(2)}`])
      const second = one(['', ':00', ':59', ':60', `:${digits(2)}`, `:22.${digits(below(11))}`])
      const offset = one([
        '',
        'Z',
        'z',
        '+00:00',
        '-23:59',
        '+0530',
        '-07',
        `+${digits(2)}:${digits(2)}`,
        `-${digits(1 + below(6))}`,
      ])
      const text = date + clock + second + offset
      const at = below(text.length)
      return random() < 0.2 ? text.slice(0, at) + one(['', ' ', '0', '-', ':', 'T']) + text.slice(at + 1) : text
    }
    const number = () =>
      one(['', '-']) +
      one(['0', `${1 + below(9)}${digits(below(20))}`, `9${digits(13 + below(5))}`]) +
      one(['', '', `.${digits(1 + below(18))}`, `.${1 + below(9)}`, 'e5'])
    const text = () => one(['', 'x', 'é', '\\n', 'x'.repeat(99 + below(3)), 'é'.repeat(127 + below(3)), digits(3)])
    const value = () => one([JSON.stringify(moment()), number(), 'true', 'false', 'null', '{"a":[]}', `"${text()}"`])
    // Rows that are written without JavaScript and rows that are not, in turns of all lengths, and more words than are remembered.
    const fits: Record<string, () => string> = {
      timestamp: () => JSON.stringify(moment()),
      int64: number,
      float64: number,
      bool: () => one(['true', 'false']),
      json: value,
      id: () => (random() < 0.3 ? one([number(), `1${'0'.repeat(253 + below(6))}`]) : `"${text()}"`),
      word: () => `"${text()}"`,
    }
    for (let object = 0; object < LINES / 750; object++) {
      const oddity = random() ** 3
      const lines = Array.from({ length: 2000 }, () => {
        // Few values a line: one that is not common keeps the others of its row from being written without JavaScript too.
        const some = columns.filter(() => random() < 1.5 / columns.length)
        return `{${some.map(({ name }) => `"${name}":${random() < oddity ? value() : fits[name]()}`).join()}}\n`
      })
      const { counts } = decode(Buffer.from(lines.join('')), () => 1_000_000)
      expect(counts.rows).toBe(2000)
    }
  })

  it.each<[string, string[]]>([
    ['more short lines than a column holds', Array.from({ length: 40_000 }, (_, row) => `{"id":"${row % 7}"}`)],
    ['texts that fill a column', Array.from({ length: 90 }, (_, row) => `{"id":"${String(row).repeat(30_000)}"}`)],
    ['items that fill a list', Array.from({ length: 9 }, (_, row) => `{"list":[${`${row},`.repeat(5000)}0]}`)],
    ['more words than are remembered', Array.from({ length: 4000 }, (_, row) => `{"word":"${(row * 7) % 1500}"}`)],
  ])('give the same of %s', (_, lines) => {
    const columns = [
      column('id', TEXT),
      column('word', { kind: 'dictionary', numbers: 'unfit', lineBreaks: 'keep', empty: 'keep' }),
      column('list', { kind: 'list', item: { type: { kind: 'int64' }, unfit: 'null' } }),
    ]
    const decode = openBoth({ columns, steps: [] }, { batchRows: 100_000 })
    const { batches } = decode(Buffer.from(lines.join('\n')), () => 100_000)
    expect(batches.reduce((rows, { batch }) => rows + batch.numRows, 0)).toBe(lines.length)
  })

  it(`give the same of structs and lists of all types, seed ${seed}`, () => {
    const random = randomFrom(seed)
    const below = (bound: number) => Math.floor(random() * bound)
    const filled = vi.spyOn(ListBuilder.prototype, 'appendLists')
    const written = vi.spyOn(ListBuilder.prototype, 'append')
    for (let lines = 0; lines < LINES / 20; lines += 300) {
      const type = { kind: 'struct', fields: someFields(random, 1 + below(8)) } as const
      const unfit = random() < 0.5 ? 'null' : 'setAside'
      const decode = openBoth({ columns: [column('v', type, { unfit })], steps: [] }, { batchRows: 1 + below(400) })
      const oddity = random() < 0.5 ? 0 : random() ** 4
      const pieces = Array.from({ length: 300 }, () => `{"v":${fittingValue(type, oddity, random)}}\n`)
      const most = 2 ** (4 + below(15))
      const { counts } = decode(Buffer.from(pieces.join('')), () => 1 + below(most))
      expect(counts.rows).toBe(300)
    }
    const inWasm = filled.mock.calls.reduce((sum, [count]) => sum + count, 0)
    // The strict scanner writes all of them, the other one those that are odd.
    const share = inWasm / written.mock.calls.length
    vi.restoreAllMocks()
    expect(share).toBeGreaterThan(0.1)
  })

  it(`give the same of ${LINES} lines that are random, odd or damaged, however they are cut, seed ${seed}`, () => {
    const random = randomFrom(seed)
    const below = (bound: number) => Math.floor(random() * bound)
    const events = generatedLines()
    let lines = 0
    let slowLines = 0
    let malformed = 0
    for (let round = 0; lines < LINES; round++) {
      // Specifications of all sorts, and every other time the one that the events are made for.
      const isMain = round % 2 === 0
      const decode = openBoth(isMain ? interactions : randomSpec(random), {
        batchRows: 50,
        malformedMax: 20,
        ...(random() < 0.3 ? { lineBytesMax: 300 + below(70_000) } : {}),
        ...(random() < 0.3 ? { depthMax: 1 + below(10) } : {}),
      })
      for (let object = 0; object < 10; object++) {
        const randoms = Array.from({ length: 20 }, () => randomLine(random))
        const source = isMain ? events : randoms
        const pieces: Buffer[] = random() < 0.1 ? [Buffer.from('\ufeff')] : []
        for (let number = 0; number < OBJECT_LINES; number++) {
          let line = random() < 0.002 ? oddLine(random) : isMain ? events[below(events.length)] : randomLine(random)
          for (let errors = below(4); errors > 1; errors--) line = mutate(line, source, random)
          pieces.push(line, Buffer.from('\n'))
        }
        if (random() < 0.5) pieces.pop()
        const most = 2 ** (random() < 0.02 ? 1 : 8 + below(11))
        const { counts } = decode(Buffer.concat(pieces), () => 1 + below(most))
        lines += counts.lines
        slowLines += counts.slowLines
        malformed += Object.values(counts.malformed).reduce((sum, count) => sum + count, 0)
      }
    }
    // The fast scanner must have had its share, and so must errors.
    expect(malformed).toBeGreaterThan(LINES / 10)
    expect(slowLines - malformed).toBeLessThan(LINES / 5)
  }, 3_600_000)
})
