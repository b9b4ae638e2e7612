import { isNotNull, isNull } from '@fletching/kernels/is-null'
import { randomCheck, sameColumn, tableCheck, vectorOf } from '@fletching/testing'
import { Bool, Dictionary, Int32, makeData, Null, Utf8, Vector } from 'apache-arrow'
import { describe, it } from 'vitest'
import { everyType } from './types.ts'

const bool = new Bool()

describe.each([
  { name: 'isNull', kernel: isNull, wanted: true },
  { name: 'isNotNull', kernel: isNotNull, wanted: false },
])('$name', ({ kernel, wanted }) => {
  it('is never null itself', () =>
    tableCheck({ a: new Utf8(), out: bool }, ({ a }) => kernel(a))(`
      a  out
      a  ${wanted ? 'F' : 'T'}
      _  ${wanted ? 'T' : 'F'}
      "" ${wanted ? 'F' : 'T'}
    `))

  it.each(everyType)('agrees with the oracle: $name', ({ type }) => {
    randomCheck({
      types: { a: type },
      out: bool,
      run: ({ a }) => kernel(a as Vector),
      oracle: ({ a }) => a.map((value) => (value === null) === wanted),
    })
  })

  it('knows a column of nulls', () => {
    sameColumn(() => kernel(vectorOf(new Null(), [null, null])), bool, [wanted, wanted], 'Null')
  })

  it('sees a number whose entry is null', () => {
    sameColumn(() => kernel(withNullEntry()), bool, [!wanted, wanted, wanted], 'dictionary with a null')
  })
})

/** One text, the number of a null entry, and a null. */
function withNullEntry(): Vector {
  return new Vector([
    makeData({
      type: new Dictionary(new Utf8(), new Int32()),
      length: 3,
      nullCount: 1,
      nullBitmap: Uint8Array.of(0b011),
      data: Int32Array.of(0, 1, 0),
      dictionary: vectorOf(new Utf8(), ['a', null]),
    }),
  ])
}
