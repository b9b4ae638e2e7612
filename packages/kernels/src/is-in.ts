import { clearBit, isValid, sameBytes, setBit } from '@fletching/columns'
import { internal } from '@fletching/columns/errors'
import { type Bool, type Data, DataType, type Dictionary, type Utf8, type Vector } from 'apache-arrow'
import { boolVector, newBits } from './bool-vector.ts'
import { or } from './boolean.ts'
import { eq } from './compare.ts'
import { withoutNullEntries } from './dictionary.ts'
import type { Scalar } from './scalar.ts'

/**
 * Tells in which rows the value is one of `values`.
 *
 * - Shape: as many rows as `column`, in one chunk.
 * - Nulls: propagate; `values` holds none.
 * - Errors: InternalError when the type cannot hold a value, or has no order.
 * - Cost: of a dictionary-encoded column each entry is compared once, whatever the number of rows.
 * - Source: PySpark `Column.isin`.
 *
 * @example
 * ```ts
 * assert.deepEqual([...isIn(vectorFromArray(['a', 'b', null]), ['a', 'c'])], [true, false, null])
 * ```
 */
export function isIn(column: Vector, values: readonly Exclude<Scalar, null>[]): Vector<Bool> {
  const { type } = column
  if (DataType.isUtf8(type) || (DataType.isDictionary(type) && DataType.isUtf8(type.dictionary))) {
    return isTextIn(
      withoutNullEntries(column) as Vector<Utf8> | Vector<Dictionary<Utf8>>,
      values.map((value) => textOf(value)),
    )
  }
  if (values.length === 0) return neverTrue(column)
  return values.map((value) => eq(column, value)).reduce((left, right) => or(left, right))
}

function textOf(value: Exclude<Scalar, null>): Uint8Array {
  if (typeof value !== 'string') throw internal(`isIn got Utf8 and the scalar ${value}`)
  return UTF8.encode(value)
}

/** False where there is a value, null where there is none. */
function neverTrue(column: Vector): Vector<Bool> {
  const bits = newBits(column.length)
  return withValidityOf(column, bits)
}

function isTextIn(column: Vector<Utf8> | Vector<Dictionary<Utf8>>, texts: readonly Uint8Array[]): Vector<Bool> {
  const bits = newBits(column.length)
  let first = 0
  for (const data of column.data) {
    if (DataType.isDictionary(data.type)) markDictionary(data as Data<Dictionary<Utf8>>, texts, bits, first)
    else markTexts(data as Data<Utf8>, texts, bits, first)
    first += data.length
  }
  return withValidityOf(column, bits)
}

function markTexts(data: Data<Utf8>, texts: readonly Uint8Array[], bits: Uint8Array, first: number): void {
  for (let row = 0; row < data.length; row++)
    if (isValid(data, row) && isOneOf(data, row, texts)) setBit(bits, first + row)
}

function markDictionary(
  data: Data<Dictionary<Utf8>>,
  texts: readonly Uint8Array[],
  bits: Uint8Array,
  first: number,
): void {
  const accepted: boolean[] = []
  for (const entries of data.dictionary?.data ?? []) {
    for (let entry = 0; entry < entries.length; entry++) accepted.push(isOneOf(entries as Data<Utf8>, entry, texts))
  }
  for (let row = 0; row < data.length; row++)
    if (isValid(data, row) && accepted[data.values[row]]) setBit(bits, first + row)
}

function isOneOf({ values, valueOffsets }: Data<Utf8>, row: number, texts: readonly Uint8Array[]): boolean {
  const start = valueOffsets[row]
  const end = valueOffsets[row + 1]
  for (let i = 0; i < texts.length; i++) {
    if (sameBytes(values, start, end, texts[i], 0, texts[i].length)) return true
  }
  return false
}

function withValidityOf(column: Vector, bits: Uint8Array): Vector<Bool> {
  const validity = newBits(column.length).fill(0xff)
  let nullCount = 0
  let row = 0
  for (const data of column.data) {
    for (let i = 0; i < data.length; i++, row++) {
      if (isValid(data, i)) continue
      clearBit(validity, row)
      nullCount++
    }
  }
  return boolVector(column.length, bits, validity, nullCount)
}

const UTF8 = new TextEncoder()
