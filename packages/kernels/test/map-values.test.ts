import { dictionaryEncode } from '@fletching/kernels/dictionary'
import { mapValues } from '@fletching/kernels/map-values'
import type { Texts } from '@fletching/kernels/text-chunks'
import { randomCheck, sameColumn, tableCheck, valuesOf, vectorOf } from '@fletching/testing'
import { Dictionary, Int32, makeData, Utf8, Vector } from 'apache-arrow'
import { describe, expect, it } from 'vitest'
import { types } from './types.ts'

const texts = new Map([
  ['a', 'größe'],
  ['', 'empty'],
  ['\ufeffa', 'marked'],
])

describe('mapValues', () => {
  it.each([
    ['plain', (column: Texts) => column],
    ['dictionary-encoded', (column: Texts) => dictionaryEncode(column as Vector<Utf8>)],
  ])('puts other texts for some, and keeps the rest: %s', (_, encode) =>
    tableCheck({ a: types.text, out: types.text }, ({ a }) => mapValues(encode(a), texts))(`
      a           out
      a           größe
      b           b
      größe       größe
      ""          empty
      "\\ufeffa"  marked
      _           _
    `),
  )

  it('takes a text for its own name, not for one that every object has', () => {
    const column = vectorOf(types.text, ['toString', '__proto__'])
    expect(valuesOf(mapValues(column, texts))).toEqual(['toString', '__proto__'])
  })

  it('takes half a surrogate pair for no text', () => {
    const column = vectorOf(types.text, ['\ufffd', '🛒'])
    const halves = new Map([
      ['\ud83d', 'half'],
      ['🛒', 'cart'],
    ])
    expect(valuesOf(mapValues(column, halves))).toEqual(['\ufffd', 'cart'])
  })

  it('gives null for a number whose entry is null', () => {
    const dictionary = vectorOf(types.text, ['a', null, 'b'], 'chunks')
    const data = makeData({
      type: new Dictionary(new Utf8(), new Int32()),
      length: 4,
      nullCount: 1,
      nullBitmap: Uint8Array.of(0b1011),
      data: Int32Array.of(2, 1, -777, 0),
      dictionary,
    })
    sameColumn(() => mapValues(new Vector([data]), texts), types.text, ['b', null, null, 'größe'], 'entries')
  })

  it.each([types.text, types.encoded])('agrees with the oracle: %s', (type) => {
    const some = new Map([
      ['a', 'b'],
      ['b', 'a'],
      ['', 'x'],
    ])
    randomCheck({
      types: { a: type },
      out: types.text,
      run: ({ a }) => mapValues(a as Texts, some),
      oracle: ({ a }) => a.map((text) => (text === null ? null : (some.get(String(text)) ?? text))),
    })
  })
})
