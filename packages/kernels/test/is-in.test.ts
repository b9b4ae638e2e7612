import { countOnes } from '@fletching/columns'
import { isIn } from '@fletching/kernels/is-in'
import { forms, randomCheck, sameColumn, tableCheck, vectorOf } from '@fletching/testing'
import { Bool, Dictionary, Int32, makeData, Null, Utf8, Vector } from 'apache-arrow'
import { describe, expect, it } from 'vitest'
import { orderedTypes } from './types.ts'

const bool = new Bool()

const wanted = {
  bool: [true],
  int32: [0, 3, -(2 ** 31)],
  int64: [0n, 3n, 2n ** 63n - 1n],
  float64: [0, 1.5, Infinity, Number.NaN],
  text: ['a', '', '\ufeffa', '🛒', 'ab'],
  timestamp: [0, 1_558_188_202_129],
  date: [0, 18_034],
} as const

describe('isIn', () => {
  const check = tableCheck({ a: new Utf8(), out: bool }, ({ a }) => isIn(a, ['Product Added', 'é']))

  it('finds whole texts alone', () =>
    check(`
      a                out
      "Product Added"  T
      "Product Adde"   F
      "Product Added " F
      é                T
      ""               F
      _                _
    `))

  it.each(orderedTypes)('agrees with the oracle: $name', ({ name, type }) => {
    const values: readonly (string | number | bigint | boolean)[] = wanted[name]
    randomCheck({
      types: { a: type },
      out: bool,
      run: ({ a }) => isIn(a as Vector, values),
      oracle: ({ a }) => a.map((value) => (value === null ? null : values.some((other) => other === value))),
    })
  })

  it.each(forms)('tells texts apart by each of their bytes: %s', (form) => {
    const texts = Array.from({ length: 41 }, (_, length) => 'abcdefgh'.repeat(6).slice(0, length))
    const others = texts.flatMap((text) => Array.from(text, (_, at) => `${text.slice(0, at)}X${text.slice(at + 1)}`))
    const values = [...texts, ...others].flatMap((text, row) => (row % 7 === 0 ? [text, null] : [text]))
    const column = vectorOf(new Utf8(), values, form)
    for (const wanted of [texts, texts.slice(13, 14), others, texts.slice(0, 4)]) {
      sameColumn(
        () => isIn(column, wanted),
        bool,
        values.map((value) => (value === null ? null : wanted.includes(value))),
        `${form}, ${wanted.length} wanted`,
      )
    }
  })

  it.each([0, 1, 7, 8, 9, 63, 64, 65])('leaves no bit of a null, and none behind the last of %d rows', (rows) => {
    const column = vectorOf(new Utf8(), Array<null>(rows).fill(null), 'slice')
    for (const values of [['POISON'], ['']]) {
      const [{ values: bits, nullCount }] = isIn(column, values).data
      expect([bits.every((byte) => byte === 0), nullCount]).toEqual([true, rows])
    }
    const [all] = isIn(vectorOf(new Utf8(), Array<string>(rows).fill('a'), 'slice'), ['a']).data
    expect([countOnes(all.values, 0, 8 * all.values.length), all.nullCount]).toEqual([rows, 0])
  })

  it('looks at no text where all are null, for there may be none', () => {
    const column = new Vector([makeData({ type: new Utf8(), length: 9, nullCount: 9 })])
    sameColumn(() => isIn(column, ['', 'a']), bool, Array<null>(9).fill(null), 'nulls alone')
  })

  it('is null in chunks of no type, also where Arrow does not know how many nulls a part of one has', () => {
    const [all] = vectorOf(new Null(), [null, null, null]).data
    const column = new Vector([all.slice(1, 1), makeData({ type: new Null(), length: 1 })])
    sameColumn(() => isIn(column, []), bool, [null, null], 'parts of nulls')
  })

  it.each(orderedTypes)('is false or null when there are no values: $name', ({ type }) => {
    randomCheck({
      types: { a: type },
      out: bool,
      run: ({ a }) => isIn(a as Vector, []),
      oracle: ({ a }) => a.map((value) => (value === null ? null : false)),
      cases: 40,
    })
  })

  it('is null at a number whose entry is null, whatever lies under it', () => {
    const entries = vectorOf(new Utf8(), ['a', null], 'slice')
    const column = new Vector([
      makeData({
        type: new Dictionary(new Utf8(), new Int32()),
        length: 2,
        nullCount: 0,
        data: Int32Array.of(0, 1),
        dictionary: entries,
      }),
    ])
    sameColumn(() => isIn(column, ['a', 'POISON']), bool, [true, null], 'dictionary with a null')
  })

  it('refuses a value of another type', () => {
    expect(() => isIn(vectorOf(new Int32(), [1]), ['1'])).toThrow(
      expect.objectContaining({ kind: 'internal', message: 'INTERNAL: a comparison got Int32 and the scalar "1"' }),
    )
    expect(() => isIn(vectorOf(new Utf8(), ['1']), [1])).toThrow(
      expect.objectContaining({ kind: 'internal', message: 'INTERNAL: isIn got Utf8 and the scalar 1' }),
    )
  })
})
