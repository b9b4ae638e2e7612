import { ListBuilder, StructBuilder } from '@fletching/columns'
import { NdjsonDecoder, type ScanSpec, type ScanType } from '@fletching/ndjson'
import { describe, expect, it, vi } from 'vitest'
import { column, decode, ID, interactions, listOf, openBoth, structOf, TEXT } from './events.ts'

const event = (name: string) =>
  `{"userId":"u","event":"${name}","properties":{"sku":"s"},"timestamp":"2019-05-18T20:13:05Z"}`
const slowLines = (input: string | Uint8Array, spec = interactions) => decode(input, spec).counts.slowLines
const scannerOf = (spec: ScanSpec) => new NdjsonDecoder(spec).scanner

describe('the module in WebAssembly', () => {
  it.each<[string, number, string | Uint8Array]>([
    ['events as they are', 0, `${event('Product Clicked')}\n`.repeat(5)],
    ['blanks between tokens', 0, JSON.stringify(JSON.parse(event('Product Clicked')), null, ' ').replaceAll('\n', ' ')],
    ['CRLF', 0, `${event('Product Clicked')}\r\n`],
    ['a last line without a line end', 0, event('Product Clicked')],
    ['an empty line', 0, '\n\n'],
    ['escapes and other letters in values', 0, '{"userId":"é€😀\\n\\"","event":"\\u0061"}'],
    ['a blank line', 1, ' \n'],
    ['a tab between tokens', 1, '{\t"a":1}'],
    ['an escape in a key that is wanted', 1, event('Product Clicked').replace('userId', 'user\\u0049d')],
    ['an escape at the start of a key that is wanted', 1, '{"\\u0075serId":1}'],
    ['an escape in the key that is looked for first', 1, event('Product Clicked').replace('event', 'ev\\u0065nt')],
    [
      'an escape in keys that are not wanted',
      0,
      '{"gr\\u00f6\\u00dfe":1,"userId\\n":{"event":2},"userI\\n":1,"\\u0061":1,"user\\u0049":1,"\\"userId\\"":1}',
    ],
    ['half a surrogate pair in a key that begins like a wanted one', 1, '{"user\\ud83d":1}'],
    ['an escape in a long key that begins like a wanted one', 1, `{"user\\n${'x'.repeat(3000)}":1}`],
    ['a key that is there twice', 0, '{"userId":1,"userId":2}'],
    ['an object that is there twice', 0, '{"properties":{"sku":1},"properties":{}}'],
    ['depth 62', 0, `${'{"a":'.repeat(62)}1${'}'.repeat(62)}`],
    ['depth 100', 1, `${'{"a":'.repeat(100)}1${'}'.repeat(100)}`],
    ['63 in arrays', 1, `{"a":${'['.repeat(62)}${']'.repeat(62)}}`],
    ['a mark at the start', 0, `\ufeff${event('Product Clicked')}\n${event('Product Clicked')}`],
    ['65,535 bytes', 0, `{"a":"${'x'.repeat(65_527)}"}`],
    ['65,536 bytes', 1, `{"a":"${'x'.repeat(65_528)}"}`],
    ['5,000 wanted keys', 0, `{${'"userId":1,'.repeat(4999)}"userId":2}`],
    ['a carriage return between tokens', 1, '{\r"a":1}'],
    ['errors', 3, '{"a":1,}\n[]\n{"a":"\x01"}\n'],
  ])('leaves of %s so many lines to the strict scanner: %d', (_, expected, input) => {
    expect(slowLines(input)).toBe(expected)
  })

  it.each<[string, boolean, unknown]>([
    ['{"a":{"x":1,"y":{"z":"t","b":true}}}', false, { x: 1, y: { z: 't', b: true } }],
    ['{}', false, null],
    ['{"a":null}', false, null],
    ['{"a":{}}', false, { x: null, y: null }],
    ['{"a":{"y":{}}}', false, { x: null, y: { z: null, b: null } }],
    ['{"a":{"x":1},"a":{"y":{}}}', false, { x: null, y: { z: null, b: null } }],
    ['{"a":{"y":{"z":"t"},"x":2,"y":{"b":false}}}', false, { x: 2, y: { z: null, b: false } }],
    ['{"a":{"y":{"z":"t"},"y":7}}', false, { x: null, y: null }],
    ['{"a":{"x":1},"a":[]}', false, null],
    ['{"x":1,"b":{"a":{"x":1}},"a":{"b":true,"y":{"x":3}}}', false, { x: null, y: { z: null, b: null } }],
    ['{"a":{"x":"1","y":{"b":[],"z":"\\u00e9"}}}', false, { x: null, y: { z: 'é', b: null } }],
    ['{"a":{"x":1e0}}', true, { x: 1, y: null }],
    ['{"a":{"\\u0078":1}}', true, { x: 1, y: null }],
  ])('takes structs apart: %s, by way of JavaScript: %s', (line, expected, a) => {
    const type = structOf({ x: { kind: 'float64' }, y: structOf({ z: TEXT, b: { kind: 'bool' } }) })
    const decoder = new NdjsonDecoder({ columns: [column('a', type, { unfit: 'null' })], steps: [] })
    const written = [vi.spyOn(StructBuilder.prototype, 'append'), vi.spyOn(StructBuilder.prototype, 'appendNull')]
    const [{ batch }] = [...decoder.push(new TextEncoder().encode(line)), ...decoder.flush()]
    const calls = written.reduce((sum, { mock }) => sum + mock.calls.length, 0)
    vi.restoreAllMocks()
    expect(JSON.stringify(batch.get(0)?.toJSON().a)).toBe(JSON.stringify(a))
    expect(calls > 0).toBe(expected)
  })

  it.each<[string, boolean, unknown]>([
    ['{}', false, null],
    ['{"a":null}', false, null],
    ['{"a":[]}', false, []],
    ['{"a":[{"n":1,"t":["x","y"]},{"t":[]},{},null]}', false, [[1, ['x', 'y']], [null, []], [null, null], null]],
    [
      '{"a":[{"n":1,"n":2,"o":{"z":1}},{"o":{"z":1},"o":{}}]}',
      false,
      [
        [2, null, { z: 1 }],
        [null, null, { z: null }],
      ],
    ],
    ['{"a" : [ { "n" : 1 , "x" : [ "]" , { } ] } , 7 ] }', false, [[1, null], null]],
    [
      '{"a":[{"x":{"n":1,"t":"\\\\\\""}},{"t":["\\u00e9",null,1]}]}',
      false,
      [
        [null, null],
        [null, ['é', null, null]],
      ],
    ],
    ['{"a":[{"n":1e0}]}', true, [[1, null]]],
    ['{"a":[{"\\u006e":1}]}', true, [[1, null]]],
  ])('writes lists: %s, by way of JavaScript: %s', (line, expected, a) => {
    const fields = { n: { kind: 'float64' } as const, t: listOf(TEXT), o: structOf({ z: { kind: 'float64' } }) }
    const columns = [column('a', listOf(structOf(fields)), { unfit: 'null' })]
    const decoder = new NdjsonDecoder({ columns, steps: [] })
    const written = [vi.spyOn(ListBuilder.prototype, 'append'), vi.spyOn(ListBuilder.prototype, 'appendNull')]
    const [{ batch }] = [...decoder.push(new TextEncoder().encode(line)), ...decoder.flush()]
    const calls = written.reduce((sum, { mock }) => sum + mock.calls.length, 0)
    vi.restoreAllMocks()
    const items = (a as (unknown[] | null)[] | null)?.map(
      (item) => item && { n: item[0], t: item[1], o: item[2] ?? null },
    )
    expect(JSON.stringify(batch.get(0)?.toJSON().a)).toBe(JSON.stringify(items ?? null))
    expect(calls > 0).toBe(expected)
  })

  it.each([
    [512, false],
    [513, true],
  ])('writes a list of %i items beside a thousand columns, by way of JavaScript: %s', (count, expected) => {
    const others = Array.from({ length: 1000 }, (_, number) => column(`c${number}`, TEXT))
    const decoder = new NdjsonDecoder({ columns: [column('a', listOf({ kind: 'bool' })), ...others], steps: [] })
    const written = vi.spyOn(ListBuilder.prototype, 'append')
    const line = `{"a":[${Array<string>(count).fill('true').join()}]}`
    const [{ batch }] = [...decoder.push(new TextEncoder().encode(line)), ...decoder.flush()]
    const calls = written.mock.calls.length
    vi.restoreAllMocks()
    expect(batch.getChild('a')?.get(0)?.toJSON()).toEqual(Array<boolean>(count).fill(true))
    expect(calls > 0).toBe(expected)
  })

  it('learns words wherever they stand', () => {
    const word: ScanType = { kind: 'dictionary', numbers: 'unfit', lineBreaks: 'keep', empty: 'keep' }
    const type = structOf({ w: word, l: listOf(structOf({ w: word })) })
    const decoder = new NdjsonDecoder({ columns: [column('a', type)], steps: [] })
    const line = '{"a":{"w":"x","l":[{"w":"y"},{"w":"\\"z\\u00e9"}]}}\n'
    const written = vi.spyOn(ListBuilder.prototype, 'append')
    const [{ batch }] = [...decoder.push(new TextEncoder().encode(line.repeat(3))), ...decoder.flush()]
    const rows = written.mock.calls.length
    vi.restoreAllMocks()
    expect(JSON.stringify(batch.get(2)?.toJSON().a)).toBe('{"w":"x","l":[{"w":"y"},{"w":"\\"zé"}]}')
    expect(rows).toBe(1)
  })

  it('counts values that it has seen before', () => {
    const names = ['Page Viewed', 'Page Viewed', 'x', '\\u0078', 'Page Viewed', 'x'.repeat(101), 'x'.repeat(101)]
    const { counts } = decode(names.map(event).join('\n'))
    expect(counts.tallies['event not wanted']).toEqual({ 'Page Viewed': 3, x: 2, ['x'.repeat(100)]: 2 })
  })

  it('leaves a step to JavaScript, with all slots filled, when an escape keeps it from deciding', () => {
    const { rows, counts } = decode(`${event('Product\\u0020Clicked')}\n${event('Page\\u0020Viewed')}`)
    expect(rows).toMatchObject([{ event: 'Product Clicked', 'properties.sku': 's' }])
    expect(counts).toMatchObject({ slowLines: 0, tallies: { 'event not wanted': { 'Page Viewed': 1 } } })
  })

  it.each<[string, unknown]>([
    ['{"p":{"s":"1","r":"2"},"r":"3"}', { 'p.s': '1', 'p.r': '2', r: '3' }],
    ['{"r":"3","p":{"r":"2","s":"1"}}', { 'p.s': '1', 'p.r': '2', r: '3' }],
    ['{"p":{"s":"0","r":"0"},"r":"0","p":{"s":"1"},"r":"3"}', { 'p.s': '1', 'p.r': null, r: '3' }],
    ['{"p":{"s":"0"},"p":{"q":{"s":"0","r":"0"},"s":"1","r":"2"}}', { 'p.s': '1', 'p.r': '2', r: null }],
    ['{"p":{"s":"1","r":"2"},"q":{"s":"0","r":"0"}}', { 'p.s': '1', 'p.r': '2', r: null }],
    ['{"p":{"s":"1"},"r":"no"}', undefined],
    ['{"p":{"s":"2"}}', undefined],
    ['{"p":{"s":"0"},"p":{"r":"2"}}', undefined],
    ['{"p":{"s":"0"},"p":"1"}', undefined],
  ])('finds the same whichever steps come first: %s', (line, expected) => {
    const columns = ['p.s', 'p.r', 'r'].map((path) => column(path, TEXT))
    const some = { predicate: { op: 'isNotNull', column: 0 }, reason: 'none' } as const
    const listed = { predicate: { op: 'isIn', column: 0, values: ['1'] }, reason: 'another' } as const
    const other = {
      predicate: {
        op: 'or',
        inputs: [
          { op: 'isNull', column: 2 },
          { op: 'isIn', column: 2, values: ['3'] },
        ],
      },
      reason: 'r',
    } as const
    for (const steps of [
      [other, some, listed],
      [some, other, listed],
      [listed, other, some],
      [other, listed, some],
    ]) {
      const { rows, counts } = decode(line, { columns, steps })
      expect(rows).toEqual(expected === undefined ? [] : [expected])
      expect(counts.slowLines).toBe(0)
    }
  })

  it('forgets them with the remarks', () => {
    const both = openBoth(interactions)
    const bytes = new TextEncoder().encode(`${event('Page Viewed')}\n`.repeat(3))
    for (let object = 0; object < 2; object++) {
      expect(both(bytes, () => 50).counts).toMatchObject({
        lines: 3,
        filtered: { 'event not wanted': 3 },
        tallies: { 'event not wanted': { 'Page Viewed': 3 } },
      })
    }
  })

  it.each<[string, 'wasm' | 'ts', ScanSpec]>([
    ['no column', 'wasm', { columns: [], steps: [] }],
    ['1,023 columns', 'wasm', { columns: columns(1023), steps: [] }],
    ['1,024 columns', 'ts', { columns: columns(1024), steps: [] }],
    ['a struct of 2,000 fields', 'wasm', { columns: [column('a', wideStruct(2000))], steps: [] }],
    ['200 kB of values', 'wasm', { columns: [column('a', TEXT)], steps: [isIn(['x'.repeat(200_000)])] }],
    ['600 kB of values', 'ts', { columns: [column('a', TEXT)], steps: [isIn(['x'.repeat(600_000)])] }],
    ['64 steps', 'wasm', { columns: [column('a', TEXT)], steps: Array.from({ length: 64 }, () => isIn(['x'])) }],
    ['65 steps', 'ts', { columns: [column('a', TEXT)], steps: Array.from({ length: 65 }, () => isIn(['x'])) }],
  ])('takes %s: %s', (_, scanner, spec) => expect(scannerOf(spec)).toBe(scanner))

  it('is done without where it cannot be compiled', async () => {
    const validate = vi.spyOn(WebAssembly, 'validate').mockReturnValue(false)
    vi.resetModules()
    const fresh = await import('@fletching/ndjson')
    const decoder = new fresh.NdjsonDecoder(interactions)
    validate.mockRestore()
    expect(decoder.scanner).toBe('ts')
    expect(decoder.push(new TextEncoder().encode('{}\n'))).toEqual([])
    expect(decoder.takeCounts().lines).toBe(1)
    expect(decoder.takeRemarks().slowLines).toBe(0)
  })

  it.each([60, 127, 700])('takes %d columns that begin alike, or with a short key', (count) => {
    const long = [14, 15, 16, 17, 32, 33].map((length) => 'k'.repeat(length))
    const names = Array.from({ length: count - 10 }, (_, number) => `column${number}`)
    const spec = {
      columns: ['', 'a', 'ab', 'abc', ...long, ...names].map((name) => ({ ...column(name, ID), path: [name] })),
      steps: [],
    }
    const members = spec.columns.map(({ name }, number) => `"${name}" : "${number}"`)
    const { rows, counts } = decode(`{${members.reverse().join(' , ')}}`, spec)
    expect(Object.values(rows[0])).toEqual(spec.columns.map((_, number) => String(number)))
    expect(counts.slowLines).toBe(0)
  })
})

it.each<[string, (string | null)[]]>([
  ['{"p":{"q":{"s":"1"},"s":"2"},"s":"3"}', ['1', '2', '3']],
  ['{"s":"3","p":{"s":"2","q":{"s":"1"}}}', ['1', '2', '3']],
  ['{"p":[{"q":{"s":"0"},"s":"0"}],"s":"3"}', [null, null, '3']],
  ['{"p":{"q":[{"s":"0"},[{"q":{"s":"0"}}]],"s":"2"}}', [null, '2', null]],
  ['{"p":{"x":{"s":"0","q":{"s":"0"}},"s":"2"},"q":{"s":"0"}}', [null, '2', null]],
  ['{"x":{"p":{"s":"0"}},"p":{"q":{"x":{"s":"0"}}}}', [null, null, null]],
  ['{"p":{"q":{"s":"0"},"s":"0"},"p":{"s":"2"}}', [null, '2', null]],
  ['{"p":{"q":{"s":"0"},"q":{}},"s":"0","s":"3"}', [null, null, '3']],
  ['{"p":{"q":{"s":"1"}},"p":7}', [null, null, null]],
])('finds keys where they stand when many are wanted: %s', (line, expected) => {
  const wanted = ['p.q.s', 'p.s', 's'].map((path) => column(path, TEXT))
  const { rows, counts } = decode(line, { columns: [...wanted, ...columns(80)], steps: [] })
  expect(Object.values(rows[0]).slice(0, 3)).toEqual(expected)
  expect(counts.slowLines).toBe(0)
})

it.each([3, 80])('does not take a part of a key with escapes for a wanted one, of %d columns', (count) => {
  const names = ['a\\', 'a"b', 'a\n', ...columns(count - 3).map(({ name }) => name)]
  const both = openBoth({ columns: names.map((name) => ({ ...column(name, TEXT), path: [name] })), steps: [] })
  const lines = [{ 'a\\': '1' }, { 'a"c': 'no' }, { 'a"b': '2' }, { 'a\n': '3' }, { a: 'no' }].map((line) =>
    JSON.stringify(line),
  )
  const { batches } = both(new TextEncoder().encode(lines.join('\n')), () => 50)
  const rows = batches.flatMap(({ batch }) => batch.toArray().map((row) => names.slice(0, 3).map((name) => row[name])))
  expect(rows).toEqual([
    ['1', null, null],
    [null, null, null],
    [null, '2', null],
    [null, null, '3'],
    [null, null, null],
  ])
})

describe.each(['wasm', 'ts'] as const)('memory for the next bytes, with the scanner in %s', (scanner) => {
  const input = Buffer.from(
    `${`${event('Product Clicked')}\n`.repeat(20)}${event('x'.repeat(100_000))}\n{\n${event('y')}`,
  )

  it.each([1, 10, 1000, 100_000, 512 * 1024])('takes what is written into it, %d bytes at a time', (pieceBytes) => {
    const decoder = new NdjsonDecoder(interactions, { scanner })
    const batches = []
    for (let at = 0; at < input.length; ) {
      const target = decoder.buffer(pieceBytes)
      expect(target.length).toBeGreaterThanOrEqual(pieceBytes)
      const copied = input.copy(target, 0, at, at + pieceBytes)
      batches.push(...decoder.commit(copied))
      at += copied
    }
    batches.push(...decoder.flush())
    expect(batches.map(({ batch, malformed }) => [batch.numRows, malformed[0].line])).toEqual([[20, 22]])
    expect(decoder.takeCounts()).toMatchObject({ lines: 23, bytes: input.length, filtered: { 'event not wanted': 2 } })
  })

  it('is bounded', () => {
    expect(() => new NdjsonDecoder(interactions, { scanner }).buffer(524_289)).toThrow(
      'buffer got 524289; a decoder has 524288 bytes',
    )
  })
})

function columns(count: number) {
  return Array.from({ length: count }, (_, number) => column(`k${number}`, TEXT))
}

function wideStruct(count: number) {
  return structOf(Object.fromEntries(Array.from({ length: count }, (_, number) => [`f${number}`, TEXT])))
}

function isIn(values: readonly string[]) {
  return { predicate: { op: 'isIn', column: 0, values }, reason: 'no' } as const
}
