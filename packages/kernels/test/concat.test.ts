import { concat } from '@fletching/kernels/concat'
import { dictionaryDecode } from '@fletching/kernels/dictionary'
import { type Plain, randomCheck, tableCheck, valuesOf, vectorOf } from '@fletching/testing'
import { DataType, Field, Int32, List, Struct, TimestampMillisecond, Utf8, type Vector } from 'apache-arrow'
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

  it('decodes dictionaries that differ', () => {
    const all = concat(vectorOf(types.encoded, ['a', null]), vectorOf(types.encoded, ['b'], 'slice'))
    expect(String(all.type)).toBe('Utf8')
    expect(valuesOf(all)).toEqual(['a', null, 'b'])
  })

  it('decodes dictionaries that differ within structs and lists', () => {
    const struct = new Struct([new Field('s', types.encoded, true)])
    const list = new List(new Field('item', types.encoded, true))
    const structs = concat(vectorOf(struct, [{ s: 'a' }, null]), vectorOf(struct, [{ s: 'b' }], 'slice'))
    const lists = concat(vectorOf(list, [['a', null], null]), vectorOf(list, [['b']], 'slice'))
    expect(valuesOf(structs)).toEqual([{ s: 'a' }, null, { s: 'b' }])
    expect(valuesOf(lists)).toEqual([['a', null], null, ['b']])
    expect([String(structs.type.children[0].type), String(lists.type.children[0].type)]).toEqual(['Utf8', 'Utf8'])
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
