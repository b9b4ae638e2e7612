import { bitmapByteLength, isValid, setBit, validityOf } from '@fletching/columns'
import type { Data, Dictionary, Int32, Utf8 } from 'apache-arrow'
import { aligned, put, putNumbers } from './input.ts'
import { numberRows, type Rows } from './rows.ts'

/** A dictionary's rows: as numbers of its entries, or as texts. */
export interface DictionaryRows {
  readonly areTexts: boolean
  readonly rows: Rows
  readonly validity: Uint8Array | undefined
}

/**
 * The rows of a column of texts that are held once.
 *
 * - Nulls: a null in the dictionary makes its rows null.
 * - Memory: a small dictionary is copied with any of the rows; of a larger one most entries would be copied for nothing, so each row's text is.
 */
export function dictionaryRows(data: Data<Dictionary<Utf8, Int32>>): DictionaryRows {
  const chunks = data.dictionary?.data ?? []
  const size = chunks.reduce((sum, { length }) => sum + length, 0)
  const bytes = chunks.reduce((sum, { valueOffsets, length }) => sum + valueOffsets[length] - valueOffsets[0], 0)
  return size <= data.length && bytes <= DICTIONARY_BYTES_MAX
    ? numbersOf(data, chunks, size, bytes)
    : textsOf(data, chunks)
}

function numbersOf(
  data: Data<Dictionary<Utf8, Int32>>,
  chunks: readonly Data<Utf8>[],
  size: number,
  byteLength: number,
): DictionaryRows {
  const bytes = new Uint8Array(byteLength)
  /** For each entry where its text starts and how long it is; -1 for a null. */
  const entries = new Int32Array(2 * size)
  let entry = 0
  let at = 0
  for (const chunk of chunks) {
    const { values, valueOffsets, length } = chunk
    bytes.set(values.subarray(valueOffsets[0], valueOffsets[length]), at)
    for (let row = 0; row < length; row++) {
      entries[entry++] = at + valueOffsets[row] - valueOffsets[0]
      entries[entry++] = isValid(chunk, row) ? valueOffsets[row + 1] - valueOffsets[row] : -1
    }
    at += valueOffsets[length] - valueOffsets[0]
  }
  const numbers = numberRows(data.values)
  const rows: Rows = {
    byteLength: numbers.byteLength,
    sharedBytes: byteLength + entries.byteLength,
    put: (input, from, to) => ({
      ...numbers.put(input, from, to),
      texts: put(input, bytes),
      entries: putNumbers(input, entries, 0, entries.length),
    }),
  }
  return { areTexts: false, rows, validity: validityOf(data) }
}

function textsOf(data: Data<Dictionary<Utf8, Int32>>, chunks: readonly Data<Utf8>[]): DictionaryRows {
  const { length, values } = data
  const texts: Uint8Array[] = []
  /** Where each row's text would start if they lay one behind the other; together they may be longer than any array. */
  const starts = new Float64Array(length + 1)
  const validity = new Uint8Array(bitmapByteLength(length))
  for (let row = 0; row < length; row++) {
    const text = isValid(data, row) ? entryOf(chunks, values[row]) : undefined
    if (text !== undefined) setBit(validity, row)
    texts.push(text ?? NO_BYTES)
    starts[row + 1] = starts[row] + texts[row].length
  }
  const rows: Rows = {
    byteLength: (from, to) => (to - from + 1) * 4 + starts[to] - starts[from],
    sharedBytes: 0,
    put: (input, from, to) => {
      const address = input.end
      for (let row = from; row < to; row++) input.bytes.set(texts[row], address + starts[row] - starts[from])
      input.end = aligned(address + starts[to] - starts[from])
      const ownStarts = Int32Array.from(starts.subarray(from, to + 1), (start) => start - starts[from])
      return { values: putNumbers(input, ownStarts, 0, ownStarts.length), texts: address, entries: 0 }
    },
  }
  return { areTexts: true, rows, validity }
}

/** The bytes of an entry; undefined for a null. */
function entryOf(chunks: readonly Data<Utf8>[], number: number): Uint8Array | undefined {
  let entry = number
  let chunk = 0
  while (entry >= chunks[chunk].length) entry -= chunks[chunk++].length
  const { values, valueOffsets } = chunks[chunk]
  return isValid(chunks[chunk], entry) ? values.subarray(valueOffsets[entry], valueOffsets[entry + 1]) : undefined
}

const DICTIONARY_BYTES_MAX = 64 * 1024
const NO_BYTES = new Uint8Array()
