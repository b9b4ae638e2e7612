import type { ColumnChunk, ParquetType } from 'hyparquet'
import { deserializeTCompactProtocol } from 'hyparquet/src/thrift.js'

/** What a page holds, in the words of the format. */
interface Page {
  readonly type: 'data' | 'dictionary'
  readonly encoding: 'PLAIN' | 'RLE_DICTIONARY'
  /** Values and nulls, or entries. */
  readonly count: number
  readonly storedBytes: number
  readonly body: Uint8Array
}

/** A column chunk, read the slow way. */
export interface Chunk {
  readonly pages: readonly Page[]
  /** As the readers give them: texts as hex of their bytes. */
  readonly values: readonly (string | null)[]
  /** Of each value, and of each null. */
  readonly definitions: readonly number[]
  readonly repetitions: readonly number[]
  readonly entries: readonly string[]
  /** Of each data page with codes. */
  readonly widths: readonly number[]
}

/**
 * Reads the pages of a column chunk as the format's documents say, one value after the other, and believes nothing: every size is held against what
 * is there.
 *
 * - `definitionMax`: 1 of a column that may have nulls, and more of one that is nested. `repetitionMax`: in how many lists it lies.
 */
export function readChunk(
  file: Uint8Array,
  { meta_data: meta }: ColumnChunk,
  definitionMax: number,
  repetitionMax = 0,
): Chunk {
  if (meta === undefined) throw new Error('a column chunk has no metadata')
  const start = Number(meta.dictionary_page_offset ?? meta.data_page_offset)
  const pages = readPages(file.slice(start, start + Number(meta.total_compressed_size)), meta.codec === 'SNAPPY')
  const values: (string | null)[] = []
  const definitions: number[] = []
  const repetitions: number[] = []
  const widths: number[] = []
  let entries: string[] = []
  for (const { type, encoding, count, body } of pages) {
    const bytes = new Cursor(body)
    if (type === 'dictionary') entries = plainValues(bytes, meta.type, count)
    else {
      for (const repetition of levelsIn(bytes, repetitionMax, count)) repetitions.push(repetition)
      const levels = levelsIn(bytes, definitionMax, count)
      for (const level of levels) definitions.push(level)
      const present = levels.filter((level) => level === definitionMax).length
      const width = encoding === 'PLAIN' ? undefined : bytes.byte()
      if (width !== undefined) widths.push(width)
      const texts =
        width === undefined
          ? plainValues(bytes, meta.type, present)
          : hybridValues(bytes, width, present).map((code) => entries[code] ?? fail(`no entry ${code}`))
      let at = 0
      for (const level of levels) values.push(level < definitionMax ? null : texts[at++])
    }
    bytes.expectEnd()
  }
  return { pages, values, definitions, repetitions, entries, widths }
}

/** Levels up to the greatest; where that is 0, nothing stands there. */
function levelsIn(bytes: Cursor, greatest: number, count: number): number[] {
  if (greatest === 0) return Array.from({ length: count }, () => 0)
  const levels = hybridValues(new Cursor(bytes.take(bytes.word())), Math.ceil(Math.log2(greatest + 1)), count)
  return levels.map((level) => (level <= greatest ? level : fail(`a level of ${level}`)))
}

function readPages(chunk: Uint8Array, isCompressed: boolean): Page[] {
  const pages: Page[] = []
  for (let at = 0; at < chunk.length; ) {
    const reader = { view: new DataView(chunk.buffer, chunk.byteOffset + at), offset: 0 }
    const header = deserializeTCompactProtocol(reader)
    at += reader.offset
    const stored = chunk.subarray(at, at + header.field_3)
    if (stored.length !== header.field_3) fail('a page ends behind its chunk')
    at += stored.length
    const body = isCompressed ? uncompress(stored) : stored
    if (body.length !== header.field_2) fail(`a page of ${header.field_2} bytes has ${body.length}`)
    const shape = header.field_5 ?? header.field_7
    pages.push({
      type: header.field_5 === undefined ? 'dictionary' : 'data',
      encoding: shape.field_2 === 0 ? 'PLAIN' : shape.field_2 === 8 ? 'RLE_DICTIONARY' : fail('another encoding'),
      count: shape.field_1,
      storedBytes: stored.length,
      body,
    })
  }
  return pages
}

function plainValues(bytes: Cursor, type: ParquetType, count: number): string[] {
  if (type === 'BOOLEAN') {
    const bits = bytes.take(Math.ceil(count / 8))
    return Array.from({ length: count }, (_, at) => String(((bits[at >> 3] >> (at & 7)) & 1) === 1))
  }
  return Array.from({ length: count }, () => {
    if (type === 'BYTE_ARRAY') return Buffer.from(bytes.take(bytes.word())).toString('hex')
    const value = bytes.take(type === 'INT32' ? 4 : 8)
    const view = new DataView(value.buffer, value.byteOffset)
    if (type === 'INT32') return String(view.getInt32(0, true))
    return String(type === 'DOUBLE' ? view.getFloat64(0, true) : view.getBigInt64(0, true))
  })
}

/** Runs and packed bits; what a last group holds beyond `count` must be 0. */
function hybridValues(bytes: Cursor, width: number, count: number): number[] {
  const values: number[] = []
  while (values.length < count) {
    const header = bytes.varint()
    if ((header & 1) === 0) {
      const value = bytes.take(Math.ceil(width / 8)).reduceRight((sum, byte) => sum * 256 + byte, 0)
      for (let i = 0; i < header >> 1; i++) values.push(value)
      if (values.length > count) fail('a run is too long')
    } else {
      const packed = bytes.take((header >> 1) * width)
      for (let number = 0; number < (header >> 1) * 8; number++) {
        let value = 0
        for (let i = 0, bit = number * width; i < width; i++, bit++)
          value += ((packed[bit >> 3] >> (bit & 7)) & 1) * 2 ** i
        values.push(value)
      }
    }
  }
  for (const value of values.splice(count)) if (value !== 0) fail('the last group is not filled up with 0')
  return values
}

/** Snappy's raw format. */
export function uncompress(stored: Uint8Array): Uint8Array {
  const bytes = new Cursor(stored)
  const target = new Uint8Array(bytes.varint())
  let at = 0
  while (!bytes.isAtEnd) {
    const tag = bytes.byte()
    let length = (tag >> 2) + 1
    if ((tag & 3) === 0) {
      if (length > 60) length = bytes.number(length - 60) + 1
      target.set(bytes.take(length), at)
      at += length
      continue
    }
    let offset = 0
    if ((tag & 3) === 1) {
      length = ((tag >> 2) & 7) + 4
      offset = (tag >> 5) * 256 + bytes.byte()
    } else offset = bytes.number((tag & 3) === 2 ? 2 : 4)
    if (offset === 0 || offset > at || at + length > target.length) fail('a copy of what is not there')
    for (const end = at + length; at < end; at++) target[at] = target[at - offset]
  }
  if (at !== target.length) fail(`${at} bytes came out of ${target.length}`)
  return target
}

/** Bytes that are taken one after the other. */
class Cursor {
  readonly #bytes: Uint8Array
  #at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  get isAtEnd(): boolean {
    return this.#at === this.#bytes.length
  }

  expectEnd(): void {
    if (!this.isAtEnd) fail(`${this.#bytes.length - this.#at} bytes are left`)
  }

  take(length: number): Uint8Array {
    if (this.#at + length > this.#bytes.length) fail('bytes are missing')
    this.#at += length
    return this.#bytes.subarray(this.#at - length, this.#at)
  }

  byte(): number {
    return this.take(1)[0]
  }

  /** A whole number of so many bytes. */
  number(length: number): number {
    return this.take(length).reduceRight((sum, byte) => sum * 256 + byte, 0)
  }

  word(): number {
    return this.number(4)
  }

  varint(): number {
    const byte = this.byte()
    return byte < 128 ? byte : byte - 128 + 128 * this.varint()
  }
}

function fail(what: string): never {
  throw new Error(what)
}
