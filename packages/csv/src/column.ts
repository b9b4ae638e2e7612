import { isValid, sliceBits, validityOf } from '@fletching/columns'
import { authorError } from '@fletching/columns/errors'
import {
  type Data,
  DataType,
  DateUnit,
  type Dictionary,
  type Field,
  type Int32,
  Precision,
  TimeUnit,
  type Utf8,
} from 'apache-arrow'
import { dictionaryRows } from './dictionary.ts'
import { bitRows, numberRows, type Rows, textRows } from './rows.ts'

/** A column of a batch, as the module is told of it; assembly/column.ts explains the words. */
export interface Column {
  readonly kind: number
  readonly detail: number
  /** Bits from bit 0 on; undefined when every row has a value. */
  readonly validity: Uint8Array | undefined
  readonly rows: Rows
}

/**
 * Refuses a column that CSV has no form for.
 *
 * - Errors: NOT_IN_CSV (author).
 */
export function checkFieldType({ name, type }: Field): void {
  const isWritten =
    DataType.isUtf8(type) ||
    (DataType.isDictionary(type) && DataType.isUtf8(type.dictionary)) ||
    DataType.isInt(type) ||
    (DataType.isFloat(type) && type.precision !== Precision.HALF) ||
    DataType.isBool(type) ||
    DataType.isTimestamp(type) ||
    (DataType.isDate(type) && type.unit === DateUnit.DAY)
  if (isWritten) return
  throw authorError('NOT_IN_CSV', `CSV has no form for ${String(type)}`, {
    at: `column ${name}`,
    help: 'take single values out of it, cast it, or leave it out',
  })
}

/** A column of a type that `checkFieldType` lets pass. */
export function columnOf(data: Data): Column {
  const { type } = data
  if (DataType.isDictionary(type)) {
    const { areTexts, rows, validity } = dictionaryRows(data as Data<Dictionary<Utf8, Int32>>)
    if (areTexts) return { kind: TEXT, detail: QUOTABLE, validity, rows }
    return { kind: DICTIONARY, detail: data.values.BYTES_PER_ELEMENT, validity, rows }
  }
  const validity = validityOf(data)
  if (DataType.isUtf8(type)) {
    const { valueOffsets, values } = data as Data<Utf8>
    return { kind: TEXT, detail: QUOTABLE, validity, rows: textRows(valueOffsets, values) }
  }
  if (DataType.isFloat(type)) return { kind: TEXT, detail: BARE, validity, rows: printedRows(data) }
  if (DataType.isBool(type)) {
    return { kind: BOOL, detail: 0, validity, rows: bitRows(sliceBits(data.values, data.offset, data.length)) }
  }
  const rows = numberRows(data.values)
  if (DataType.isTimestamp(type)) return { kind: MOMENT, detail: PER_SECOND[type.unit], validity, rows }
  if (DataType.isDate(type)) return { kind: DAY, detail: 0, validity, rows }
  const isSigned = DataType.isInt(type) && type.isSigned
  return { kind: isSigned ? INTEGER : UNSIGNED, detail: data.values.BYTES_PER_ELEMENT, validity, rows }
}

/** Numbers as `String` prints them: to find the fewest digits that mean the same is the engine's work. */
function printedRows(data: Data): Rows {
  const texts = Array.from({ length: data.length }, (_, row) => (isValid(data, row) ? String(data.values[row]) : ''))
  const starts = new Int32Array(data.length + 1)
  for (const [row, text] of texts.entries()) starts[row + 1] = starts[row] + text.length
  return textRows(starts, ASCII.encode(texts.join('')))
}

const TEXT = 0
const DICTIONARY = 1
const INTEGER = 2
const UNSIGNED = 3
const BOOL = 4
const MOMENT = 5
const DAY = 6
/** Details of texts: what the dialect may quote, and what stands as it is. */
const BARE = 0
const QUOTABLE = 1
const PER_SECOND: Readonly<Record<TimeUnit, number>> = {
  [TimeUnit.SECOND]: 1,
  [TimeUnit.MILLISECOND]: 1000,
  [TimeUnit.MICROSECOND]: 1_000_000,
  [TimeUnit.NANOSECOND]: 1_000_000_000,
}
const ASCII = new TextEncoder()
