import { getBit } from '@fletching/columns'
import { authorError } from '@fletching/columns/errors'
import {
  type Data,
  DataType,
  DateUnit,
  type Dictionary,
  type Field,
  type Int32,
  Precision,
  type Timestamp,
  type Utf8,
} from 'apache-arrow'
import type { ByteSink } from './byte-sink.ts'
import type { DialectRules } from './dialect.ts'
import { openDictionaryWriter } from './dictionary-field.ts'
import { openMomentWriter, putDate } from './moment-field.ts'
import { openInt64Writer, putAscii, putInteger } from './number-field.ts'
import { putText } from './text-field.ts'

/** Appends the fields of one column of a batch, whose rows are `data`'s. */
export type FieldWriter = (row: number) => void

/** What a writer needs besides its column. */
export interface FieldContext {
  readonly sink: ByteSink
  readonly rules: DialectRules
  /** Called with the number of line breaks of a field that became blanks. */
  readonly folded: (count: number) => void
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

/** The writer of a column of a batch, of a type that `checkFieldType` lets pass. A null is an empty field. */
export function openFieldWriter(data: Data, context: FieldContext): FieldWriter {
  const write = openValueWriter(data, context)
  if (data.nullCount === 0) return write
  const { nullBitmap, offset } = data
  return (row) => {
    if (getBit(nullBitmap, offset + row)) write(row)
  }
}

function openValueWriter(data: Data, context: FieldContext): FieldWriter {
  const { sink, rules, folded } = context
  const { type } = data
  if (DataType.isUtf8(type)) return openTextWriter(data as Data<Utf8>, context)
  if (DataType.isDictionary(type)) {
    return openDictionaryWriter(data as Data<Dictionary<Utf8, Int32>>, sink, rules, folded)
  }
  if (DataType.isTimestamp(type)) return openMomentWriter(data as Data<Timestamp>, sink)
  if (DataType.isBool(type)) {
    const { values, offset } = data
    return (row) => putAscii(sink, getBit(values, offset + row) ? 'true' : 'false')
  }
  const { values } = data
  if (values instanceof BigInt64Array || values instanceof BigUint64Array) return openInt64Writer(values, sink)
  if (DataType.isDate(type)) return (row) => putDate(sink, values[row])
  if (DataType.isFloat(type)) return (row) => putAscii(sink, String(values[row]))
  return (row) => putInteger(sink, values[row])
}

function openTextWriter(data: Data<Utf8>, { sink, rules, folded }: FieldContext): FieldWriter {
  const { values, valueOffsets } = data
  return (row) => {
    const count = putText(sink, rules, values, valueOffsets[row], valueOffsets[row + 1])
    if (count > 0) folded(count)
  }
}
