import { concatText } from '@fletching/kernels/concat-text'
import { contains } from '@fletching/kernels/contains'
import { length } from '@fletching/kernels/length'
import { lower } from '@fletching/kernels/lower'
import { startsWith } from '@fletching/kernels/starts-with'
import { trim } from '@fletching/kernels/trim'
import { upper } from '@fletching/kernels/upper'
import { type Plain, randomCheck, tableCheck, vectorOf } from '@fletching/testing'
import { Bool, type DataType, Int32, Utf8, type Vector } from 'apache-arrow'
import { describe, expect, it } from 'vitest'

const text = new Utf8()
const bool = new Bool()
const int32 = new Int32()

/** The oracle of a kernel of one column. */
const each = (map: (value: string) => Plain) => (column: readonly Plain[]) =>
  column.map((value) => (value === null ? null : map(value as string)))

const unary: readonly {
  readonly name: string
  readonly out: DataType
  readonly kernel: (column: Vector<Utf8>) => Vector
  readonly oracle: (column: readonly Plain[]) => Plain[]
}[] = [
  { name: 'length', out: int32, kernel: length, oracle: each((value) => Array.from(value).length) },
  { name: 'lower', out: text, kernel: lower, oracle: each((value) => value.toLowerCase()) },
  { name: 'upper', out: text, kernel: upper, oracle: each((value) => value.toUpperCase()) },
  { name: 'trim', out: text, kernel: trim, oracle: each((value) => value.replace(/^ +/, '').replace(/ +$/, '')) },
]

describe.each(unary)('$name', ({ out, kernel, oracle }) => {
  it('agrees with the oracle', () => {
    randomCheck({ types: { a: text }, out, run: ({ a }) => kernel(a), oracle: ({ a }) => oracle(a) })
  })

  it('gives a chunk for each chunk', () => {
    const column = vectorOf(text, ['a', null, 'b', 'c'], 'chunks')
    expect(kernel(column).data.map((data) => data.length)).toEqual(column.data.map((data) => data.length))
  })
})

describe('length', () => {
  it('counts code points', () =>
    tableCheck({ a: text, out: int32 }, ({ a }) => length(a))(`
      a            out
      ""           0
      abc          3
      é            1
      "e\\u0301"   2
      🛒           1
      "a\\u0000"   2
      "\\ufeffa"   2
      _            _
    `))
})

describe('lower and upper', () => {
  it('lower maps as Unicode does', () =>
    tableCheck({ a: text, out: text }, ({ a }) => lower(a))(`
      a           out
      ABC         abc
      ÉÄ          éä
      ΟΔΟΣ        οδος
      "İ"         "i\\u0307"
      "\\ufeffA"  "\\ufeffa"
      🛒          🛒
      _           _
      ""          ""
    `))

  it('upper maps as Unicode does', () =>
    tableCheck({ a: text, out: text }, ({ a }) => upper(a))(`
      a           out
      abc         ABC
      ß           SS
      ı           I
      "\\ufeffa"  "\\ufeffA"
      _           _
      ""          ""
    `))
})

describe('trim', () => {
  it('takes blanks alone', () =>
    tableCheck({ a: text, out: text }, ({ a }) => trim(a))(`
      a              out
      " a b  "       "a b"
      "   "          ""
      ""             ""
      "\\ta "        "\\ta"
      " \\u00a0a "   "\\u00a0a"
      " \\n "        "\\n"
      a              a
      _              _
    `))
})

describe.each([
  { name: 'startsWith', kernel: startsWith, oracle: (value: string, part: string) => value.startsWith(part) },
  { name: 'contains', kernel: contains, oracle: (value: string, part: string) => value.includes(part) },
])('$name', ({ name, kernel, oracle }) => {
  const holds = (value: Plain, part: Plain) =>
    value === null || part === null ? null : oracle(value as string, part as string)

  it('agrees with the oracle', () => {
    randomCheck({
      types: { a: text, b: text },
      out: bool,
      run: ({ a, b }) => kernel(a, b),
      oracle: ({ a, b }) => a.map((value, row) => holds(value, b[row])),
    })
  })

  it.each(['', 'a', 'ab', '\ufeff', '🛒', 'x'.repeat(300), null])('takes the scalar %j', (part) => {
    randomCheck({
      types: { a: text },
      out: bool,
      run: ({ a }) => kernel(a, part),
      oracle: ({ a }) => a.map((value) => holds(value, part)),
      cases: 40,
    })
  })

  it('refuses lengths that differ', () => {
    expect(() => kernel(vectorOf(text, ['a']), vectorOf(text, []))).toThrow(
      expect.objectContaining({ kind: 'internal', message: `INTERNAL: ${name} got 1 and 0 rows` }),
    )
  })

  it('refuses a column that is no text', () => {
    expect(() => kernel(vectorOf(int32, [1]) as never, 'a')).toThrow(
      expect.objectContaining({ kind: 'internal', message: `INTERNAL: ${name} got Int32 and the scalar "a"` }),
    )
  })
})

describe('startsWith', () => {
  it('looks at the beginning', () =>
    tableCheck({ a: text, b: text, out: bool }, ({ a, b }) => startsWith(a, b))(`
      a    b    out
      abc  ab   T
      abc  bc   F
      ab   abc  F
      abc  ""   T
      ""   ""   T
      ""   a    F
      _    a    _
      a    _    _
    `))
})

describe('contains', () => {
  it('looks everywhere', () =>
    tableCheck({ a: text, b: text, out: bool }, ({ a, b }) => contains(a, b))(`
      a    b    out
      abc  bc   T
      aab  ab   T
      abc  ac   F
      ab   abc  F
      abc  ""   T
      ""   ""   T
      ""   a    F
      _    ""   _
      a    _    _
    `))
})

describe('concatText', () => {
  it('joins the texts of a row', () =>
    tableCheck({ a: text, b: text, out: text }, ({ a, b }) => concatText(a, '-', b))(
      `
      a   b   out
      a   b   a-b
      ""  ""  "-"
      é   🛒  é-🛒
      _   b   _
      a   _   _
    `,
    ))

  it('agrees with the oracle', () => {
    randomCheck({
      types: { a: text, b: text },
      out: text,
      run: ({ a, b }) => concatText(a, b, '\ufeff', a),
      oracle: ({ a, b }) =>
        a.map((value, row) => (value === null || b[row] === null ? null : [value, b[row], '\ufeff', value].join(''))),
    })
  })

  it('is null where a scalar is', () => {
    randomCheck({
      types: { a: text },
      out: text,
      run: ({ a }) => concatText(a, null),
      oracle: ({ a }) => a.map(() => null),
      cases: 30,
    })
  })

  it.each([
    ['lengths', () => concatText(vectorOf(text, ['a']), vectorOf(text, [])), 'concatText got 1 and 0 rows'],
    ['no vector', () => concatText('a', 'b'), 'concatText got no vector'],
  ])('refuses %s', (_, run, message) => {
    expect(run).toThrow(expect.objectContaining({ kind: 'internal', message: `INTERNAL: ${message}` }))
  })
})
