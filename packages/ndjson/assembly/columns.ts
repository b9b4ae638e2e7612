/*
 * Writes the values of rows into columns, as Arrow lays them out, from where JavaScript takes them in one copy a column. As the scanner, it
 * knows the common forms alone: a row that holds anything else is left to JavaScript, which writes it behind those before it.
 */
import { CLOSE_BRACKET } from './bytes'
import { FOUND_RECORDS, foundFrom } from './found'
import { noteItem, pastMarks } from './items'
import { wordOf } from './known'
import {
  FILLED,
  LACKED,
  LACKED_MAX,
  LACKED_WORD_BYTES,
  LACKED_WORDS,
  ROOM_COUNTS,
  ROOM_VALIDITY,
  UNESCAPED,
  UNESCAPED_END,
  WORDS,
} from './memory'
import { momentAt, NO_MOMENT } from './moment'
import { isReal, isWhole, realAt, wholeAt } from './number'
import {
  AS_FALSE,
  AS_LIST,
  AS_MOMENT,
  AS_NUMBER_TEXT,
  AS_QUOTED,
  AS_REAL,
  AS_STRUCT,
  AS_TEXT,
  AS_TEXT_OR_NONE,
  AS_TEXT_UNLESS_EMPTY,
  AS_TRUE,
  AS_UNESCAPED,
  AS_UNESCAPED_WORD,
  AS_WHOLE,
  AS_WORD,
  AS_WORD_OR_NONE,
  AS_WORD_UNLESS_EMPTY,
  columnRowsMax,
  columnTable,
  columnTableEnd,
  ENTRY_BECOMES,
  ENTRY_BYTES,
  ENTRY_ITEMS,
  ENTRY_NODE,
  ENTRY_NUMBER,
  ENTRY_ROOM,
  ENTRY_TEXT_MAX,
  ENTRY_TEXTS,
  ENTRY_TEXTS_ROOM,
  ENTRY_VALUES,
  ITEMS_COLUMNS,
  ITEMS_COLUMNS_END,
  ITEMS_MAX,
  ITEMS_SLOTS,
  NO_LIST,
  NO_STRUCT,
  NO_TEXT,
  NO_VALUE,
  NO_WORD,
  ODD,
  stepCount,
  TEXT_MAX_NONE,
} from './plan'
import { RECORD_END, RECORD_SLOTS, RECORD_START, RECORD_STATE, recordAt, recordBytes } from './record'
import { hasControls, hasLineBreaks, unescape } from './unescape'
import { SLOT_BYTES, SLOT_END, SLOT_START } from './value'

/** What the byte of a row says of its value: none, one, one that is the text of a number, or one with control characters. */
const IS_NULL: u8 = 0
const IS_VALUE: u8 = 1
const IS_NUMBER: u8 = 2
const IS_CONTROL: u8 = 3
/** Of a value that is left to JavaScript, and its row with it. */
const IS_ODD: u8 = 255

/** Rows that are tried at once: after one that was left to JavaScript a single one, and twice as many each time, up to those of one word of bits. */
let stride: u32 = 1

/**
 * Writes the rows of the records from `first` on into the columns, behind those that are there, until one is left to JavaScript, or there are
 * `rowsMax` of them, or those of `bytesMax` bytes of lines, or a column is full.
 *
 * @returns the first record of which no row was written.
 */
export function fillColumns(first: u32, end: u32, rowsMax: u32, bytesMax: u32): u32 {
  const most = min(rowsMax, columnRowsMax())
  let next = first
  let rows = load<u32>(FILLED)
  let bytes = load<u32>(FILLED, 4)
  store<u32>(LACKED, 0)
  while (rows < most) {
    const wordEnd = (next | (FOUND_RECORDS - 1)) + 1
    const last = min(min(end, wordEnd), next + min(stride, most - rows))
    const ready = readyRecords(next, last, bytes, bytesMax)
    if (ready === 0) break
    const record = recordAt(next)
    const done = putRows(columnTable(), columnTableEnd(), next, record + RECORD_SLOTS, rows, ready)
    bytes += bytesOf(record, done)
    rows += done
    next += done
    stride = done < ready ? 1 : min(stride << 1, FOUND_RECORDS)
    if (done < ready) break
  }
  store<u32>(FILLED, rows)
  store<u32>(FILLED, bytes, 4)
  return next
}

/** How many records from `first` on have rows that can be tried, behind rows of `bytes` bytes. */
function readyRecords(first: u32, end: u32, bytes: u32, bytesMax: u32): u32 {
  const passed = stepCount()
  const step = recordBytes()
  let record = recordAt(first)
  let next = first
  let total = bytes
  while (next < end && total < bytesMax && load<i32>(record, RECORD_STATE) === passed) {
    total += lineBytes(record)
    next++
    record += step
  }
  return next - first
}

/** Bytes of the lines of `count` records from one on. */
function bytesOf(first: usize, count: u32): u32 {
  const step = recordBytes()
  const end = first + usize(count) * step
  let bytes: u32 = 0
  for (let record = first; record < end; record += step) bytes += lineBytes(record)
  return bytes
}

// @ts-expect-error: decorator
@inline
function lineBytes(record: usize): u32 {
  return load<u32>(record, RECORD_END) - load<u32>(record, RECORD_START)
}

/** Ends the rows that are in the columns, and counts what is in them; the next are written from the start again. */
export function endColumns(): void {
  const rows = load<u32>(FILLED)
  store<u64>(FILLED, 0)
  endRows(columnTable(), columnTableEnd(), rows)
}

function endRows(columns: usize, end: usize, rows: u32): void {
  for (let column = columns; column < end; column += ENTRY_BYTES) {
    packValidity(load<u32>(column, ENTRY_ROOM), rows)
    const items: usize = load<u32>(column, ENTRY_ITEMS)
    if (items !== 0) {
      const itemCount = load<u32>(usize(load<u32>(column, ENTRY_VALUES)) + (usize(rows) << 2))
      endRows(load<u32>(items, ITEMS_COLUMNS), load<u32>(items, ITEMS_COLUMNS_END), itemCount)
    }
  }
}

/** Makes bits of the bytes of the rows, in their place, and counts what these say; behind the last row the bits are ones. */
function packValidity(room: usize, rows: u32): void {
  const validity = room + ROOM_VALIDITY
  let nulls: u32 = 0
  let numbers: u32 = 0
  let controls: u32 = 0
  for (let row: u32 = 0; row < rows; row += 16) {
    const v = v128.load(validity + row)
    const rest = rows - row
    const mask: u32 = rest < 16 ? (1 << rest) - 1 : 0xffff
    const isNull = u32(i8x16.bitmask(i8x16.eq(v, i8x16.splat(IS_NULL)))) & mask
    nulls += popcnt(isNull)
    numbers += popcnt(u32(i8x16.bitmask(i8x16.eq(v, i8x16.splat(IS_NUMBER)))) & mask)
    controls += popcnt(u32(i8x16.bitmask(i8x16.eq(v, i8x16.splat(IS_CONTROL)))) & mask)
    store<u16>(validity + (row >> 3), u16(~isNull))
  }
  store<u32>(room, nulls, ROOM_COUNTS)
  store<u32>(room, numbers, ROOM_COUNTS + 4)
  store<u32>(room, controls, ROOM_COUNTS + 8)
}

/**
 * Writes the rows of `count` records, which belong to one word of bits, column by column. What stands behind the rows that are written is written over.
 *
 * @returns how many: those before the first that is left to JavaScript.
 */
function putRows(columns: usize, columnsEnd: usize, record: u32, slots: usize, row: u32, count: u32): u32 {
  const step = recordBytes()
  let done = count
  // Behind the rows that are written, one that lacks words is looked at to its end, so that all of them are learnt from it.
  let tried = count
  for (let column = columns; column < columnsEnd && tried > 0; column += ENTRY_BYTES) {
    const node = load<u32>(column, ENTRY_NODE)
    const there = foundFrom(record, node) & (~u64(0) >>> u64(FOUND_RECORDS - tried))
    const lacked = load<u32>(LACKED)
    const put = putColumn(column, slots + usize(node) * SLOT_BYTES, step, row, tried, there)
    if (put === tried) continue
    done = min(done, put)
    tried = put + u32(load<u32>(LACKED) !== lacked)
  }
  return done
}

/** False when the item of a list is left to JavaScript, other than for want of words. */
function putItem(columns: usize, columnsEnd: usize, slots: usize, row: u32): bool {
  for (let column = columns; column < columnsEnd; column += ENTRY_BYTES) {
    const lacked = load<u32>(LACKED)
    const slot = slots + usize(load<u32>(column, ENTRY_NODE)) * SLOT_BYTES
    if (putColumn(column, slot, 0, row, 1, 1) === 0 && load<u32>(LACKED) === lacked) return false
  }
  return true
}

/**
 * Writes the values of a column in `count` rows from `row` on. Of each row there is a slot, `step` bytes behind that of the row before, and a bit in `there`,
 * which is clear only where the slot has no value.
 *
 * @returns how many rows are written: those before the first that is left to JavaScript.
 */
function putColumn(column: usize, slots: usize, step: usize, row: u32, count: u32, there: u64): u32 {
  const none: u32 = load<u8>(column, ENTRY_BECOMES)
  const most = none === ODD ? min(count, u32(ctz(~there))) : count
  const validity = usize(load<u32>(column, ENTRY_ROOM)) + ROOM_VALIDITY + row
  const values: usize = load<u32>(column, ENTRY_VALUES)
  const texts: usize = load<u32>(column, ENTRY_TEXTS)
  const textsRoom = load<u32>(column, ENTRY_TEXTS_ROOM)
  const textMax = load<u32>(column, ENTRY_TEXT_MAX)
  const hasEnds = textsRoom !== 0 || load<u32>(column, ENTRY_ITEMS) !== 0
  const ends = values + (usize(row) << 2)
  clear(validity, count)
  if (none === NO_VALUE) clear(values + (usize(row) << 3), count << 3)
  else if (none === NO_WORD || hasEnds) clear(ends + (usize(hasEnds) << 2), count << 2)
  /** Where the text or the items of the row before end. */
  let at: u32 = hasEnds ? load<u32>(ends) : 0
  let done = most
  for (let rest = there; rest !== 0; rest &= rest - 1) {
    const i = u32(ctz(rest))
    if (i >= most) break
    const slot = slots + usize(i) * step
    const end = ends + (usize(i) << 2)
    const becomes: u32 = load<u8>(column + usize(load<u32>(slot)), ENTRY_BECOMES)
    // What is most common needs no call.
    if (becomes === AS_TEXT || becomes === AS_NUMBER_TEXT) {
      const start: usize = load<u32>(slot, SLOT_START)
      const length = load<u32>(slot, SLOT_END) - u32(start)
      if (length > textMax || at + length > textsRoom) {
        done = i
        break
      }
      copyText(start, length, texts + usize(at))
      at += length
      store<u32>(end, at, 4)
      store<u8>(validity + i, becomes === AS_TEXT ? IS_VALUE : IS_NUMBER)
      continue
    }
    if (hasEnds) store<u32>(end, at)
    const is = putValue(column, row + i, slot)
    if (is === IS_ODD) {
      done = i
      break
    }
    store<u8>(validity + i, is)
    if (hasEnds) at = load<u32>(end, 4)
  }
  if (hasEnds && u32(popcnt(there)) < count) fillGaps(ends, done)
  return done
}

/** Clears some bytes, and up to 15 behind them. */
// @ts-expect-error: decorator
@inline
function clear(start: usize, byteLength: u32): void {
  for (let i: u32 = 0; i < byteLength; i += 16) v128.store(start + i, i64x2.splat(0))
}

/** Gives each of some rows that has no end that of the row before it; ends never fall, so that it is the greatest up to there. */
function fillGaps(ends: usize, count: u32): void {
  const none = i32x4.splat(0)
  let before = i32x4.splat(load<u32>(ends))
  for (let i: u32 = 0; i < count; i += 4) {
    const at = ends + (usize(i) << 2)
    let v = v128.load(at, 4)
    v = i32x4.max_u(v, v128.shuffle<i32>(none, v, 0, 4, 5, 6))
    v = i32x4.max_u(v, v128.shuffle<i32>(none, v, 0, 1, 4, 5))
    v = i32x4.max_u(v, before)
    v128.store(at, v, 4)
    before = v128.shuffle<i32>(v, v, 3, 3, 3, 3)
  }
}

/** Writes any value but a plain text; what the byte of the row then says of it, or IS_ODD. */
function putValue(column: usize, row: u32, slot: usize): u8 {
  const values: usize = load<u32>(column, ENTRY_VALUES)
  const value = values + (usize(row) << 3)
  const becomes: u32 = load<u8>(column + usize(load<u32>(slot)), ENTRY_BECOMES)
  const start: usize = load<u32>(slot, SLOT_START)
  const end: usize = load<u32>(slot, SLOT_END)
  const isEmpty = start === end
  const isLong = end - start > usize(load<u32>(column, ENTRY_TEXT_MAX))
  switch (becomes) {
    case NO_TEXT:
      return putText(column, row, 0, 0, IS_NULL)
    case NO_WORD:
      return putWord(values, row, 0, IS_NULL)
    case NO_VALUE:
      store<u64>(value, 0)
      return IS_NULL
    case NO_STRUCT:
      return IS_NULL
    case AS_STRUCT:
      return IS_VALUE
    case NO_LIST:
      store<u32>(values + (usize(row) << 2), load<u32>(values + (usize(row) << 2)), 4)
      return IS_NULL
    case AS_LIST:
      return putList(load<u32>(column, ENTRY_ITEMS), values + (usize(row) << 2), start)
    case AS_TEXT_UNLESS_EMPTY:
      return isLong || isEmpty ? IS_ODD : putText(column, row, start, end, IS_VALUE)
    case AS_TEXT_OR_NONE:
      return isLong ? IS_ODD : putText(column, row, start, end, isEmpty ? IS_NULL : IS_VALUE)
    case AS_UNESCAPED:
      return isLong ? IS_ODD : putUnescaped(column, row, start, end)
    case AS_QUOTED:
      return putText(column, row, start - 1, end + 1, IS_VALUE)
    case AS_WORD_OR_NONE:
      if (isEmpty) return putWord(values, row, 0, IS_NULL)
      break
    case AS_WORD_UNLESS_EMPTY:
      if (isEmpty) return IS_ODD
      break
    case AS_UNESCAPED_WORD: {
      const text = lackedEnd()
      if (isLong || text + (end - start) + 16 > UNESCAPED_END) return IS_ODD
      const textEnd = unescape(start, end, text)
      return textEnd === 0 || hasControls || hasLineBreaks ? IS_ODD : putKnown(column, values, row, text, u32(textEnd - text))
    }
    case AS_WORD:
      break
    case AS_MOMENT: {
      const moment = momentAt(start, end)
      store<i64>(value, moment)
      return moment === NO_MOMENT ? IS_ODD : IS_VALUE
    }
    case AS_WHOLE:
      if (!isWhole(start, end)) return IS_ODD
      store<i64>(value, wholeAt(start, end))
      return IS_VALUE
    case AS_REAL:
      if (!isReal(start, end)) return IS_ODD
      store<f64>(value, realAt(start, end))
      return IS_VALUE
    case AS_TRUE:
    case AS_FALSE:
      return putWord(values, row, u32(becomes === AS_TRUE), IS_VALUE)
    default:
      return IS_ODD
  }
  return isLong ? IS_ODD : putKnown(column, values, row, start, u32(end - start))
}

/** Writes the items of the list that opens at `open` behind those of the rows before, and at `ends`, where these end, where they end. */
function putList(items: usize, ends: usize, open: usize): u8 {
  const columns: usize = load<u32>(items, ITEMS_COLUMNS)
  const columnsEnd: usize = load<u32>(items, ITEMS_COLUMNS_END)
  const slots: usize = load<u32>(items, ITEMS_SLOTS)
  const most = load<u32>(items, ITEMS_MAX)
  const lacked = load<u32>(LACKED)
  let item = load<u32>(ends)
  let at = pastMarks(open + 1)
  while (load<u8>(at) !== CLOSE_BRACKET) {
    if (item === most) return IS_ODD
    at = noteItem(items, at)
    if (at === 0 || !putItem(columns, columnsEnd, slots, item)) return IS_ODD
    item++
    at = pastMarks(at)
  }
  store<u32>(ends, item, 4)
  return load<u32>(LACKED) === lacked ? IS_VALUE : IS_ODD
}

/** Writes the number of a word, or notes that it is lacked. */
function putKnown(column: usize, values: usize, row: u32, start: usize, length: u32): u8 {
  const number = load<u32>(column, ENTRY_NUMBER)
  const word = wordOf(WORDS, number, start, length)
  return word === 0 ? noteLacked(number, start, length) : putWord(values, row, load<u32>(word), IS_VALUE)
}

/** Notes a word that the dictionary of a column lacks, for JavaScript to make it known; its row is left to JavaScript. */
function noteLacked(number: u32, start: usize, length: u32): u8 {
  const count = load<u32>(LACKED)
  if (count === LACKED_MAX) return IS_ODD
  const entry = LACKED_WORDS + usize(count) * LACKED_WORD_BYTES
  store<u32>(entry, number)
  store<u32>(entry, u32(start), 4)
  store<u32>(entry, length, 8)
  store<u32>(LACKED, count + 1)
  return IS_ODD
}

/** The byte that was given, or IS_ODD when the column has no room for the text. */
// @ts-expect-error: decorator
@inline
function putText(column: usize, row: u32, start: usize, end: usize, validity: u8): u8 {
  const ends = usize(load<u32>(column, ENTRY_VALUES)) + (usize(row) << 2)
  const at: usize = load<u32>(ends)
  const length = end - start
  if (at + length > usize(load<u32>(column, ENTRY_TEXTS_ROOM))) return IS_ODD
  copyText(start, u32(length), usize(load<u32>(column, ENTRY_TEXTS)) + at)
  store<u32>(ends, u32(at + length), 4)
  return validity
}

/** Copies a text, and up to 32 bytes behind it: few are longer, so that their lengths mislead no branch. */
// @ts-expect-error: decorator
@inline
function copyText(start: usize, length: u32, to: usize): void {
  v128.store(to, v128.load(start))
  v128.store(to, v128.load(start, 16), 16)
  for (let i: u32 = 32; i < length; i += 16) v128.store(to + i, v128.load(start + i))
}

/** As `putText`; IS_ODD also when the text is left to JavaScript. It is never longer than what it is written as. */
function putUnescaped(column: usize, row: u32, start: usize, end: usize): u8 {
  const ends = usize(load<u32>(column, ENTRY_VALUES)) + (usize(row) << 2)
  const at: usize = load<u32>(ends)
  if (at + end - start > usize(load<u32>(column, ENTRY_TEXTS_ROOM))) return IS_ODD
  const texts: usize = load<u32>(column, ENTRY_TEXTS)
  const textEnd = unescape(start, end, texts + at)
  store<u32>(ends, u32(textEnd - texts), 4)
  // A column that bounds its texts takes no line breaks, and those of others may have any character.
  if (textEnd === 0 || (hasLineBreaks && load<i32>(column, ENTRY_TEXT_MAX) !== TEXT_MAX_NONE)) return IS_ODD
  return hasControls ? IS_CONTROL : IS_VALUE
}

/** Where the next word with escapes is unescaped to: behind those that are lacked. */
function lackedEnd(): usize {
  let end = UNESCAPED
  const lackedEnd = LACKED_WORDS + usize(load<u32>(LACKED)) * LACKED_WORD_BYTES
  for (let entry = LACKED_WORDS; entry < lackedEnd; entry += LACKED_WORD_BYTES) {
    const start: usize = load<u32>(entry, 4)
    if (start >= UNESCAPED && start < UNESCAPED_END) end = start + usize(load<u32>(entry, 8))
  }
  return end
}

// @ts-expect-error: decorator
@inline
function putWord(values: usize, row: u32, number: u32, validity: u8): u8 {
  store<u32>(values + (usize(row) << 2), number)
  return validity
}
