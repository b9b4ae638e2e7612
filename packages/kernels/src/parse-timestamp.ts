import { bitmapByteLength, getBit, parseIsoTimestamp, putInt64, setBit, validityOf, wordsOf } from '@fletching/columns'
import { type Data, makeData, TimestampMillisecond, type Utf8, Vector } from 'apache-arrow'
import { plainTexts, type Texts } from './text-chunks.ts'

/**
 * Reads texts as moments: ISO 8601 in every form that Segment's SDKs write.
 *
 * - Shape: as many rows and chunks as `column`.
 * - Nulls: propagate; a text that names no moment gives null.
 * - Units: milliseconds since 1970-01-01T00:00:00Z, rounded down; without an offset the text is UTC.
 * - Source: RFC 3339; see `parseIsoTimestamp` in `@fletching/columns` for the forms.
 *
 * @example
 * ```ts
 * const moments = parseTimestamp(vectorFromArray(['1970-01-01T00:00:01Z', 'soon'], new Utf8()))
 * assert.deepEqual([...moments], [1000, null])
 * ```
 */
export function parseTimestamp(column: Texts): Vector<TimestampMillisecond> {
  return new Vector(plainTexts(column).data.map(parseChunk))
}

function parseChunk(data: Data<Utf8>): Data<TimestampMillisecond> {
  const { length, values, valueOffsets } = data
  const moments = new BigInt64Array(length)
  const bits = new Uint8Array(bitmapByteLength(length))
  const nullCount = length - parseTexts(values, valueOffsets, validityOf(data), wordsOf(moments), bits)
  const nullBitmap = nullCount === 0 ? null : bits
  return makeData({ type: new TimestampMillisecond('UTC'), length, nullCount, nullBitmap, data: moments })
}

/** @returns how many texts name a moment; `bits` says which. */
function parseTexts(
  values: Uint8Array,
  offsets: Int32Array,
  validity: Uint8Array | undefined,
  moments: Int32Array,
  bits: Uint8Array,
): number {
  let count = 0
  for (let row = 0; 2 * row < moments.length; row++) {
    if (validity !== undefined && !getBit(validity, row)) continue
    const moment = parseIsoTimestamp(values, offsets[row], offsets[row + 1])
    if (Number.isNaN(moment)) continue
    putInt64(moments, row, moment)
    setBit(bits, row)
    count++
  }
  return count
}
