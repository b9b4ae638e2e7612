import { viewOf } from '@fletching/columns'
import { internal } from '@fletching/columns/errors'
import { type Bool, type Data, DataType, type Dictionary, type Utf8, type Vector } from 'apache-arrow'
import { maskVector, newBits } from './bool-vector.ts'
import { or } from './boolean.ts'
import { eq } from './compare.ts'
import { withoutNullEntries } from './dictionary.ts'
import type { Scalar } from './scalar.ts'
import { validBits } from './valid-bits.ts'
import { findText, type WantedTexts, wantedTexts } from './wanted-texts.ts'

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
  return withValidityOf(column, newBits(column.length))
}

function isTextIn(column: Vector<Utf8> | Vector<Dictionary<Utf8>>, texts: readonly Uint8Array[]): Vector<Bool> {
  const wanted = wantedTexts(texts)
  const bits = newBits(column.length)
  let end = 0
  for (const data of column.data) {
    const first = end
    end += data.length
    // Where all rows are null, there may be neither offsets nor texts.
    if (data.nullCount === data.length) continue
    if (DataType.isDictionary(data.type)) markNumbers(data as Data<Dictionary<Utf8>>, wanted, bits, first)
    else markTexts(data as Data<Utf8>, wanted, bits, first)
  }
  return withValidityOf(column, bits)
}

/** Sets the bits from `first` on that are those of wanted texts. */
function markTexts(
  { values, valueOffsets, length }: Data<Utf8>,
  wanted: WantedTexts,
  bits: Uint8Array,
  first: number,
): void {
  const view = viewOf(values)
  let byte = bits[first >> 3]
  let start = valueOffsets[0]
  for (let i = 0, bit = first; i < length; i++, bit++) {
    const end = valueOffsets[i + 1]
    byte |= Number(findText(view, start, end, wanted) >= 0) << (bit & 7)
    start = end
    if ((bit & 7) !== 7) continue
    bits[bit >> 3] = byte
    byte = 0
  }
  if (((first + length) & 7) !== 0) bits[(first + length) >> 3] = byte
}

/** As `markTexts`; each entry is compared once, and a number looks up whether its entry is wanted. */
function markNumbers(
  { values, length, dictionary }: Data<Dictionary<Utf8>>,
  wanted: WantedTexts,
  bits: Uint8Array,
  first: number,
): void {
  const accepted = acceptedEntries(dictionary as Vector<Utf8>, wanted)
  let byte = bits[first >> 3]
  for (let i = 0, bit = first; i < length; i++, bit++) {
    byte |= accepted[values[i]] << (bit & 7)
    if ((bit & 7) !== 7) continue
    bits[bit >> 3] = byte
    byte = 0
  }
  if (((first + length) & 7) !== 0) bits[(first + length) >> 3] = byte
}

/** For each entry 1 when it is wanted, else 0. */
function acceptedEntries({ data, length }: Vector<Utf8>, wanted: WantedTexts): Uint8Array {
  const accepted = new Uint8Array(length)
  let number = 0
  for (const { values, valueOffsets, length: entries } of data) {
    const view = viewOf(values)
    for (let i = 0; i < entries; i++) {
      accepted[number++] = Number(findText(view, valueOffsets[i], valueOffsets[i + 1], wanted) >= 0)
    }
  }
  return accepted
}

function withValidityOf({ data, length }: Vector, bits: Uint8Array): Vector<Bool> {
  // Asked of each chunk, since Arrow adds up -1 for one that does not know.
  if (data.every(({ nullCount }) => nullCount === 0)) return maskVector(length, bits, undefined)
  return maskVector(length, bits, validBits(data))
}

const UTF8 = new TextEncoder()
