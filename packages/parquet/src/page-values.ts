import type { Encoding, ParquetType } from 'hyparquet'
import type { Column } from './column.ts'
import type { PutRows } from './wasm-module.ts'

/** What the pages of a column hold, behind their levels. */
export interface PageValues {
  readonly encoding: Encoding
  /** The page before them, with the texts that their codes stand for. */
  readonly dictionary?: {
    readonly count: number
    readonly byteLength: number
    readonly put: (out: number) => number
  }
  /** Where the page ends that begins with the row `from`, at most at `to`. */
  readonly end: (from: number, to: number) => number
  /** Bytes that so many rows may take, those of the page whose end was asked for. */
  readonly bytesMax: (rows: number) => number
  readonly put: PutRows
}

/**
 * Codes for texts of which at most a quarter of the rows are distinct, and else plain values: a dictionary over nearly distinct texts costs time and
 * bytes. Codes come in the order in which texts are met.
 */
export function pageValues(column: Column, type: ParquetType): PageValues {
  return (type === 'BYTE_ARRAY' ? codes(column) : undefined) ?? plainValues(column, type)
}

/** Undefined when too many texts are distinct, or there are none. */
function codes({ module, room, rows, texts, hasDictionary }: Column): PageValues | undefined {
  const most = Math.floor(rows / 4)
  // Of the slots of the table at most three quarters are taken.
  const slots = 2 ** bitWidth(Math.floor((4 * most) / 3))
  const codes = room.take(WORD_BYTES * rows)
  const entries = room.take(WORD_BYTES * most)
  const table = room.takeEmpty(2 * WORD_BYTES * slots)
  const known = hasDictionary ? room.takeEmpty(WORD_BYTES * texts) : 0
  const count = module.findDistinct(rows, most, known, table, slots - 1, entries, codes)
  if (count === 0 || count > most) {
    room.free(codes)
    return undefined
  }
  room.free(table)
  const width = bitWidth(count - 1)
  const scratch = room.take(WORD_BYTES * PAGE_ROWS_MAX)
  return {
    encoding: 'RLE_DICTIONARY',
    dictionary: {
      count,
      byteLength: module.dictionaryBytes.value,
      put: (out) => module.putDictionary(entries, count, out),
    },
    end: (_from, to) => to,
    bytesMax: (pageRows) => 1 + hybridBytesMax(pageRows, width),
    put: (from, to, out) => module.putCodes(codes, from, to, width, scratch, out),
  }
}

function plainValues({ module }: Column, type: ParquetType): PageValues {
  const encoding = 'PLAIN'
  const end = (_from: number, to: number) => to
  switch (type) {
    case 'BYTE_ARRAY':
      return {
        encoding,
        end: (from, to) => module.textsEnd(from, to, PAGE_BYTES_MAX),
        bytesMax: () => module.textsBytes.value,
        put: module.putTexts,
      }
    case 'BOOLEAN':
      return { encoding, end, bytesMax: (rows) => Math.ceil(rows / 8), put: module.putTruths }
    case 'INT32':
      return { encoding, end, bytesMax: (rows) => 4 * rows, put: module.putInts }
    case 'DOUBLE':
      return { encoding, end, bytesMax: (rows) => 8 * rows, put: module.putDoubles }
    default:
      return { encoding, end, bytesMax: (rows) => 8 * rows, put: module.putLongs }
  }
}

/** Bytes of levels or codes of so many bits: each group of eight may have a header of its own. */
export function hybridBytesMax(count: number, width: number): number {
  return (Math.ceil(count / 8) + 1) * (width + 5)
}

/** Bits that a number needs. */
function bitWidth(number: number): number {
  return 32 - Math.clz32(number)
}

export const WORD_BYTES = 4
/** 64-bit numbers fill a page with as many rows as it may have; plain texts end one that has so many bytes. */
const PAGE_BYTES_MAX = 1024 * 1024
export const PAGE_ROWS_MAX = PAGE_BYTES_MAX / 8
