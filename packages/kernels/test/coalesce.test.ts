import { coalesce } from '@fletching/kernels/coalesce'
import { randomCheck, tableCheck, vectorOf } from '@fletching/testing'
import { DataType, Int32, Utf8, type Vector } from 'apache-arrow'
import { describe, expect, it } from 'vitest'
import { everyType } from './types.ts'

const int32 = new Int32()
const text = new Utf8()

describe('coalesce', () => {
  it('takes the first that has a value', () =>
    tableCheck({ a: int32, b: int32, c: int32, out: int32 }, ({ a, b, c }) => coalesce(a, b, c))(`
      a b c out
      1 2 3 1
      _ 2 3 2
      _ _ 3 3
      _ _ _ _
      1 _ _ 1
    `))

  it('takes scalars', () => {
    tableCheck({ a: text, out: text }, ({ a }) => coalesce(a, null, 'z'))(`
      a   out
      a   a
      _   z
      ""  ""
    `)
    tableCheck({ a: text, out: text }, ({ a }) => coalesce('z', a))(`
      a out
      a z
      _ z
    `)
  })

  it('gives the first where it has no null, without a copy', () => {
    const whole = vectorOf(int32, [1, 2])
    expect(coalesce(whole, vectorOf(int32, [3, null])).data[0]).toBe(whole.data[0])
  })

  it.each(everyType)('agrees with the oracle: $name', ({ type }) => {
    const out = DataType.isDictionary(type) ? type.dictionary : type
    randomCheck({
      types: { a: type, b: type },
      out,
      run: ({ a, b }) => coalesce(a as Vector, null, b as Vector),
      oracle: ({ a, b }) => a.map((value, row) => value ?? b[row]),
    })
    randomCheck({
      types: { a: type },
      out,
      run: ({ a }) => coalesce(a as Vector),
      oracle: ({ a }) => a,
      cases: 40,
    })
  })

  it.each([
    ['lengths', () => coalesce(vectorOf(int32, [1]), vectorOf(int32, [])), 'coalesce got 1 and 0 rows'],
    ['types', () => coalesce(vectorOf(int32, [1]), vectorOf(text, ['a'])), 'coalesce got Int32 and Utf8'],
    ['a scalar of another type', () => coalesce(vectorOf(int32, [1]), 0.5), 'coalesce got Int32 and the scalar 0.5'],
    ['no vector', () => coalesce(null, 1), 'coalesce got no vector'],
    ['nothing', () => coalesce(), 'coalesce got no vector'],
  ])('refuses %s', (_, run, message) => {
    expect(run).toThrow(expect.objectContaining({ kind: 'internal', message: `INTERNAL: ${message}` }))
  })
})
