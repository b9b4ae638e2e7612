import { concat, concatBatches } from '@fletching/kernels/concat'
import { dictionaryDecode } from '@fletching/kernels/dictionary'
import {
  nullShares,
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
  type Data,
  DataType,
  Dictionary,
  Field,
  Float64,
  Int8,
  Int32,
  List,
  makeData,
  RecordBatch,
  Schema,
  Struct,
  TimestampMillisecond,
  Utf8,
  Vector,
  vectorFromArray,
} from 'apache-arrow'
import { describe, expect, it } from 'vitest'
import { everyType, types } from './types.ts'

const concatOracle = (...parts: readonly (readonly Plain[])[]) => parts.flat()

describe('concat', () => {
  const check = tableCheck({ a: new Int32(), b: new Int32(), out: new Int32() }, ({ a, b }) => concat(a, b))

  it('joins end to end', () =>
    check(`
      a b out
      1 _ 1
      _ 4 _
      3 - 3
      - - _
      - - 4
    `))

  it('joins with a column without rows', () =>
    check(`
      a b out
      - 1 1
      - _ _
    `))

  it('joins two columns without rows', () => check('a b out'))

  it.each(everyType)('joins what the oracle joins: $name', ({ type }) => {
    // In some forms a text is encoded; concat wants one type.
    const plain = (column: Vector) => dictionaryDecode<DataType>(column)
    randomCheck({
      types: { a: type, b: type },
      out: DataType.isDictionary(type) ? type.dictionary : type,
      run: ({ a, b }) => concat(plain(a), plain(b), plain(a)),
      oracle: ({ a, b }) => concatOracle(a, b, a),
    })
    randomCheck({
      types: { a: type },
      out: DataType.isDictionary(type) ? type.dictionary : type,
      run: ({ a }) => concat<DataType>(a, a),
      oracle: ({ a }) => concatOracle(a, a),
    })
  })

  it('copies nothing when there is one chunk in all', () => {
    const column = vectorOf(types.text, ['a', null])
    expect(concat(column, vectorOf(types.text, [])).data[0]).toBe(column.data[0])
  })

  it('keeps a dictionary that all share', () => {
    const column = vectorOf(types.encoded, ['a', null, 'b'], 'slice')
    const all = concat(column, column.slice(0, 2))
    expect(String(all.type)).toBe('Dictionary<Int32, Utf8>')
    expect(all.data[0].dictionary).toBe(column.data[0].dictionary)
    expect(valuesOf(all)).toEqual(['a', null, 'b', 'a', null])
  })

  it('keeps the type of dictionary columns without rows', () => {
    const none = vectorOf(types.encoded, [])
    expect(String(concat(none, none).type)).toBe('Dictionary<Int32, Utf8>')
  })

  it('gives texts of dictionaries that differ one that holds each once', () => {
    const all = concat(vectorOf(types.encoded, ['a', null, 'b']), vectorOf(types.encoded, ['b', 'c', null], 'slice'))
    expect(String(all.type)).toBe('Dictionary<Int32, Utf8>')
    expect(valuesOf(all)).toEqual(['a', null, 'b', 'b', 'c', null])
    expect(valuesOf(all.data[0].dictionary as Vector)).toEqual(['never used', 'a', '', 'b', 'POISON', 'c'])
  })

  it('finds the numbers of a dictionary that comes again', () => {
    const [first, second] = [['a', 'b'], ['c']].map((texts) => vectorOf(types.encoded, texts))
    const all = concat(first, second, first.slice(1), second)
    expect(valuesOf(all)).toEqual(['a', 'b', 'c', 'b', 'c'])
  })

  it('gives numbers of 32 bits to texts of dictionaries that differ', () => {
    const type = new Dictionary(new Utf8(), new Int8())
    const all = concat<DataType>(vectorFromArray(['a', 'b', null], type), vectorFromArray(['c', 'b'], type))
    expect(String(all.type)).toBe('Dictionary<Int32, Utf8>')
    expect(valuesOf(all)).toEqual(['a', 'b', null, 'c', 'b'])
  })

  it('decodes what is not text, where dictionaries differ', () => {
    const type = new Dictionary(new Float64(), new Int32())
    const all = concat<DataType>(vectorFromArray([0.5, null], type), vectorFromArray([2, 0.5], type))
    expect(String(all.type)).toBe('Float64')
    expect(valuesOf(all)).toEqual([0.5, null, 2, 0.5])
  })

  it('decodes dictionaries that differ where one has a null', () => {
    const type = types.encoded
    const dictionary = vectorOf(new Utf8(), ['a', null])
    const nulls = new Vector([makeData({ type, length: 3, data: Int32Array.of(1, 0, 1), dictionary })])
    const all = concat<DataType>(vectorOf(type, ['b', null]), nulls)
    expect(String(all.type)).toBe('Utf8')
    expect(valuesOf(all)).toEqual(['b', null, null, 'a', null])
  })

  it('joins dictionaries that differ within structs and lists', () => {
    const struct = new Struct([new Field('s', types.encoded, true)])
    const list = new List(new Field('item', types.encoded, true))
    const structs = concat(vectorOf(struct, [{ s: 'a' }, null]), vectorOf(struct, [{ s: 'b' }], 'slice'))
    const lists = concat(vectorOf(list, [['a', null], null]), vectorOf(list, [['b']], 'slice'))
    expect(valuesOf(structs)).toEqual([{ s: 'a' }, null, { s: 'b' }])
    expect(valuesOf(lists)).toEqual([['a', null], null, ['b']])
  })

  it('decodes dictionaries of what is not text within structs', () => {
    const type = new Dictionary(new Float64(), new Int32())
    const [a, b] = [[0.5], [2]].map((values) => {
      const [child] = vectorFromArray(values, type).data
      const struct = new Struct([new Field('n', type, true)])
      return new Vector([makeData({ type: struct, length: 1, nullCount: 0, children: [child] })])
    })
    const all = concat<DataType>(a, b)
    expect(String((all.type as Struct).children[0].type)).toBe('Float64')
    expect(valuesOf(all)).toEqual([{ n: 0.5 }, { n: 2 }])
  })

  it('refuses types that differ', () => {
    expect(() => concat<DataType>(vectorOf(new Int32(), [1]), vectorOf(new Utf8(), ['a']))).toThrow(
      expect.objectContaining({ kind: 'internal', message: 'INTERNAL: concat got Int32 and Utf8' }),
    )
    const local = vectorOf(new TimestampMillisecond(), [0])
    expect(() => concat<DataType>(vectorOf(types.timestamp, [0]), local)).toThrow(
      expect.objectContaining({
        message: 'INTERNAL: concat got Timestamp<MILLISECOND, UTC> and Timestamp<MILLISECOND>',
      }),
    )
  })

  it('refuses no vector', () => {
    expect(() => concat()).toThrow(expect.objectContaining({ message: 'INTERNAL: concat got no vector' }))
  })
})

describe('concatBatches', () => {
  const batchOf = (columns: readonly Vector[]) => {
    const fields = columns.map(({ type }, column) => new Field(`c${column}`, type, true))
    const children = columns.map(({ data: [chunk] }) => chunk)
    const data = makeData({ type: new Struct(fields), length: children[0].length, nullCount: 0, children })
    return new RecordBatch(new Schema(fields), data)
  }

  it('joins what the oracle joins', () => {
    for (let seed = testSeed; seed < testSeed + 100; seed++) {
      const random = randomFrom(seed)
      const columns = everyType.map(({ type }) => ({ type, nulls: random.pick(nullShares), values: [] as Plain[] }))
      const batches = Array.from({ length: 1 + random.below(5) }, () => {
        const rows = random.pick([0, 1, 7, 8, 65])
        const vectors = columns.map(({ type, nulls, values }) => {
          const some = randomValues(random, type, rows, nulls)
          values.push(...some)
          return vectorOf<DataType>(type, some, random.pick(['plain', 'slice', 'slice of a slice']))
        })
        return batchOf(vectors)
      })
      const all = concatBatches(batches)
      for (const [column, { type, values }] of columns.entries()) {
        const where = `FLETCHING_SEED=${seed}, column ${column}`
        expect(String(all.schema.fields[column].type), where).toBe(String(type))
        expect(valuesOf(all.getChildAt(column) as Vector), where).toEqual(values)
      }
    }
  })

  it.each([1, 2])('shares memory with none of %i', (count) => {
    const values = ['a', null, 'b']
    const batches = Array.from({ length: count }, () =>
      batchOf([
        vectorOf(types.text, values),
        vectorOf(types.encoded, values),
        vectorOf(types.bool, [true, null, false]),
      ]),
    )
    const buffersOf = (batch: RecordBatch) =>
      batch.data.children.flatMap(({ values, valueOffsets, nullBitmap }: Data) =>
        [values, valueOffsets, nullBitmap].filter((buffer) => buffer !== undefined).map(({ buffer }) => buffer),
      )
    const own = new Set(buffersOf(concatBatches(batches)))
    expect(own.size).toBe(7)
    for (const buffer of batches.flatMap(buffersOf)) expect(own.has(buffer)).toBe(false)
  })

  it('refuses no batch', () => {
    expect(() => concatBatches([])).toThrow(expect.objectContaining({ message: 'INTERNAL: concat got no batch' }))
  })
})
