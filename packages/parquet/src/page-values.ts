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
  /** Where the page ends that begins with the slot `from`, at most at `to`. */
  readonly end: (from: number, to: number) => number
  /** Takes a page for one of other slots than those whose end was asked for, however long it gets. */
  readonly measure: (from: number, to: number) => void
  /** Bytes that so many entries may take, those of the page whose end was asked for, or that was measured. */
  readonly bytesMax: (entries: number) => number
  readonly put: PutRows
}

/**
 * Codes for texts of which at most a quarter of the entries are distinct, and else plain values: a dictionary over nearly distinct texts costs time and
 * bytes. Codes come in the order in which texts are met.
 *
 * - `pageEntries`: the most that a page may have.
 */
export function pageValues(column: Column, type: ParquetType, pageEntries: number): PageValues {
  return (type === 'BYTE_ARRAY' ? codes(column, pageEntries) : undefined) ?? plainValues(column, type)
}

/** Undefined when too many texts are distinct, or there are none. */
function codes(
  { module, room, entries: { count: entryCount }, slots, texts, hasDictionary }: Column,
  pageEntries: number,
): PageValues | undefined {
  const most = Math.floor(entryCount / 4)
  // Of the places of the table at most three quarters are taken.
  const places = 2 ** bitWidth(Math.floor((4 * most) / 3))
  const codes = room.take(WORD_BYTES * slots)
  const entries = room.take(WORD_BYTES * most)
  const table = room.takeEmpty(2 * WORD_BYTES * places)
  const known = hasDictionary ? room.takeEmpty(WORD_BYTES * texts) : 0
  const count = module.findDistinct(slots, most, known, table, places - 1, entries, codes)
  if (count === 0 || count > most) {
    room.free(codes)
    return undefined
  }
  room.free(table)
  const width = bitWidth(count - 1)
  const scratch = room.take(WORD_BYTES * pageEntries)
  return {
    encoding: 'RLE_DICTIONARY',
    dictionary: {
      count,
      byteLength: module.dictionaryBytes.value,
      put: (out) => module.putDictionary(entries, count, out),
    },
    end: anyEnd,
    measure: () => {},
    bytesMax: (pageEntries) => 1 + hybridBytesMax(pageEntries, width),
    put: (from, to, out) => module.putCodes(codes, from, to, width, scratch, out),
  }
}

function plainValues({ module }: Column, type: ParquetType): PageValues {
  const encoding = 'PLAIN'
  const any = { encoding, end: anyEnd, measure: () => {} } as const
  switch (type) {
    case 'BYTE_ARRAY':
      return {
        encoding,
        end: (from, to) => module.textsEnd(from, to, PAGE_BYTES_MAX),
        measure: (from, to) => module.textsEnd(from, to, U32_MAX),
        bytesMax: () => module.textsBytes.value,
        put: module.putTexts,
      }
    case 'BOOLEAN':
      return { ...any, bytesMax: (entries) => Math.ceil(entries / 8), put: module.putTruths }
    case 'INT32':
      return { ...any, bytesMax: (entries) => 4 * entries, put: module.putInts }
    case 'DOUBLE':
      return { ...any, bytesMax: (entries) => 8 * entries, put: module.putDoubles }
    default:
      return { ...any, bytesMax: (entries) => 8 * entries, put: module.putLongs }
  }
}

/** Pages of whose entries each takes so many bits end anywhere. */
function anyEnd(_from: number, to: number): number {
  return to
}

/** Bytes of levels or codes of so many bits: each group of eight may have a header of its own. */
export function hybridBytesMax(count: number, width: number): number {
  return (Math.ceil(count / 8) + 1) * (width + 5)
}

/** Bits that a number needs. */
export function bitWidth(number: number): number {
  return 32 - Math.clz32(number)
}

export const WORD_BYTES = 4
/** 64-bit numbers fill a page with as many rows as it may have; plain texts end one that has so many bytes. */
const PAGE_BYTES_MAX = 1024 * 1024
export const PAGE_ROWS_MAX = PAGE_BYTES_MAX / 8
const U32_MAX = 2 ** 32 - 1
