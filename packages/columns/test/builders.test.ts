import {
  BoolBuilder,
  clearBit,
  DictionaryBuilder,
  Int64Builder,
  type RowValidity,
  Utf8Builder,
} from '@fletching/columns'
import { randomFrom, testSeed } from '@fletching/testing'
import type { Data } from 'apache-arrow'
import { describe, expect, it } from 'vitest'

/** Which of some rows are null, as bits, behind which there are ones. */
function validityOf(nulls: readonly boolean[]): RowValidity | undefined {
  const nullCount = nulls.filter((isNull) => isNull).length
  if (nullCount === 0) return undefined
  const bits = new Uint8Array((nulls.length + 7) >> 3).fill(0xff)
  for (const [row, isNull] of nulls.entries()) if (isNull) clearBit(bits, row)
  return { nullCount, bits }
}

/** All of a column, as text, since that compares fast. */
function textOf({ length, nullCount, nullBitmap, values, valueOffsets }: Data): string {
  const buffers = [nullBitmap, values, valueOffsets] as readonly (ArrayBufferView | undefined)[]
  const hex = (one: ArrayBufferView) => Buffer.from(one.buffer, one.byteOffset, one.byteLength).toString('hex')
  return [length, nullCount, ...buffers.map((buffer) => buffer && hex(buffer))].join()
}

describe('many rows at once', () => {
  it(`are what they are one by one, seed ${testSeed}`, () => {
    const { below } = randomFrom(testSeed)
    for (let round = 0; round < 100; round++) {
      const [single, many] = [0, 1].map(() => ({
        bools: new BoolBuilder(),
        wholes: new Int64Builder(),
        texts: new Utf8Builder(),
        words: new DictionaryBuilder(),
      }))
      for (const { words } of [single, many]) words.appendBytes(Buffer.from('x'), 0, 1)
      const share = below(5)
      for (let piece = below(6); piece >= 0; piece--) {
        const nulls = Array.from({ length: below(round < 95 ? 30 : 3000) }, () => below(4) < share)
        const values = nulls.map((isNull) => (isNull ? 0 : below(3)))
        for (const [row, isNull] of nulls.entries()) {
          const text = 'é'.repeat(values[row])
          single.bools[isNull ? 'appendNull' : 'append'](values[row] !== 0)
          single.wholes[isNull ? 'appendNull' : 'append'](BigInt(values[row]))
          single.texts[isNull ? 'appendNull' : 'append'](text)
          if (isNull) single.words.appendNull()
          else single.words.appendBytes(Buffer.from('x'), 0, 1)
        }
        const validity = validityOf(nulls)
        const ends = Int32Array.from([0, ...values])
        for (let row = 1; row < ends.length; row++) ends[row] = ends[row - 1] + 2 * ends[row]
        many.bools.appendWords(nulls.length, Int32Array.from(values), validity)
        many.wholes.appendValues(nulls.length, BigInt64Array.from(values, BigInt), validity)
        many.texts.appendTexts(nulls.length, Buffer.from('é'.repeat(3 * nulls.length)), ends, validity)
        many.words.appendNumbers(nulls.length, new Int32Array(nulls.length), validity)
      }
      for (const name of ['bools', 'wholes', 'texts', 'words'] as const)
        expect(textOf(many[name].finish())).toBe(textOf(single[name].finish()))
    }
  })
})
