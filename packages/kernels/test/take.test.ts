import { take, takeBatch } from '@fletching/kernels/take'
import {
  type Form,
  type Plain,
  randomCheck,
  randomFrom,
  sameColumn,
  tableCheck,
  testSeed,
  valuesOf,
  vectorOf,
} from '@fletching/testing'
import {
  DataType,
  Decimal,
  FixedSizeBinary,
  Float32,
  Int8,
  Int32,
  makeData,
  RecordBatch,
  Uint16,
  Uint64,
  Utf8,
  Vector,
  vectorFromArray,
} from 'apache-arrow'
import { describe, expect, it } from 'vitest'
import { everyType, types } from './types.ts'

const numbers = (rows: Vector) => Int32Array.from(valuesOf(rows) as number[])
const takeOracle = (column: readonly Plain[], rows: readonly number[]) => rows.map((row) => column[row])

describe('take', () => {
  const check = tableCheck({ column: new Utf8(), rows: new Int32(), out: new Utf8() }, ({ column, rows }) =>
    take(column, numbers(rows)),
  )

  it('gives rows in any order, some twice, some not at all', () =>
    check(`
      column rows out
      a      2    _
      b      0    a
      _      0    a
      d      3    d
      e      2    _
    `))

  it('gives no row for no number', () =>
    check(`
      column rows out
      a      -    -
      _      -    -
    `))

  it.each(everyType)('takes what the oracle takes: $name', ({ type }) => {
    randomCheck({
      types: { column: type },
      out: DataType.isDictionary(type) ? type.dictionary : type,
      run: ({ column }) => take(column as Vector, Int32Array.from(someRows(column.length))),
      oracle: ({ column }, rows) => takeOracle(column, someRows(rows)),
    })
  })

  it.each(everyType)('takes rows that are neighbours as the oracle does: $name', ({ type }) => {
    randomCheck({
      types: { column: type },
      out: DataType.isDictionary(type) ? type.dictionary : type,
      run: ({ column }) => take(column as Vector, Int32Array.from(neighbours(column.length))),
      oracle: ({ column }, rows) => takeOracle(column, neighbours(rows)),
    })
  })

  it.each<[string, DataType, readonly unknown[]]>([
    ['of one byte', new Int8(), [-128, 127, null]],
    ['of two bytes', new Uint16(), [65_535, 0, null]],
    ['of four bytes', new Float32(), [-0.5, 1.5, null]],
    ['of eight bytes', new Uint64(), [2n ** 64n - 1n, 1n, null]],
    ['of sixteen bytes', new Decimal(0, 38, 128), [Uint32Array.of(1, 2, 3, 4), Uint32Array.of(5, 6, 7, 8), null]],
    ['of three bytes', new FixedSizeBinary(3), [Uint8Array.of(1, 2, 3), Uint8Array.of(4, 5, 6), null]],
  ])('takes values %s', (_, type, values) => {
    const column = vectorFromArray(values, type) as Vector
    const [first, second, third] = column
    const many = vectorFromArray(
      Array.from({ length: 40 }, (_, row) => values[row % 2]),
      type,
    ) as Vector
    expect([
      ...take(
        many,
        Int32Array.from({ length: 35 }, (_, row) => row + 3),
      ),
    ]).toEqual(Array.from(many.slice(3, 38)))
    expect([...take(column.slice(1), Int32Array.of(1, 0, 0))]).toEqual([third, second, second])
    expect([...take(column, Int32Array.of(1, 0))]).toEqual([second, first])
    expect([third, String(first) === String(second)]).toEqual([null, false])
  })

  it.each([types.text, types.list])('leaves behind what lies under a null: %s', (type) => {
    const values = Array.from({ length: 64 }, (_, row) => (row % 5 === 0 ? null : type === types.text ? 'a' : ['a']))
    const [{ valueOffsets }] = take(vectorOf<DataType>(type, values, 'slice'), Int32Array.from(values.keys())).data
    expect(valueOffsets.slice(0, 7)).toEqual(Int32Array.of(0, 0, 1, 2, 3, 4, 4))
    expect(valueOffsets[64]).toBe(51)
  })

  describe.each<Form>(['plain', 'slice'])('of texts of every length, in a column that is a %s', (form) => {
    // Up to several words, and about the length from which a call copies them.
    const lengths = [...Array(41).keys(), 255, 256, 257, 300]
    const texts = lengths.map((length) =>
      Array.from({ length }, (_, i) => String.fromCharCode(33 + ((i + length) % 90))).join(''),
    )
    const sparse = texts.flatMap((text) => [text, null])

    it.each([
      ['in order', [...sparse.keys()]],
      ['in the other order', [...sparse.keys()].reverse()],
      ['each second', [...texts.keys()].map((row) => 2 * row)],
      ['one', [80]],
    ])('takes them %s, and has no bytes beside them', (_, rows) => {
      const column = vectorOf(types.text, sparse, form)
      const taken = take(column, Int32Array.from(rows))
      const expected = rows.map((row) => sparse[row])
      sameColumn(() => taken, types.text, expected, form)
      const [{ values }] = taken.data
      expect([values.length, values.buffer.byteLength]).toEqual([expected.join('').length, expected.join('').length])
    })
  })

  it.each([[[3, 2]], [[...Array(20).keys()]]])('takes nulls where all are null, and there are no texts: %j', (rows) => {
    const column = new Vector([makeData({ type: new Utf8(), length: 20, nullCount: 20 })])
    sameColumn(
      () => take(column, Int32Array.from(rows)),
      types.text,
      Array<null>(rows.length).fill(null),
      'nulls alone',
    )
  })

  it('gives one chunk', () => {
    const column = vectorOf(types.struct, [{ n: 1n, b: null, s: 'a' }, null, null], 'chunks')
    expect(take(column, Int32Array.of(2, 0)).data).toHaveLength(1)
  })

  it('keeps the dictionary of a column of one', () => {
    const column = vectorOf(types.encoded, ['a', 'b', null])
    const taken = take(column, Int32Array.of(1, 2))
    expect(taken.data[0].dictionary).toBe(column.data[0].dictionary)
  })

  it.each([-1, 2, 2 ** 31 - 1])('refuses row %d of 2', (row) => {
    expect(() => take(vectorOf(new Int32(), [1, 2]), Int32Array.of(0, row))).toThrow(
      expect.objectContaining({ kind: 'internal', message: `INTERNAL: take got row ${row} of 2` }),
    )
  })
})

describe('takeBatch', () => {
  it('takes the same rows of every column', () => {
    const batch = new RecordBatch({
      n: vectorOf(new Int32(), [1, null, 3], 'slice').data[0],
      s: vectorOf(new Utf8(), ['a', 'b', null], 'slice of a slice').data[0],
    })
    const taken = takeBatch(batch, Int32Array.of(2, 1, 1))
    expect(taken.numRows).toBe(3)
    expect(valuesOf(taken.getChild('n') as Vector)).toEqual([3, null, null])
    expect(valuesOf(taken.getChild('s') as Vector)).toEqual([null, 'b', 'b'])
  })

  it('refuses a row that is none', () => {
    const batch = new RecordBatch({ n: vectorOf(new Int32(), [1]).data[0] })
    expect(() => takeBatch(batch, Int32Array.of(1))).toThrow(
      expect.objectContaining({ message: 'INTERNAL: take got row 1 of 1' }),
    )
  })
})

/** Runs of rows of a column of that length, the same each time. */
function neighbours(length: number): number[] {
  const random = randomFrom(testSeed)
  return Array.from({ length: 4 }, () => random.below(length + 1)).flatMap((from) =>
    Array.from({ length: random.below(length + 1 - from) }, (_, row) => from + row),
  )
}

/** Rows of a column of that length, the same each time. */
function someRows(length: number): number[] {
  const random = randomFrom(testSeed)
  return Array.from({ length: length === 0 ? 0 : random.below(2 * length) }, () => random.below(length))
}
