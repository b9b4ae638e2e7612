import { dictionaryDecode, dictionaryEncode } from '@fletching/kernels/dictionary'
import { randomCheck, sameColumn, tableCheck, valuesOf, vectorOf } from '@fletching/testing'
import { Dictionary, Int32, makeData, Utf8, Vector } from 'apache-arrow'
import { describe, expect, it } from 'vitest'
import { everyType, types } from './types.ts'

const text = new Utf8()

describe('dictionaryEncode', () => {
  it('changes no value', () => {
    tableCheck({ a: text, out: text }, ({ a }) => dictionaryEncode(a))(`
      a           out
      a           a
      b           b
      a           a
      _           _
      ""          ""
      "\\ufeffa"  "\\ufeffa"
    `)
    randomCheck({ types: { a: text }, out: text, run: ({ a }) => dictionaryEncode(a), oracle: ({ a }) => a })
  })

  it('holds each text once, in order of first appearance, in one dictionary for all chunks', () => {
    const encoded = dictionaryEncode(vectorOf(text, ['b', null, 'a', 'b', 'c', 'a', 'd'], 'chunks'))
    const [first, ...rest] = encoded.data.map((data) => data.dictionary)
    expect(valuesOf(first as Vector)).toEqual(['b', 'a', 'c', 'd'])
    for (const other of rest) expect(other).toBe(first)
    expect(valuesOf(encoded)).toEqual(['b', null, 'a', 'b', 'c', 'a', 'd'])
  })

  it('encodes nulls alone, and no rows', () => {
    for (const values of [[null, null], []]) {
      const encoded = dictionaryEncode(vectorOf(text, values))
      expect([String(encoded.type), valuesOf(encoded)]).toEqual(['Dictionary<Int32, Utf8>', values])
      expect(encoded.data[0].dictionary?.length).toBe(0)
    }
  })

  it('returns the column itself when it is encoded already', () => {
    const column = vectorOf(types.encoded, ['a', null])
    expect(dictionaryEncode(column)).toBe(column)
  })
})

describe('dictionaryDecode', () => {
  it('changes no value', () => {
    randomCheck({ types: { a: text }, out: text, run: ({ a }) => dictionaryDecode(a), oracle: ({ a }) => a })
    randomCheck({
      types: { a: text },
      out: text,
      run: ({ a }) => dictionaryDecode(dictionaryEncode(a)),
      oracle: ({ a }) => a,
    })
  })

  it('gives plain texts, a chunk for each chunk', () => {
    const decoded = dictionaryDecode(vectorOf(types.encoded, ['a', null, 'b'], 'dictionaries'))
    expect(String(decoded.type)).toBe('Utf8')
    expect(decoded.data).toHaveLength(4)
  })

  it('gives null for a number whose entry is null, and takes a dictionary of several chunks', () => {
    const dictionary = vectorOf(text, ['a', null, 'b'], 'chunks')
    const data = makeData({
      type: new Dictionary(new Utf8(), new Int32()),
      length: 4,
      nullCount: 1,
      nullBitmap: Uint8Array.of(0b1011),
      data: Int32Array.of(2, 1, -777, 0),
      dictionary,
    })
    sameColumn(() => dictionaryDecode(new Vector([data])), text, ['b', null, null, 'a'], 'entries')
  })

  it.each(everyType.filter(({ name }) => name !== 'encoded'))('returns the column itself: $name', ({ type }) => {
    const column = vectorOf(type, [null])
    expect(dictionaryDecode<typeof type>(column as Vector<typeof type>)).toBe(column)
  })
})
