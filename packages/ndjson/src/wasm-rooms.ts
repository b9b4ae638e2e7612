import type { RowValidity } from '@fletching/columns'
import type { WasmModule } from './wasm-module.ts'
import type { Shape } from './wasm-shape.ts'

/*
 * Where in the module's memory the rows of each column lie on their way to JavaScript. There is room for so many that they are taken seldom, and of a very
 * wide plan for fewer, so that all rooms together stay within what memory may grow to. What is not written to takes up nothing.
 */

/** The room of a column, in addresses. */
export interface Room {
  readonly shape: Shape
  readonly start: number
  /** Rows that it has room for. */
  readonly rows: number
  readonly values: number
  readonly texts: number
  readonly textBytes: number
  readonly inner: readonly Room[]
}

export interface Rooms {
  readonly columns: readonly Room[]
  /** Rows that every column has room for. */
  readonly rows: number
  /** The first address behind them. */
  readonly end: number
}

/** The rows of a column as they lie in the module's memory, good until the next are written. */
export interface FilledColumn {
  /** How many rows are null, how many are texts of numbers, and how many have control characters. */
  readonly counts: Int32Array
  /** For each row a bit, 0 for a null; those behind the last are 1. */
  readonly validity: Uint8Array
  /** Where the text of a row ends, or the items of its list, behind a zero; of a dictionary the number of the text; 1 for true. */
  readonly words: Int32Array
  readonly texts: Uint8Array
  readonly wholes: BigInt64Array
  readonly reals: Float64Array
  /** The fields of a struct, or the items of a list. */
  readonly inner: readonly FilledColumn[]
}

/** Lays out rooms for some columns, and for what lies within them, from an address on. */
export function layOutRooms(shapes: readonly Shape[], start: number): Rooms {
  let rooms = roomsFor(shapes, start, ROWS_MAX)
  while (rooms.rows > ROWS_MIN && !fitsMemory(rooms)) rooms = roomsFor(shapes, start, rooms.rows / 2)
  return rooms
}

function roomsFor(shapes: readonly Shape[], start: number, rows: number): Rooms {
  const itemsMax = ITEMS_OF_ROW * rows
  let end = start
  const take = (byteLength: number) => {
    const at = end
    end += (byteLength + 7) & ~7
    return at
  }
  const roomOf = (shape: Shape, rows: number): Room => {
    const innerRows = shape.type.kind === 'list' ? itemsMax : rows
    const textBytes = hasTexts(shape) ? Math.max(TEXT_BYTES_MIN, rows * TEXT_BYTES_OF_ROW) : 0
    return {
      shape,
      start: take(ROOM_VALIDITY + rows + PADDING),
      rows,
      values: take(valueBytes(shape, rows) + PADDING),
      texts: take(textBytes === 0 ? 0 : textBytes + PADDING),
      textBytes,
      inner: shape.inner.map((inner) => roomOf(inner, innerRows)),
    }
  }
  return { columns: shapes.map((shape) => roomOf(shape, rows)), rows, end }
}

/** The rooms and those within them, in the order of their shapes. */
export function allRooms(rooms: readonly Room[]): readonly Room[] {
  return rooms.flatMap((room) => [room, ...allRooms(room.inner)])
}

/** Whether memory can grow so far that it holds the rooms. */
export function fitsMemory({ end }: Rooms): boolean {
  return end <= MEMORY_BYTES_MAX
}

/** Makes memory as large as the rooms want it; views of it are made afterwards. */
export function growMemory({ memory }: WasmModule, { end }: Rooms): void {
  memory.grow(Math.max(0, Math.ceil((end - memory.buffer.byteLength) / PAGE_BYTES)))
}

/** What lies in a room, as it can be read. */
export function viewRoom(
  buffer: ArrayBuffer,
  { shape, start, rows, values, texts, textBytes, inner }: Room,
): FilledColumn {
  const [words, wides] = [wordCount(shape, rows), isWide(shape) ? rows : 0]
  return {
    counts: new Int32Array(buffer, start, 3),
    validity: new Uint8Array(buffer, start + ROOM_VALIDITY, (rows + 7) >> 3),
    words: new Int32Array(buffer, values, words),
    texts: new Uint8Array(buffer, texts, textBytes),
    wholes: new BigInt64Array(buffer, values, wides),
    reals: new Float64Array(buffer, values, wides),
    inner: inner.map((room) => viewRoom(buffer, room)),
  }
}

/** The validity of the rows, unless all are valid. */
export function rowValidity({ counts, validity }: FilledColumn): RowValidity | undefined {
  return counts[0] === 0 ? undefined : { nullCount: counts[0], bits: validity }
}

function hasTexts({ type }: Shape): boolean {
  return type.kind === 'utf8' || type.kind === 'json'
}

/** Whether its values are of eight bytes. */
function isWide({ type }: Shape): boolean {
  return type.kind === 'int64' || type.kind === 'float64' || type.kind === 'timestamp'
}

/** The number of its values when they are of four bytes; of texts and lists their ends, behind a zero. */
function wordCount(shape: Shape, rows: number): number {
  return isWide(shape) || shape.type.kind === 'struct' ? 0 : rows + 1
}

function valueBytes(shape: Shape, rows: number): number {
  return isWide(shape) ? rows * 8 : wordCount(shape, rows) * 4
}

/** In which the counts lie, as assembly/memory.ts has it. */
const ROOM_VALIDITY = 16
/** More of them did not shorten a job. */
const ROWS_MAX = 1024
const ROWS_MIN = 64
/** Items that the lists of a column have room for: a row of more is written in JavaScript. */
const ITEMS_OF_ROW = 2
const TEXT_BYTES_OF_ROW = 128
const TEXT_BYTES_MIN = 16_384
/** For what reading, copying or clearing 16 bytes at once takes too much, and texts 32. */
const PADDING = 64
const PAGE_BYTES = 65_536
/** As the module's memory is declared: scripts/build-wasm.js. */
const MEMORY_BYTES_MAX = 1024 * PAGE_BYTES
