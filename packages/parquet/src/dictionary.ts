import { bitmapByteLength, isValid, setBit, validityOf } from '@fletching/columns'
import type { Data, Dictionary, Utf8 } from 'apache-arrow'

/** Texts end to end. */
export type Texts = Pick<Data<Utf8>, 'length' | 'valueOffsets' | 'values'>

/**
 * The texts of a column's dictionary, which may have grown in several chunks.
 *
 * - Nulls: some text stands for one; `dictionaryValidity` says which rows have none.
 */
export function dictionaryTexts({ dictionary }: Data<Dictionary<Utf8>>): Texts {
  const chunks = dictionary?.data ?? []
  if (chunks.length === 1) return chunks[0]
  const length = chunks.reduce((sum, chunk) => sum + chunk.length, 0)
  const bytes = chunks.reduce((sum, { valueOffsets, length }) => sum + valueOffsets[length] - valueOffsets[0], 0)
  const joined = { length, valueOffsets: new Int32Array(length + 1), values: new Uint8Array(bytes) }
  let entry = 0
  let at = 0
  for (const { length, valueOffsets, values } of chunks) {
    const [first] = valueOffsets
    joined.values.set(values.subarray(first, valueOffsets[length]), at)
    for (let i = 1; i <= length; i++) joined.valueOffsets[++entry] = at + valueOffsets[i] - first
    at += valueOffsets[length] - first
  }
  return joined
}

/** The number of each row's text, in 32 bits; under a null it means nothing. */
export function dictionaryNumbers({ values, length }: Data<Dictionary<Utf8>>): Int32Array {
  return values instanceof Int32Array ? values.subarray(0, length) : Int32Array.from(values.subarray(0, length), Number)
}

/** Which rows have a text, as bits from bit 0 on; undefined when all have. The dictionary may hold a null too. */
export function dictionaryValidity(data: Data<Dictionary<Utf8>>): Uint8Array | undefined {
  const chunks = data.dictionary?.data ?? []
  if (chunks.every((chunk) => chunk.nullCount === 0)) return validityOf(data)
  const isText = chunks.flatMap((chunk) => Array.from({ length: chunk.length }, (_, entry) => isValid(chunk, entry)))
  const bits = new Uint8Array(bitmapByteLength(data.length))
  for (let row = 0; row < data.length; row++) {
    if (isValid(data, row) && isText[Number(data.values[row])]) setBit(bits, row)
  }
  return bits
}
