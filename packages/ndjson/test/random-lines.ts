import { generateObjects } from '@fletching/gen'
import type { ScanType } from '@fletching/ndjson'

type Random = () => number

/** Generated events, one a line, traps among them. */
export function generatedLines(): Buffer<ArrayBuffer>[] {
  return [...generateObjects({ seed: 3, events: 300, files: 1, sources: 3, traps: 0.1, gzip: false })]
    .flatMap(({ bytes }) => Buffer.from(bytes).toString('latin1').split('\n'))
    .filter((line) => line.trim() !== '')
    .map((line) => Buffer.from(line, 'latin1'))
}

/** Damages a line in one of many ways; it may stay valid. It may hold line feeds afterwards. */
export function mutate(
  line: Buffer<ArrayBuffer>,
  others: readonly Buffer<ArrayBuffer>[],
  random: Random,
): Buffer<ArrayBuffer> {
  const below = (bound: number) => Math.floor(random() * bound)
  const at = below(line.length + 1)
  const to = Math.min(line.length, at + 1 + below(12))
  switch (below(6)) {
    case 0: {
      const flipped = Buffer.from(line)
      if (at < line.length) flipped[at] ^= 1 << below(8)
      return flipped
    }
    case 1:
      return line.subarray(0, at)
    case 2:
      return Buffer.concat([line.subarray(0, at), Buffer.from(MARKS[below(MARKS.length)], 'latin1'), line.subarray(at)])
    case 3: {
      const from = below(40)
      const other = others[below(others.length)].subarray(from, from + below(60))
      return Buffer.concat([line.subarray(0, at), other, line.subarray(to)])
    }
    case 4:
      return Buffer.concat([line.subarray(0, to), line.subarray(at)])
    default:
      return Buffer.concat([line.subarray(0, at), line.subarray(to)])
  }
}

const utf8 = (text: string) => Buffer.from(text).toString('latin1')
const MARKS = [
  ...'"\\{}[]:,e-0. \t\r\0\x1f\x80\xff'.split(''),
  ...'\\u|\\ud800|\\"|\\\\|null|"userId":|"properties":{|}}|{}|[]|},"x":{|,1|éé'.split('|'),
  ...['é', '😀', '\ufeff'].map(utf8),
]

/** The keys of random objects: few, so that wanted ones are met, repeated and nested in each other. */
export const KEYS = [
  '',
  'a',
  'id',
  'sku',
  'skus',
  'name',
  'é',
  'a.b',
  'fourteen_bytes',
  'fifteen___bytes',
  'sixteen____bytes',
  'seventeen___bytes',
  'properties',
  `long${'g'.repeat(60)}`,
]

const STRINGS = [
  ...'|x|Product Added|Product Clicked|Order Completed|2019-05-18T14:03:22.129Z|2019-05-18|7'.split('|'),
  ...'é€😀|日本語のテキスト|\u007f|"|\\|\n|\u0001|{"a":[1,2]}|\\u0061'.split('|'),
  'x'.repeat(40),
]
const SCALARS = ['0', '-0', '7', '12345678901234567890', '1.5', '-1e-5', '1E+400', 'true', 'false', 'null', '0.25']

/** A random object as JSON, mostly compact; it is valid unless it goes deeper than a thousand. */
export function randomLine(random: Random): Buffer<ArrayBuffer> {
  const below = (bound: number) => Math.floor(random() * bound)
  const isSpaced = random() < 0.3
  const isEscaped = random() < 0.2
  const blanks = [' ', ' ', ' ', '  ', ' '.repeat(70), '\t', '\r']
  const blank = () => (isSpaced && random() < 0.3 ? blanks[below(random() < 0.01 ? blanks.length : 4)] : '')
  const text = (value: string) => {
    if (!isEscaped || random() < 0.8 || value === '') return JSON.stringify(value)
    const at = below(value.length)
    const escaped = `\\u${value.charCodeAt(at).toString(16).padStart(4, '0')}`
    return JSON.stringify(value.slice(0, at)).slice(0, -1) + escaped + JSON.stringify(value.slice(at + 1)).slice(1)
  }
  const value = (depth: number): string => {
    const choice = random()
    if (choice < 0.35) return text(STRINGS[below(STRINGS.length)])
    if (choice < 0.6 || depth > 6) return SCALARS[below(SCALARS.length)]
    return choice < 0.85 ? object(depth + 1) : list(depth + 1)
  }
  const members = (depth: number) => below(depth === 1 ? 12 : 5)
  const object = (depth: number): string =>
    `{${blank()}${Array.from(
      { length: members(depth) },
      () => `${text(KEYS[below(KEYS.length)])}${blank()}:${blank()}${value(depth)}${blank()}`,
    ).join(`,${blank()}`)}}`
  const list = (depth: number): string =>
    `[${blank()}${Array.from({ length: members(depth) }, () => `${value(depth)}${blank()}`).join(`,${blank()}`)}]`
  return Buffer.from(`${object(1)}${random() < 0.1 ? '\r' : ''}`)
}

/** Lines at the bounds of the fast scanner: of depth and of length, and what is no event at all. */
export function oddLine(random: Random): Buffer<ArrayBuffer> {
  const below = (bound: number) => Math.floor(random() * bound)
  const deep = below(70)
  const opens = Array.from({ length: deep }, () => (random() < 0.5 ? '{"a":' : '['))
  const closes = opens.map((open) => (open === '[' ? ']' : '}')).reverse()
  switch (below(8)) {
    case 0:
      return Buffer.from(`{"id":1,"a":${opens.join('')}1${closes.join('')}}`)
    case 1:
      return Buffer.from(`{"a":"${'x'.repeat(65_536 - 20 + below(40))}","id":1}`)
    case 2:
      return Buffer.from(`{"a":[${'1,'.repeat(32_768 - 10 + below(10))}1],"id":1}`)
    case 3:
      return Buffer.from(`{${'"id":1,'.repeat(below(9000))}"id":1}`)
    case 4:
      return Buffer.from(`{"a":[${'{"id":1},'.repeat(below(5000))}1],"id":"x"}`)
    case 5:
      return Buffer.from(['', ' ', '\r', '\t \r', '{}', '[]', '{} ', '{}\r', '1', '{', '}', '"'][below(12)])
    case 6:
      return Buffer.from(`{"name":"${'日本é😀'.repeat(below(40))}","id":"${'é'.repeat(below(70))}"}`)
    default:
      return Buffer.from(`{"a":"${'\\\\'.repeat(below(70))}","id":"${'\\"'.repeat(below(70))}"}`)
  }
}

/**
 * JSON that a type mostly takes, as long as `oddity` is small: it is the share of values of any type, of repeated, escaped and unwanted keys, and of
 * lists that are longer than there is room for.
 */
export function fittingValue(type: ScanType, oddity: number, random: Random): string {
  const below = (bound: number) => Math.floor(random() * bound)
  const isOdd = () => random() < oddity
  const one = (texts: readonly string[]) => texts[below(texts.length)]
  const blank = () => (random() < 0.02 ? ' ' : '')
  if (isOdd()) return one([...SCALARS, ...ODD_VALUES])
  if (random() < 0.1) return 'null'
  switch (type.kind) {
    case 'int64':
      return String(below(1000))
    case 'float64':
      return isOdd() ? '1e3' : one(['0', '1.5', '-12.25', '300'])
    case 'bool':
      return one(['true', 'false'])
    case 'timestamp':
      return isOdd() ? '"soon"' : one(['"2019-05-18T14:03:22.129Z"', '"2019-05-18"'])
    case 'json':
      return one([...SCALARS, ...ODD_VALUES])
    case 'list': {
      const count = isOdd() ? 2000 : below(random() < 0.1 ? 20 : 4)
      const items = Array.from({ length: count }, () => fittingValue(type.item.type, count > 20 ? 0 : oddity, random))
      return `[${blank()}${items.join(`${blank()},${blank()}`)}${blank()}]`
    }
    case 'struct': {
      const fields = type.fields.filter(() => random() < 0.8)
      if (isOdd()) fields.push(...type.fields)
      if (random() < 0.5) fields.reverse()
      const members = fields.map(({ key, type }) => {
        const name = JSON.stringify(key)
        const escaped = isOdd() && key !== '' ? name.replace(key[0], `\\u${hex4(key)}`) : name
        return `${escaped}${blank()}:${blank()}${fittingValue(type, oddity, random)}`
      })
      if (random() < 0.3)
        members.splice(below(members.length + 1), 0, `"un${isOdd() ? '\\"' : ''}wanted}":${one(ODD_VALUES)}`)
      return `{${blank()}${members.join(`${blank()},${blank()}`)}${blank()}}`
    }
    default:
      return isOdd() ? one(['7', '"a\\nb"', '"\\ud83d"']) : one(TEXTS)
  }
}

function hex4(text: string): string {
  return text.charCodeAt(0).toString(16).padStart(4, '0')
}

const TEXTS = ['""', '"x"', '"]}"', '"é\\u00e9"', '"\\"{["', '"\\ud83d\\ude00"', JSON.stringify('x'.repeat(20))]
const ODD_VALUES = [
  '"x"',
  '"\\"]"',
  '[]',
  '{}',
  '[[1],{"a":[]}]',
  '{"a":{"id":1,"sku":["]"]},"id":"\\"}"}',
  '["x",{"a":7}]',
]
