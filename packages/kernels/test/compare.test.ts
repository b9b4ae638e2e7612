import { eq, eqNullSafe, ge, gt, le, lt, ne } from '@fletching/kernels/compare'
import { type Plain, randomCheck, sameColumn, tableCheck, valuesOf, vectorOf } from '@fletching/testing'
import {
  Bool,
  DateDay,
  Float32,
  Float64,
  Int8,
  Int32,
  Int64,
  Null,
  TimestampMillisecond,
  Uint32,
  Uint64,
  Utf8,
  type Vector,
  vectorFromArray,
} from 'apache-arrow'
import { describe, expect, it } from 'vitest'
import { orderedTypes, types } from './types.ts'

const bool = new Bool()
const text = new Utf8()
const bytes = (value: Plain) => (typeof value === 'string' ? Buffer.from(value).toString('hex') : value)
type Ordered = string | number | bigint | boolean

const kernels = [
  { name: 'eq', kernel: eq, test: (a: Ordered, b: Ordered) => a === b },
  { name: 'ne', kernel: ne, test: (a: Ordered, b: Ordered) => a !== b },
  { name: 'lt', kernel: lt, test: (a: Ordered, b: Ordered) => a < b },
  { name: 'le', kernel: le, test: (a: Ordered, b: Ordered) => a <= b },
  { name: 'gt', kernel: gt, test: (a: Ordered, b: Ordered) => a > b },
  { name: 'ge', kernel: ge, test: (a: Ordered, b: Ordered) => a >= b },
] as const

describe.each(kernels)('$name', ({ kernel, test }) => {
  const holds = (a: Plain, b: Plain) =>
    a === null || b === null ? null : test(bytes(a) as Ordered, bytes(b) as Ordered)

  it.each(orderedTypes)('agrees with the oracle: $name', ({ type }) => {
    randomCheck({
      types: { a: type, b: type },
      out: bool,
      run: ({ a, b }) => kernel(a as Vector, b as Vector),
      oracle: ({ a, b }) => a.map((value, row) => holds(value, b[row])),
    })
  })

  it.each(orderedTypes)('agrees with the oracle on a scalar, on either side: $name', ({ name, type }) => {
    for (const scalar of scalars[name]) {
      randomCheck({
        types: { a: type },
        out: bool,
        run: ({ a }) => kernel(a as Vector, scalar),
        oracle: ({ a }) => a.map((value) => holds(value, scalar)),
        cases: 30,
      })
      randomCheck({
        types: { b: type },
        out: bool,
        run: ({ b }) => kernel(scalar, b as Vector),
        oracle: ({ b }) => b.map((value) => holds(scalar, value)),
        cases: 30,
      })
    }
  })
})

const scalars = {
  bool: [true, false, null],
  int32: [2, -(2 ** 31), null],
  int64: [2n, -(2n ** 63n), 2n ** 53n + 1n, null],
  float64: [1.5, -0, Number.NaN, Infinity, null],
  text: ['a', '', '\ufeffa', '🛒', null],
  timestamp: [0, 1_558_188_202_129, null],
  date: [0, 18_034, null],
} as const

describe('eq', () => {
  const check = tableCheck({ a: text, b: text, out: bool }, ({ a, b }) => eq(a, b))

  it('compares texts by their bytes', () =>
    check(`
      a        b        out
      a        a        T
      a        b        F
      ""       ""       T
      ""       a        F
      "a\\u0000" a      F
      "\\ufeffa" a      F
      _        a        _
      a        _        _
      _        _        _
    `))

  it('takes a number for an int64, and a bigint', () => {
    const column = vectorOf(new Int64(), [5n, 6n, null])
    for (const five of [5, 5n]) expect(valuesOf(eq(column, five))).toEqual([true, false, null])
  })

  it('knows no NaN that is equal', () => {
    const column = vectorOf(new Float64(), [Number.NaN, -0])
    expect(valuesOf(eq(column, column))).toEqual([false, true])
    expect(valuesOf(ne(column, column))).toEqual([true, false])
    expect(valuesOf(eq(column, 0))).toEqual([false, true])
  })

  it.each([
    ['int8', new Int8(), [-128, 0, 127]],
    ['uint32', new Uint32(), [0, 1, 2 ** 31, 2 ** 32 - 1]],
    ['float32', new Float32(), [-1.5, 0, 2 ** 40]],
    [
      'int64',
      new Int64(),
      [-(2n ** 63n), -(2n ** 32n) - 1n, -1n, 0n, 2n ** 31n, 2n ** 32n, 2n ** 32n + 1n, 2n ** 63n - 1n],
    ],
    ['uint64', new Uint64(), [0n, 2n ** 31n, 2n ** 32n - 1n, 2n ** 32n, 2n ** 63n, 2n ** 64n - 1n]],
  ])('knows all numbers: %s', (_, type, values) => {
    const pairs = values.flatMap((a) => values.map((b) => [a, b]))
    const [left, right] = [0, 1].map((side) =>
      vectorFromArray(
        pairs.map((pair) => pair[side]),
        type,
      ),
    )
    for (const { kernel, test } of kernels) expect([...kernel(left, right)]).toEqual(pairs.map(([a, b]) => test(a, b)))
    if (type instanceof Float32) return
    for (const scalar of values) expect([...lt(scalar, right)]).toEqual(pairs.map(([, b]) => scalar < b))
  })

  it('is null for a column of nulls', () => {
    const column = vectorOf(new Null(), [null, null])
    sameColumn(() => eq(column, null), bool, [null, null], 'Null')
  })
})

describe('lt', () => {
  const check = tableCheck({ a: text, b: text, out: bool }, ({ a, b }) => lt(a, b))

  it('orders texts by code point, not by UTF-16 unit', () =>
    check(`
      a    b    out
      a    b    T
      a    aa   T
      aa   a    F
      ""   a    T
      ～   🛒   T
      🛒   ～   F
      _    🛒   _
    `))
})

describe('texts', () => {
  it('are held against each other in each of their bytes', () => {
    const whole = 'abcdefghijklm'
    const texts = Array.from({ length: whole.length + 1 }, (_, length) => whole.slice(0, length)).flatMap((text) => [
      text,
      ...Array.from(text, (_, i) => i).flatMap((i) =>
        ['\u0001', 'z', 'é'].map((other) => text.slice(0, i) + other + text.slice(i + 1)),
      ),
    ])
    const pairs = texts.flatMap((a) => texts.map((b) => [a, b]))
    const [left, right] = [0, 1].map((side) =>
      vectorFromArray(
        pairs.map((pair) => pair[side]),
        new Utf8(),
      ),
    )
    const orders = pairs.map(([a, b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
    for (const { kernel, test } of kernels)
      expect([...kernel(left, right)]).toEqual(orders.map((order) => test(order, 0)))
  })
})

describe('eqNullSafe', () => {
  const check = tableCheck({ a: new Int32(), b: new Int32(), out: bool }, ({ a, b }) => eqNullSafe(a, b))

  it('takes null for a value', () =>
    check(`
      a b out
      1 1 T
      1 2 F
      1 _ F
      _ 1 F
      _ _ T
    `))

  it.each(orderedTypes)('agrees with the oracle: $name', ({ name, type }) => {
    randomCheck({
      types: { a: type, b: type },
      out: bool,
      run: ({ a, b }) => eqNullSafe(a as Vector, b as Vector),
      oracle: ({ a, b }) => a.map((value, row) => value === b[row]),
    })
    for (const scalar of scalars[name]) {
      randomCheck({
        types: { a: type },
        out: bool,
        run: ({ a }) => eqNullSafe(a as Vector, scalar),
        oracle: ({ a }) => a.map((value) => value === scalar),
        cases: 30,
      })
    }
  })
})

describe('comparisons refuse', () => {
  const int32 = new Int32()
  it.each([
    ['lengths', () => eq(vectorOf(int32, [1]), vectorOf(int32, [1, 2])), 'a comparison got 1 and 2 rows'],
    [
      'lengths, in their order',
      () => gt(vectorOf(int32, [1]), vectorOf(int32, [1, 2])),
      'a comparison got 1 and 2 rows',
    ],
    ['types, in their order', () => ge(vectorOf(int32, [1]), vectorOf(text, ['1'])), 'a comparison got Int32 and Utf8'],
    ['types', () => lt(vectorOf(int32, [1]), vectorOf(text, ['1'])), 'a comparison got Int32 and Utf8'],
    ['two scalars', () => eq(1, 2), 'a comparison got no vector'],
    ['lists', () => eq(vectorOf(types.list, [['a']]), vectorOf(types.list, [['a']])), 'List<Utf8> has no order'],
    [
      'a list and a scalar',
      () => eq(vectorOf(types.list, [[]]), 'a'),
      'a comparison got List<Utf8> and the scalar "a"',
    ],
    ['half an int32', () => eq(vectorOf(int32, [1]), 1.5), 'a comparison got Int32 and the scalar 1.5'],
    ['an int32 too large', () => eq(vectorOf(int32, [1]), 2 ** 31), 'a comparison got Int32 and the scalar 2147483648'],
    ['half an int64', () => ge(vectorOf(new Int64(), [1n]), 0.5), 'a comparison got Int64 and the scalar 0.5'],
    [
      'an int64 too large',
      () => ge(vectorOf(new Int64(), [1n]), 2n ** 63n),
      'a comparison got Int64 and the scalar 9223372036854775808',
    ],
    ['a text for a number', () => ne(vectorOf(int32, [1]), '1'), 'a comparison got Int32 and the scalar "1"'],
    ['a number for a text', () => ne(vectorOf(text, ['1']), 1), 'a comparison got Utf8 and the scalar 1'],
    ['a number for a bool', () => ne(vectorOf(bool, [true]), 1), 'a comparison got Bool and the scalar 1'],
    [
      'a text for a moment',
      () => gt(vectorOf(new TimestampMillisecond('UTC'), [0]), '1970-01-01'),
      'a comparison got Timestamp<MILLISECOND, UTC> and the scalar "1970-01-01"',
    ],
    ['half a day', () => gt(vectorOf(new DateDay(), [0]), 0.5), 'a comparison got Date32<DAY> and the scalar 0.5'],
    [
      'eqNullSafe of lengths',
      () => eqNullSafe(vectorOf(int32, []), vectorOf(int32, [1])),
      'eqNullSafe got 0 and 1 rows',
    ],
  ])('%s', (_, run, message) => {
    expect(run).toThrow(expect.objectContaining({ kind: 'internal', message: `INTERNAL: ${message}` }))
  })
})
