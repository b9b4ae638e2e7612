import { ownsMemory, packBatch, packedByteLength, sliceBatch, transfersOf, unpackBatch } from '@fletching/columns'
import { forms, nullShares, randomFrom, randomValues, testSeed, valuesOf, vectorOf } from '@fletching/testing'
import {
  Bool,
  type DataType,
  DateDay,
  Field,
  Float64,
  Int32,
  Int64,
  List,
  makeData,
  RecordBatch,
  Schema,
  Struct,
  TimestampMillisecond,
  Utf8,
  type Vector,
} from 'apache-arrow'
import { describe, expect, it } from 'vitest'

const types: readonly DataType[] = [
  new Bool(),
  new Int32(),
  new Int64(),
  new Float64(),
  new Utf8(),
  new TimestampMillisecond('UTC'),
  new DateDay(),
  new List(new Field('item', new Utf8(), true)),
  new Struct([new Field('n', new Int64(), true), new Field('s', new Utf8(), true)]),
]

function batchOf(vectors: readonly Vector[]): RecordBatch {
  const schema = new Schema(vectors.map((vector, index) => new Field(`c${index}`, vector.type, true)))
  const children = vectors.map((vector) => vector.data[0])
  const length = children[0].length
  return new RecordBatch(schema, makeData({ type: new Struct(schema.fields), length, nullCount: 0, children }))
}

function columnsOf(batch: RecordBatch) {
  return batch.schema.fields.map((_, index) => valuesOf(batch.getChildAt(index) as Vector))
}

/** What another thread gets. */
function sent(batch: RecordBatch): RecordBatch {
  const packed = packBatch(batch)
  return unpackBatch(batch.schema, structuredClone(packed, { transfer: transfersOf(packed) }))
}

describe('a batch that goes to another thread', () => {
  for (const form of forms.filter((name) => name !== 'chunks' && name !== 'dictionaries')) {
    it(`is the same there, in the form ${form} (seed ${testSeed})`, () => {
      const random = randomFrom(testSeed)
      for (let round = 0; round < 40; round++) {
        const rows = random.below(70)
        const vectors = types.map((type) => {
          return vectorOf(type, randomValues(random, type, rows, random.pick(nullShares)), form)
        })
        const batch = batchOf(vectors)
        const expected = columnsOf(batch)
        expect(columnsOf(sent(batch))).toEqual(expected)
      }
    })
  }

  it('moves its own memory, and leaves a dictionary where it is', () => {
    const batch = batchOf([vectorOf(new Int32(), [1, 2, 3]), vectorOf(new Utf8(), ['a', 'b', 'a'], 'dictionary')])
    const [numbers, texts] = batch.data.children
    sent(batch)
    expect(numbers.values).toHaveLength(0)
    expect(valuesOf(texts.dictionary as Vector)).toContain('a')
  })

  it('shares its dictionary with others that go with it', () => {
    const texts = vectorOf(new Utf8(), ['a', 'b', 'a', 'c'], 'dictionary')
    const batches = [batchOf([texts]), sliceBatch(batchOf([texts]), 1, 3)]
    const there = structuredClone(batches.map(packBatch)).map((packed) => unpackBatch(batches[0].schema, packed))
    expect(there.map(columnsOf)).toEqual(batches.map(columnsOf))
    expect(there[0].data.children[0].dictionary).toBe(there[1].data.children[0].dictionary)
  })

  it('has its memory for itself, unless it is a slice', () => {
    const values = { bool: [true, null, false], int: [1, null, 3], text: ['a', null, 'c'] }
    const bool = vectorOf(new Bool(), values.bool)
    const whole = batchOf([bool, vectorOf(new Int32(), values.int), vectorOf(new Utf8(), values.text)])
    const isOwn = (batch: RecordBatch) => ownsMemory(packBatch(batch))
    expect(isOwn(whole)).toBe(true)
    expect(isOwn(sliceBatch(whole, 0, 3))).toBe(true)
    expect(isOwn(sliceBatch(whole, 0, 2))).toBe(false)
    expect(isOwn(sliceBatch(whole, 1, 3))).toBe(false)
    // A slice of bits looks like all of them.
    expect(isOwn(batchOf([bool]))).toBe(false)
    const list = vectorOf(new List(new Field('item', new Int32(), true)), [[1, 2], [], [3]])
    expect(isOwn(batchOf([bool, list]))).toBe(true)
    expect(isOwn(sliceBatch(batchOf([bool, list]), 0, 2))).toBe(false)
    const struct = vectorOf(new Struct([new Field('n', new Int64(), true)]), [{ n: 1n }, null, { n: 2n }])
    expect(isOwn(batchOf([bool, struct]))).toBe(true)
    expect(isOwn(sliceBatch(batchOf([bool, struct]), 0, 2))).toBe(false)
  })

  it('weighs what it moves', () => {
    expect(packedByteLength(packBatch(batchOf([vectorOf(new Int32(), [1, 2, 3])])))).toBe(12)
  })
})
