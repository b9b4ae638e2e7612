import { bitmapByteLength, countOnes, setBit, Utf8Builder } from '@fletching/columns'
import { internal } from '@fletching/columns/errors'
import {
  type Data,
  DataType,
  Dictionary,
  type Field,
  Int32,
  type Int64,
  makeData,
  makeVector,
  Utf8,
} from 'apache-arrow'
import type { Decompress } from './decompress.ts'
import { type Page, pagesOf } from './pages.ts'
import { readRuns } from './runs.ts'

/**
 * Reads a column chunk of `rows` rows.
 *
 * - Shape: texts come as a dictionary where the chunk has one, whatever the field says.
 * - Memory: what the pages hold; a text that stands in a dictionary once is there once.
 * - Errors: a plain Error for bytes that are not so many values of the field's type.
 */
export function readColumn(field: Field, chunk: Uint8Array, rows: number, decompress: Decompress): Data {
  const target = openTarget(field.type, rows)
  const levels = field.nullable ? new Uint8Array(rows) : undefined
  let row = 0
  for (const page of pagesOf(chunk, decompress)) {
    if (page.kind === 'dictionary') {
      target.startDictionary(page)
      continue
    }
    const end = row + page.count
    if (end > rows) throw new Error('a column has more values than its row group has rows')
    const start = levels === undefined ? 0 : readLevels(page, levels.subarray(row, end))
    target.readValues(page, start, row, levels)
    row = end
  }
  if (row < rows) throw new Error(`a column has ${row} values for ${rows} rows`)
  return target.finish(validityOf(rows, levels))
}

/** Where the values of a column go, page by page. */
interface Target {
  startDictionary(page: Page): void
  /** - `start`: where the values begin in the page. `row`: that of its first. `levels`: for each row of the chunk, 0 for a null. */
  readValues(page: Page, start: number, row: number, levels: Uint8Array | undefined): void
  finish(validity: Shape): Data
}

interface Shape {
  readonly length: number
  readonly nullCount: number
  readonly nullBitmap: Uint8Array | null
}

function openTarget(type: DataType, rows: number): Target {
  if (DataType.isUtf8(type) || DataType.isDictionary(type)) return new TextTarget(rows)
  if (DataType.isBool(type)) return boolTarget(type, rows)
  if (DataType.isFloat(type)) return numberTarget(type, new Float64Array(rows))
  if (DataType.isTimestamp(type) || (DataType.isInt(type) && type.bitWidth === 64)) {
    return numberTarget(type, new BigInt64Array(rows))
  }
  if (DataType.isDate(type) || DataType.isInt(type)) return numberTarget(type, new Int32Array(rows))
  throw internal(`no Parquet column is read as ${String(type)}`)
}

/** Reads whether each row of a page has a value, and gives the place of the first. */
function readLevels({ bytes }: Page, levels: Uint8Array): number {
  const end = LENGTH_BYTES + lengthAt(bytes, 0)
  readRuns(bytes, LENGTH_BYTES, end, 1, levels, levels.length)
  return end
}

function validityOf(length: number, levels: Uint8Array | undefined): Shape {
  if (levels === undefined) return { length, nullCount: 0, nullBitmap: null }
  const bits = new Uint8Array(bitmapByteLength(length))
  for (let row = 0; row < length; row++) if (levels[row] === 1) setBit(bits, row)
  const nullCount = length - countOnes(bits, 0, length)
  return { length, nullCount, nullBitmap: nullCount === 0 ? null : bits }
}

/** How many of a page's rows have a value. */
function valuesIn(count: number, row: number, levels: Uint8Array | undefined): number {
  if (levels === undefined) return count
  let values = 0
  for (let i = row; i < row + count; i++) values += levels[i]
  return values
}

function numberTarget(type: DataType, target: Int32Array | BigInt64Array | Float64Array): Target {
  return {
    startDictionary: refuseDictionary,
    readValues: ({ count, encoding, bytes }, start, row, levels) => {
      assertPlain(encoding)
      const values = valuesIn(count, row, levels)
      if (bytes.length - start !== values * target.BYTES_PER_ELEMENT) throw new Error(NOT_SO_MANY)
      // The values lie where no array of numbers could begin; those of the rows are spread out from behind.
      const to = new Uint8Array(target.buffer, row * target.BYTES_PER_ELEMENT, bytes.length - start)
      to.set(bytes.subarray(start))
      if (levels !== undefined && values < count) spread(target, row, count, values, levels)
    },
    finish: (shape) => makeData({ type: type as Int64, ...shape, data: target as BigInt64Array }),
  }
}

/** Moves the `values` numbers at `row` to the rows of a page that have one. */
function spread(
  target: Int32Array | BigInt64Array | Float64Array,
  row: number,
  count: number,
  values: number,
  levels: Uint8Array,
): void {
  let from = row + values
  for (let to = row + count - 1; to >= row; to--) if (levels[to] === 1) target[to] = target[--from]
}

function boolTarget(type: DataType, rows: number): Target {
  const bits = new Uint8Array(bitmapByteLength(rows))
  return {
    startDictionary: refuseDictionary,
    readValues: ({ count, encoding, bytes }, start, row, levels) => {
      assertPlain(encoding)
      const values = valuesIn(count, row, levels)
      if (bytes.length - start !== bitmapByteLength(values)) throw new Error(NOT_SO_MANY)
      let from = start * 8
      for (let to = row; to < row + count; to++) {
        if (levels !== undefined && levels[to] === 0) continue
        if (((bytes[from >> 3] >> (from & 7)) & 1) === 1) setBit(bits, to)
        from++
      }
    },
    finish: (shape) => makeData({ type: type as Int32, ...shape, data: bits as never }),
  }
}

/**
 * Texts: one for each row, or, once there is a dictionary, a number for each row. A writer whose dictionary has become too large goes on
 * with plain pages; their texts become entries too.
 */
class TextTarget implements Target {
  readonly #rows: number
  readonly #texts = new Utf8Builder()
  #byteLength = 0
  #numbers: Int32Array | undefined
  /** Entries of the dictionary page. */
  #entries = 0

  constructor(rows: number) {
    this.#rows = rows
  }

  startDictionary({ count, encoding, bytes }: Page): void {
    if (this.#numbers !== undefined || this.#texts.length > 0) throw new Error('a dictionary is not at the start')
    assertPlain(encoding)
    this.#numbers = new Int32Array(this.#rows)
    this.#entries = count
    let at = 0
    for (let entry = 0; entry < count; entry++) at = this.#append(bytes, at)
    if (at !== bytes.length) throw new Error(NOT_SO_MANY)
  }

  readValues({ count, encoding, bytes }: Page, start: number, row: number, levels: Uint8Array | undefined): void {
    if (encoding === 'RLE_DICTIONARY') this.#readNumbers(count, bytes, start, row, levels)
    else this.#readTexts(count, encoding, bytes, start, row, levels)
  }

  finish(shape: Shape): Data {
    const texts = this.#texts.finish()
    if (this.#numbers === undefined) return texts
    const type = new Dictionary(new Utf8(), new Int32())
    return makeData({ type, ...shape, data: this.#numbers, dictionary: makeVector(texts) })
  }

  #readNumbers(count: number, bytes: Uint8Array, start: number, row: number, levels: Uint8Array | undefined): void {
    if (this.#numbers === undefined) throw new Error('numbers of entries come without a dictionary')
    const values = valuesIn(count, row, levels)
    const numbers = this.#numbers.subarray(row, row + count)
    if (start >= bytes.length) throw new Error(NOT_SO_MANY)
    readRuns(bytes, start + 1, bytes.length, bytes[start], numbers, values)
    for (let i = 0; i < values; i++)
      if (numbers[i] >= this.#entries) throw new Error('an entry is not in the dictionary')
    if (levels !== undefined && values < count) spread(this.#numbers, row, count, values, levels)
  }

  #readTexts(
    count: number,
    encoding: string,
    bytes: Uint8Array,
    start: number,
    row: number,
    levels: Uint8Array | undefined,
  ): void {
    assertPlain(encoding)
    let at = start
    for (let i = row; i < row + count; i++) {
      const isNull = levels !== undefined && levels[i] === 0
      if (this.#numbers !== undefined) {
        if (isNull) continue
        this.#numbers[i] = this.#texts.length
      }
      if (isNull) this.#texts.appendNull()
      else at = this.#append(bytes, at)
    }
    if (at !== bytes.length) throw new Error(NOT_SO_MANY)
  }

  /** Appends the text at a place, and gives the place behind it. */
  #append(bytes: Uint8Array, at: number): number {
    const start = at + LENGTH_BYTES
    const end = start + lengthAt(bytes, at)
    if (end > bytes.length) throw new Error(NOT_SO_MANY)
    this.#byteLength += end - start
    if (this.#byteLength > TEXT_BYTES_MAX) throw new Error('the texts of a row group are longer than Arrow can hold')
    this.#texts.appendBytes(bytes, start, end)
    return end
  }
}

function lengthAt(bytes: Uint8Array, at: number): number {
  if (at + LENGTH_BYTES > bytes.length) throw new Error(NOT_SO_MANY)
  return (bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24)) >>> 0
}

function assertPlain(encoding: string): void {
  if (encoding !== 'PLAIN') throw new Error(`values are encoded as ${encoding}`)
}

function refuseDictionary(): never {
  throw new Error('a column that is no text has a dictionary')
}

const LENGTH_BYTES = 4
const TEXT_BYTES_MAX = 2 ** 31 - 1
const NOT_SO_MANY = 'a page does not hold the values that it says'
