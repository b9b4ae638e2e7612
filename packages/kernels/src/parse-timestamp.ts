import { isValid, parseIsoTimestamp, TimestampBuilder } from '@fletching/columns'
import { type TimestampMillisecond, Vector } from 'apache-arrow'
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
  return new Vector(
    plainTexts(column).data.map((data) => {
      const builder = new TimestampBuilder()
      for (let row = 0; row < data.length; row++) {
        const moment = isValid(data, row)
          ? parseIsoTimestamp(data.values, data.valueOffsets[row], data.valueOffsets[row + 1])
          : Number.NaN
        if (Number.isNaN(moment)) builder.appendNull()
        else builder.appendMilliseconds(moment)
      }
      return builder.finish()
    }),
  )
}
