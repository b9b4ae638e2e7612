import { getBit, isValid } from '@fletching/columns'
import { authorError } from '@fletching/columns/errors'
import { type Data, DataType, type Dictionary, type Field, Type, type Utf8 } from 'apache-arrow'
import { ByteSink } from './byte-sink.ts'
import type { DialectRules } from './dialect.ts'
import { putAscii, putDate, putInteger, putTimestamp } from './number-field.ts'
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
 * The writer of a column of a batch. A null is an empty field.
 *
 * - Errors: NOT_IN_CSV (author) for a type that CSV has no form for.
 */
export function openFieldWriter(field: Field, data: Data, context: FieldContext): FieldWriter {
  const write = openValueWriter(field, data, context)
  if (data.nullCount === 0) return write
  const { nullBitmap, offset } = data
  return (row) => {
    if (getBit(nullBitmap, offset + row)) write(row)
  }
}

function openValueWriter(field: Field, data: Data, context: FieldContext): FieldWriter {
  const { sink } = context
  const { type } = data
  if (DataType.isUtf8(type)) return openTextWriter(data as Data<Utf8>, context)
  if (DataType.isDictionary(type) && DataType.isUtf8(type.dictionary))
    return openDictionaryWriter(data as Data<Dictionary>, context)
  if (DataType.isInt(type)) {
    const { values } = data
    if (values instanceof BigInt64Array || values instanceof BigUint64Array) return openInt64Writer(values, sink)
    return (row) => putInteger(sink, values[row])
  }
  if (DataType.isTimestamp(type)) {
    const { values } = data
    const perMillisecond = [0.001, 1, 1000, 1_000_000][type.unit]
    return (row) => putTimestamp(sink, Math.floor(Number(values[row]) / perMillisecond))
  }
  if (type.typeId === Type.Date && data.values instanceof Int32Array) {
    const { values } = data
    return (row) => putDate(sink, values[row])
  }
  if (DataType.isFloat(type)) {
    const { values } = data
    return (row) => putAscii(sink, String(values[row]))
  }
  if (DataType.isBool(type)) {
    const { values, offset } = data
    return (row) => putAscii(sink, getBit(values, offset + row) ? 'true' : 'false')
  }
  throw authorError('NOT_IN_CSV', `CSV has no form for ${String(type)}`, {
    at: `column ${field.name}`,
    help: 'take single values out of it, or leave it out',
  })
}

function openTextWriter(data: Data<Utf8>, { sink, rules, folded }: FieldContext): FieldWriter {
  const { values, valueOffsets } = data
  return (row) => {
    const count = putText(sink, rules, values, valueOffsets[row], valueOffsets[row + 1])
    if (count > 0) folded(count)
  }
}

/** Each entry of the dictionary is quoted once, when a row first needs it; rows copy what came out. */
function openDictionaryWriter(data: Data<Dictionary>, { sink, rules, folded }: FieldContext): FieldWriter {
  const { values: indices } = data
  const entries: { readonly bytes: Uint8Array; readonly count: number }[] = []
  const texts = data.dictionary?.data ?? []
  const scratch = new ByteSink()
  const quote = (index: number) => {
    let chunk = 0
    let row = index
    while (row >= texts[chunk].length) row -= texts[chunk++].length
    const { values, valueOffsets } = texts[chunk]
    if (!isValid(texts[chunk], row)) return { bytes: values.subarray(0, 0), count: 0 }
    const count = putText(scratch, rules, values as Uint8Array, valueOffsets[row], valueOffsets[row + 1])
    return { bytes: scratch.take(), count }
  }
  return (row) => {
    const index = indices[row]
    entries[index] ??= quote(index)
    const { bytes, count } = entries[index]
    sink.copy(bytes, 0, bytes.length)
    if (count > 0) folded(count)
  }
}

/** Reads the two halves of a number, which is ten times as fast as a bigint, and takes the bigint where a double is not exact. */
function openInt64Writer(values: BigInt64Array | BigUint64Array, sink: ByteSink): FieldWriter {
  const halves = new Int32Array(values.buffer, values.byteOffset, values.length * 2)
  const isSigned = values instanceof BigInt64Array
  return (row) => {
    const high = isSigned ? halves[2 * row + 1] : halves[2 * row + 1] >>> 0
    if (high >= -EXACT_HIGH && high < EXACT_HIGH) putInteger(sink, high * 2 ** 32 + (halves[2 * row] >>> 0))
    else putAscii(sink, String(values[row]))
  }
}

const EXACT_HIGH = 2 ** 21
