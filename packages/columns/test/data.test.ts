import { chunksOf, copyValidity, isValid, sliceBatch, validityOf } from '@fletching/columns'
import { forms, type Plain, randomFrom, randomValues, testSeed, valuesOf, vectorOf } from '@fletching/testing'
import {
  Bool,
  Dictionary,
  Field,
  Float64,
  Int32,
  Int64,
  List,
  makeData,
  Null,
  RecordBatch,
  Schema,
  Struct,
  Utf8,
  type Vector,
} from 'apache-arrow'
import { describe, expect, it } from 'vitest'

const random = randomFrom(testSeed)
const int32 = new Int32()

describe('isValid, validityOf and copyValidity', () => {
  it.each(forms)('agree with the values (%s)', (form) => {
    for (const share of [0, 0.3, 1]) {
      for (const length of [0, 1, 7, 8, 9, 40]) {
        const values = randomValues(random, int32, length, share)
        const chunks = vectorOf(int32, values, form).data
        const valid = chunks.flatMap((data) => Array.from({ length: data.length }, (_, row) => isValid(data, row)))
        expect(valid).toEqual(values.map((value) => value !== null))
        const bits = chunks.flatMap((data) => {
          const validity = validityOf(data)
          if (validity === undefined) expect(data.nullCount).toBe(0)
          return bitsOf(validity ?? new Uint8Array(Math.ceil(data.length / 8)).fill(0xff), data.length)
        })
        expect(bits).toEqual(valid)
        const joined = new Uint8Array(Math.ceil(length / 8))
        let row = 0
        for (const data of chunks) {
          copyValidity(data, joined, row)
          row += data.length
        }
        expect(bitsOf(joined, length)).toEqual(valid)
      }
    }
  })

  it('gives no bitmap when every row has a value', () => {
    expect(validityOf(vectorOf(int32, [1, 2], 'slice').data[0])).toBeUndefined()
  })

  it('knows a column of nulls, which has no bitmap', () => {
    const [data] = vectorOf(new Null(), [null, null, null]).data
    expect([isValid(data, 0), isValid(data, 2), validityOf(data)]).toEqual([false, false, Uint8Array.of(0)])
    const bits = Uint8Array.of(0)
    copyValidity(data, bits, 2)
    expect(bits).toEqual(Uint8Array.of(0))
  })
})

describe('sliceBatch', () => {
  const fields = [
    new Bool(),
    int32,
    new Int64(),
    new Float64(),
    new Utf8(),
    new Dictionary(new Utf8(), int32),
    new List(new Field('item', int32, true)),
    new Struct([new Field('b', new Bool(), true), new Field('s', new Utf8(), true)]),
  ].map((type, i) => new Field(`column ${i}`, type, true))
  const columns = fields.map(({ type }) => randomValues(random, type, 60, 0.3))
  const children = fields.map(({ type }, i) => vectorOf(type, columns[i], 'slice').data[0])
  const type = new Struct(fields)
  const whole = new RecordBatch(new Schema(fields), makeData({ type, length: 60, nullCount: 0, children }))

  it.each([
    [0, 60],
    [0, 0],
    [60, 60],
    [3, 11],
    [8, 60],
    [59, 60],
  ])('gives rows %d to %d', (start, end) => {
    expect(rowsOf(sliceBatch(whole, start, end))).toEqual(columns.map((column) => column.slice(start, end)))
  })

  it(`gives the rows of a slice of a slice of a slice (seed ${testSeed})`, () => {
    for (let number = 0; number < 50; number++) {
      let batch = whole
      let expected: readonly (readonly Plain[])[] = columns
      for (let depth = 0; depth < 3; depth++) {
        const start = random.below(batch.numRows + 1)
        const end = start + random.below(batch.numRows - start + 1)
        batch = sliceBatch(batch, start, end)
        expected = expected.map((column) => column.slice(start, end))
        expect(batch.numRows).toBe(end - start)
        expect(rowsOf(batch)).toEqual(expected)
      }
    }
  })

  it('shares the buffers of the batch', () => {
    expect(sliceBatch(whole, 3, 11).data.children[1].values.buffer).toBe(whole.data.children[1].values.buffer)
  })
})

describe('chunksOf', () => {
  it('leaves out those without rows', () => {
    const column = vectorOf(int32, [1, 2, 3], 'chunks')
    expect(column.data.map(({ length }) => length)).toEqual([1, 0, 1, 1])
    expect(chunksOf(column).map(({ length }) => length)).toEqual([1, 1, 1])
    expect(chunksOf(vectorOf(int32, []))).toEqual([])
  })
})

function rowsOf(batch: RecordBatch): Plain[][] {
  return batch.schema.fields.map((_, i) => valuesOf(batch.getChildAt(i) as Vector))
}

function bitsOf(bits: Uint8Array, length: number): boolean[] {
  return Array.from({ length }, (_, i) => Math.floor(bits[Math.floor(i / 8)] / 2 ** (i % 8)) % 2 === 1)
}
