/*
 * How it works: JavaScript copies the buffers of some rows into the memory and says where they are; `encode` writes the records behind
 * them, row by row. A field says by 0 that the memory might end before it; then its row is taken back, and JavaScript fetches what there is, or
 * makes the memory larger, and calls again from that row on.
 *
 * Why: a job writes its CSV on every thread, and most jobs are short. A machine's code is there from the first row on, and threads share it,
 * where each of them would first interpret and then compile the same in JavaScript.
 *
 * Advice for the next person: no SIMD here, so that one module serves every host. What a text costs is nearly all: see `text.ts`.
 */
import { COMMA } from './bytes'
import {
  BOOL,
  COLUMN_BYTES,
  COLUMN_DETAIL,
  COLUMN_ENTRIES,
  COLUMN_FIRST,
  COLUMN_TEXTS,
  COLUMN_VALIDITY,
  COLUMN_VALUES,
  DICTIONARY,
  INTEGER,
  isSet,
  MOMENT,
  signedAt,
  TEXT,
  UNSIGNED,
  unsignedAt,
} from './column'
import { COLUMNS, RESULT } from './memory'
import { putDate, putMoment } from './moment'
import { putSigned, putUnsigned } from './number'
import { linesFolded, openText, putLineEnd, putText, setLinesFolded } from './text'

/** More than any field but a text takes, with the comma before it and the line end behind it. */
const FIELD_BYTES_MAX: usize = 64

/**
 * Writes the records of the rows `from` to `to` into the memory from `start` to `limit`.
 *
 * @returns the row at which it has stopped: `to`, or one for whose record there might not be enough room.
 */
export function encode(columnCount: u32, from: u32, to: u32, start: usize, limit: usize): u32 {
  openText()
  const end = COLUMNS + usize(columnCount) * COLUMN_BYTES
  let out = start
  let row = from
  for (; row < to; row++) {
    const folded = linesFolded()
    const next = putRecord(end, row, out, limit)
    if (next === 0) {
      setLinesFolded(folded)
      break
    }
    out = next
  }
  store<u32>(RESULT, u32(out))
  store<u32>(RESULT, linesFolded(), 4)
  return row
}

/** @returns the end of the record; 0 when there is not enough room. */
function putRecord(columnsEnd: usize, row: u32, start: usize, limit: usize): usize {
  let out = start
  if (limit - out < FIELD_BYTES_MAX) return 0
  for (let column = COLUMNS; column < columnsEnd; column += COLUMN_BYTES) {
    if (column > COLUMNS) store<u8>(out++, COMMA)
    const validity: usize = load<u32>(column, COLUMN_VALIDITY)
    if (validity === 0 || isSet(validity, load<u32>(column, COLUMN_FIRST) + row)) {
      out = putField(column, row, out, limit)
      if (out === 0) return 0
    }
    if (limit - out < FIELD_BYTES_MAX) return 0
  }
  return putLineEnd(out)
}

/** @returns the end of the field; 0 when there is not enough room. */
// @ts-expect-error: decorator
@inline
function putField(column: usize, row: u32, out: usize, limit: usize): usize {
  const kind = load<u32>(column)
  const detail = load<u32>(column, COLUMN_DETAIL)
  const values: usize = load<u32>(column, COLUMN_VALUES)
  if (kind === TEXT) {
    const place = values + usize(row) * 4
    const start = load<u32>(place)
    return putBounded(load<u32>(column, COLUMN_TEXTS) + start, load<u32>(place, 4) - start, detail, out, limit)
  }
  if (kind === DICTIONARY) {
    const entry = usize(load<u32>(column, COLUMN_ENTRIES)) + usize(unsignedAt(values, detail, row)) * 8
    const length = load<i32>(entry, 4)
    if (length < 0) return out
    return putBounded(load<u32>(column, COLUMN_TEXTS) + load<u32>(entry), length, 1, out, limit)
  }
  if (kind === INTEGER) return putSigned(signedAt(values, detail, row), out)
  if (kind === UNSIGNED) return putUnsigned(unsignedAt(values, detail, row), out)
  if (kind === MOMENT) return putMoment(load<i64>(values + usize(row) * 8), detail, out)
  if (kind === BOOL) return putBool(isSet(values, load<u32>(column, COLUMN_FIRST) + row), out)
  return putDate(i64(load<i32>(values + usize(row) * 4)), out)
}

function putBounded(start: usize, length: usize, isQuotable: u32, out: usize, limit: usize): usize {
  // Every byte may get another in front of it.
  if ((limit - out) >>> 1 < length + FIELD_BYTES_MAX) return 0
  if (isQuotable !== 0) return putText(start, length, out)
  memory.copy(out, start, length)
  return out + length
}

function putBool(value: bool, out: usize): usize {
  store<u32>(out, value ? 0x65757274 : 0x736c6166)
  if (value) return out + 4
  store<u8>(out, 0x65, 4)
  return out + 5
}
