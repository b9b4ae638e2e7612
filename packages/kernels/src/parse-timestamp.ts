import { clearBit, countOnes, parseIsoTimestamp, putInt64, wordsOf } from '@fletching/columns'
import { type Data, makeData, TimestampMillisecond, type Utf8, Vector } from 'apache-arrow'
import { plainTexts, type Texts } from './text-chunks.ts'
import { validBits } from './valid-bits.ts'

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
  const validity = validBits([data])
  parseMoments(values, valueOffsets, wordsOf(moments), validity)
  const nullCount = length - countOnes(validity, 0, length)
  const nullBitmap = nullCount === 0 ? null : validity
  return makeData({ type: new TimestampMillisecond('UTC'), length, nullCount, nullBitmap, data: moments })
}

/** Reads texts as moments, two words for each, and clears the bits of those that name none. */
export function parseMoments(bytes: Uint8Array, offsets: Int32Array, moments: Int32Array, validity: Uint8Array): void {
  for (let row = 0; 2 * row < moments.length; row++) {
    const moment = parseIsoTimestamp(bytes, offsets[row], offsets[row + 1])
    if (Number.isNaN(moment)) clearBit(validity, row)
    else putInt64(moments, row, moment)
  }
}
