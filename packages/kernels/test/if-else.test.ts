import { ifElse } from '@fletching/kernels/if-else'
import { randomCheck, tableCheck, vectorOf } from '@fletching/testing'
import { Bool, DataType, Int32, type Vector } from 'apache-arrow'
import { describe, expect, it } from 'vitest'
import { everyType } from './types.ts'

const bool = new Bool()
const int32 = new Int32()

describe('ifElse', () => {
  it('takes one or the other, and null for null', () =>
    tableCheck({ test: bool, yes: int32, no: int32, out: int32 }, ({ test, yes, no }) => ifElse(test, yes, no))(`
      test yes no out
      T    1   2  1
      F    1   2  2
      _    1   2  _
      T    _   2  _
      F    1   _  _
      T    1   _  1
      F    _   2  2
    `))

  it('takes scalars', () => {
    tableCheck({ test: bool, yes: int32, out: int32 }, ({ test, yes }) => ifElse(test, yes, 0))(`
      test yes out
      T    1   1
      F    1   0
      _    1   _
      T    _   _
    `)
    tableCheck({ test: bool, no: int32, out: int32 }, ({ test, no }) => ifElse(test, null, no))(`
      test no out
      T    1  _
      F    1  1
      _    1  _
    `)
  })

  it.each(everyType)('agrees with the oracle: $name', ({ type }) => {
    const out = DataType.isDictionary(type) ? type.dictionary : type
    randomCheck({
      types: { test: bool, yes: type, no: type },
      out,
      run: ({ test, yes, no }) => ifElse(test, yes as Vector, no as Vector),
      oracle: ({ test, yes, no }) =>
        test.map((choice, row) => (choice === null ? null : choice === true ? yes[row] : no[row])),
    })
    randomCheck({
      types: { test: bool, yes: type },
      out,
      run: ({ test, yes }) => ifElse(test, yes as Vector, null),
      oracle: ({ test, yes }) => test.map((choice, row) => (choice === true ? yes[row] : null)),
      cases: 50,
    })
  })

  it.each([
    [
      'lengths of values',
      () => ifElse(vectorOf(bool, [true]), vectorOf(int32, [1]), vectorOf(int32, [])),
      'ifElse got 1 and 0 rows',
    ],
    [
      'a condition of another length',
      () => ifElse(vectorOf(bool, []), vectorOf(int32, [1]), 2),
      'ifElse got 0 conditions and 1 rows',
    ],
    [
      'types',
      () => ifElse(vectorOf(bool, [true]), vectorOf(int32, [1]), vectorOf(bool, [true])),
      'ifElse got Int32 and Bool',
    ],
    [
      'a scalar of another type',
      () => ifElse(vectorOf(bool, [true]), vectorOf(int32, [1]), 'a'),
      'ifElse got Int32 and the scalar "a"',
    ],
    ['two scalars', () => ifElse(vectorOf(bool, [true]), 1, 2), 'ifElse got no vector'],
  ])('refuses %s', (_, run, message) => {
    expect(run).toThrow(expect.objectContaining({ kind: 'internal', message: `INTERNAL: ${message}` }))
  })
})
