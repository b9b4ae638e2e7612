import { sliceBatch } from '@fletching/columns'
import { filter, filterBatch } from '@fletching/kernels/filter'
import {
  type Plain,
  randomCheck,
  randomFrom,
  randomValues,
  tableCheck,
  testSeed,
  valuesOf,
  vectorOf,
} from '@fletching/testing'
import {
  Bool,
  DataType,
  type Dictionary,
  Field,
  Int32,
  makeData,
  RecordBatch,
  Schema,
  Struct,
  type Vector,
} from 'apache-arrow'
import { describe, expect, it } from 'vitest'
import { everyType, types } from './types.ts'

const bool = new Bool()
const int32 = new Int32()
const filterOracle = (column: readonly Plain[], mask: readonly Plain[]) => column.filter((_, row) => mask[row] === true)

describe('filter', () => {
  const check = tableCheck({ column: int32, mask: bool, out: int32 }, ({ column, mask }) => filter(column, mask))

  it('keeps true, drops false and null', () =>
    check(`
      column mask out
      1      T    1
      2      F    -
      3      _    -
      _      T    _
    `))

  it('keeps nothing where the mask is all null', () =>
    check(`
      column mask out
      1      _    -
      _      _    -
      3      _    -
    `))

  it('keeps every row where the mask is all true', () =>
    check(`
      column mask out
      1      T    1
      _      T    _
      3      T    3
    `))

  it('takes a column without rows', () => check('column mask out'))

  it.each(everyType)('keeps what the oracle keeps: $name', ({ type }) => {
    randomCheck({
      types: { column: type, mask: bool },
      out: plain(type),
      run: ({ column, mask }) => filter(column as Vector, mask),
      oracle: ({ column, mask }) => filterOracle(column, mask),
    })
  })

  it('returns the column itself when every row is kept', () => {
    const column = vectorOf(int32, [1, null, 3], 'chunks')
    expect(filter(column, vectorOf(bool, [true, true, true]))).toBe(column)
  })

  it('refuses a mask of another length', () => {
    expect(() => filter(vectorOf(int32, [1, 2]), vectorOf(bool, [true]))).toThrow(
      expect.objectContaining({ kind: 'internal', message: 'INTERNAL: filter got 2 rows and a mask of 1' }),
    )
  })
})

describe('filterBatch', () => {
  it(`keeps the same rows of every column, also of a slice of a slice (seed ${testSeed})`, () => {
    const random = randomFrom(testSeed)
    const fields = everyType.map(({ name, type }) => new Field(name, type, true))
    const columns = fields.map(({ type }) => randomValues(random, type, 40, 0.3))
    const children = fields.map(({ type }, i) => vectorOf(type, columns[i], 'slice').data[0])
    const whole = new RecordBatch(
      new Schema(fields),
      makeData({ type: new Struct(fields), length: 40, nullCount: 0, children }),
    )
    const batch = sliceBatch(sliceBatch(whole, 3, 39), 5, 30)
    const mask = randomValues(random, bool, 25, 0.2)
    const kept = filterBatch(batch, vectorOf(bool, mask))
    expect(String(kept.schema)).toBe(String(batch.schema))
    for (const [i, column] of columns.entries()) {
      const expected = filterOracle(column.slice(8, 33), mask)
      expect(valuesOf(kept.getChildAt(i) as Vector)).toEqual(expected)
    }
  })

  it('returns the batch itself when every row is kept', () => {
    const batch = new RecordBatch({ a: vectorOf(int32, [1, 2]).data[0] })
    expect(filterBatch(batch, vectorOf(bool, [true, true]))).toBe(batch)
  })

  it('keeps the columns when no row is kept', () => {
    const batch = new RecordBatch({ a: vectorOf(types.text, ['a']).data[0] })
    const kept = filterBatch(batch, vectorOf(bool, [null]))
    expect([kept.numRows, kept.numCols, String(kept.schema.fields[0].type)]).toEqual([0, 1, 'Utf8'])
  })

  it('refuses a mask of another length', () => {
    const batch = new RecordBatch({ a: vectorOf(int32, [1, 2]).data[0] })
    expect(() => filterBatch(batch, vectorOf(bool, []))).toThrow(
      expect.objectContaining({ message: 'INTERNAL: filter got 2 rows and a mask of 0' }),
    )
  })
})

function plain(type: DataType): DataType {
  return DataType.isDictionary(type) ? (type as Dictionary).dictionary : type
}
