import { times } from '@fletching/kernels/times'
import { randomCheck, tableCheck, valuesOf, vectorOf } from '@fletching/testing'
import { describe, expect, it } from 'vitest'
import { types } from './types.ts'

const { float64, int32 } = types

describe('times', () => {
  it('multiplies; nulls propagate', () =>
    tableCheck({ a: float64, b: float64, out: float64 }, ({ a, b }) => times(a, b))(`
      a     b   out
      19.5  2   39
      0.1   3   0.30000000000000004
      -2    0.5 -1
      _     2   _
      2     _   _
      _     _   _
    `))

  it('takes a scalar on either side', () => {
    tableCheck({ a: float64, out: float64 }, ({ a }) => times(a, 2))(`
      a   out
      1.5 3
      _   _
    `)
    tableCheck({ a: float64, out: float64 }, ({ a }) => times(null, a))(`
      a   out
      1.5 _
      _   _
    `)
  })

  it('is that of IEEE 754 where numbers end', () => {
    const { NaN: nan, POSITIVE_INFINITY: infinite, MAX_VALUE: most, MIN_VALUE: least } = Number
    const left = vectorOf(float64, [most, infinite, nan, least, -0])
    const right = vectorOf(float64, [2, 0, 1, 0.5, 1])
    expect(valuesOf(times(left, right))).toEqual([infinite, nan, nan, 0, -0])
  })

  it('agrees with the oracle', () => {
    randomCheck({
      types: { a: float64, b: float64 },
      out: float64,
      run: ({ a, b }) => times(a, b),
      oracle: ({ a, b }) => a.map((x, row) => (x === null || b[row] === null ? null : Number(x) * Number(b[row]))),
    })
  })

  it.each([
    ['lengths', () => times(vectorOf(float64, [1]), vectorOf(float64, [])), 'times got 1 and 0 rows'],
    ['types', () => times(vectorOf(float64, [1]), vectorOf(int32, [1]) as never), 'times got Float64 and Int32'],
  ])('refuses %s', (_, run, message) => {
    expect(run).toThrow(expect.objectContaining({ kind: 'internal', message: `INTERNAL: ${message}` }))
  })
})
