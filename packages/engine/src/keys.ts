import { getBit, isValid, wordsOf } from '@fletching/columns'
import { internal } from '@fletching/columns/errors'
import { oneChunk } from '@fletching/kernels/concat'
import { dictionaryDecode } from '@fletching/kernels/dictionary'
import { type Data, DataType, type Utf8, type Vector } from 'apache-arrow'

/**
 * Keys of rows, as words of 32 bits: two keys are equal when they have the same words, and only then.
 *
 * Each value begins with a word: 0 for null; for a text one more than its bytes, which follow up to a whole word; for a truth value 1 or
 * 2; 1 for any other, whose words follow.
 */
export interface Keys {
  readonly words: Int32Array
  /** The first word of each key. */
  readonly starts: Int32Array
  readonly lengths: Int32Array
}

/**
 * Makes the keys of some rows from their values in columns.
 *
 * - Nulls: as value.
 * - Units: -0 is 0, and every NaN is the same, as in Spark.
 * - Cost: no object for a row.
 */
export function keysOf(columns: readonly Vector[], rows: Int32Array): Keys {
  const writers = columns.map(openKeyWriter)
  const lengths = new Int32Array(rows.length)
  for (const writer of writers) writer.measure(rows, lengths)
  const starts = new Int32Array(rows.length)
  let end = 0
  for (let key = 0; key < lengths.length; key++) {
    starts[key] = end
    end += lengths[key]
  }
  const words = new Int32Array(end)
  const places = starts.slice()
  for (const writer of writers) writer.write(rows, words, places)
  return { words, starts, lengths }
}

/** Adds the words of a column's values to keys. */
interface KeyWriter {
  /** Adds to each key's length. */
  measure(rows: Int32Array, lengths: Int32Array): void
  /** Writes each value at its place, and moves the place behind it. */
  write(rows: Int32Array, words: Int32Array, places: Int32Array): void
}

function openKeyWriter(column: Vector): KeyWriter {
  const data = oneChunk(dictionaryDecode(column))
  if (DataType.isUtf8(data.type)) return textWriter(data as Data<Utf8>)
  if (DataType.isBool(data.type)) return boolWriter(data)
  if (DataType.isInt(data.type) || DataType.isTimestamp(data.type) || DataType.isDate(data.type)) {
    return wordsWriter(data, data.values)
  }
  if (DataType.isFloat(data.type)) return wordsWriter(data, Float64Array.from(data.values, normalized))
  throw internal(`rows cannot be told apart by a column of ${String(data.type)}`)
}

function textWriter(data: Data<Utf8>): KeyWriter {
  const { values, valueOffsets } = data
  return {
    measure(rows, lengths) {
      for (let key = 0; key < rows.length; key++) {
        const row = rows[key]
        lengths[key] += isValid(data, row) ? 1 + ((valueOffsets[row + 1] - valueOffsets[row] + 3) >> 2) : 1
      }
    },
    write(rows, words, places) {
      const bytes = new Uint8Array(words.buffer)
      for (let key = 0; key < rows.length; key++) {
        const row = rows[key]
        const place = places[key]
        if (!isValid(data, row)) {
          places[key] = place + 1
          continue
        }
        const start = valueOffsets[row]
        const byteLength = valueOffsets[row + 1] - start
        words[place] = byteLength + 1
        const target = (place + 1) * 4
        for (let i = 0; i < byteLength; i++) bytes[target + i] = values[start + i]
        places[key] = place + 1 + ((byteLength + 3) >> 2)
      }
    },
  }
}

function boolWriter(data: Data): KeyWriter {
  const bits = data.values as Uint8Array
  return {
    measure(_, lengths) {
      for (let key = 0; key < lengths.length; key++) lengths[key]++
    },
    write(rows, words, places) {
      for (let key = 0; key < rows.length; key++) {
        const row = rows[key]
        words[places[key]++] = isValid(data, row) ? (getBit(bits, data.offset + row) ? 2 : 1) : 0
      }
    },
  }
}

/** Of values that take the same number of words each. */
function wordsWriter(data: Data, typed: ArrayBufferView & { readonly BYTES_PER_ELEMENT: number }): KeyWriter {
  const width = (typed.BYTES_PER_ELEMENT * data.stride) / Int32Array.BYTES_PER_ELEMENT
  const values = wordsOf(typed)
  return {
    measure(rows, lengths) {
      for (let key = 0; key < rows.length; key++) lengths[key] += isValid(data, rows[key]) ? 1 + width : 1
    },
    write(rows, words, places) {
      for (let key = 0; key < rows.length; key++) {
        const row = rows[key]
        if (!isValid(data, row)) {
          places[key]++
          continue
        }
        words[places[key]++] = 1
        for (let i = 0; i < width; i++) words[places[key]++] = values[row * width + i]
      }
    },
  }
}

function normalized(value: number): number {
  return value === 0 ? 0 : Number.isNaN(value) ? Number.NaN : value
}
