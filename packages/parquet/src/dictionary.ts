import { bitmapByteLength, isValid, setBit } from '@fletching/columns'
import type { Data } from 'apache-arrow'

/** The number of each row's text, in 32 bits; under a null it means nothing. */
export function dictionaryNumbers({ values }: Data): Int32Array {
  return values instanceof Int32Array ? values : Int32Array.from(values, Number)
}

/** Whether a null stands in a dictionary. */
export function hasNullEntries({ dictionary }: Data): boolean {
  return dictionary !== undefined && dictionary.nullCount > 0
}

/** Which rows have a text, as bits from bit 0 on, where a null stands in their dictionary. */
export function dictionaryValidity(data: Data): Uint8Array {
  const chunks: readonly Data[] = data.dictionary?.data ?? []
  const isText = chunks.flatMap((chunk) => Array.from({ length: chunk.length }, (_, entry) => isValid(chunk, entry)))
  const bits = new Uint8Array(bitmapByteLength(data.length))
  for (let row = 0; row < data.length; row++) {
    if (isValid(data, row) && isText[Number(data.values[row])]) setBit(bits, row)
  }
  return bits
}
