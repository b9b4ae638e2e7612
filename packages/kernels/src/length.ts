import { validityOf } from '@fletching/columns'
import { Int32, makeData, Vector } from 'apache-arrow'
import { plainTexts, type Texts } from './text-chunks.ts'

/**
 * Counts the characters of texts.
 *
 * - Shape: as many rows and chunks as `column`.
 * - Nulls: propagate.
 * - Units: code points, not bytes or UTF-16 units: an emoji is one.
 * - Source: PySpark `length`.
 *
 * @example
 * ```ts
 * assert.deepEqual([...length(vectorFromArray(['größe', '🛒', null], new Utf8()))], [5, 1, null])
 * ```
 */
export function length(column: Texts): Vector<Int32> {
  return new Vector(
    plainTexts(column).data.map((data) => {
      const counts = new Int32Array(data.length)
      for (let row = 0; row < data.length; row++) {
        let count = 0
        // Every code point has one byte that is no continuation.
        for (let at = data.valueOffsets[row]; at < data.valueOffsets[row + 1]; at++)
          if ((data.values[at] & 0xc0) !== 0x80) count++
        counts[row] = count
      }
      const nullBitmap = validityOf(data) ?? null
      return makeData({ type: new Int32(), length: data.length, nullCount: data.nullCount, nullBitmap, data: counts })
    }),
  )
}
