import { int64At, validityOf, wordsOf } from '@fletching/columns'
import { DateDay, makeData, type TimestampMillisecond, Vector } from 'apache-arrow'

/**
 * Gives the day of moments, in UTC.
 *
 * - Shape: as many rows and chunks as `column`.
 * - Nulls: propagate.
 * - Units: milliseconds in, days since 1970-01-01 out.
 * - Source: PySpark `to_date` in a session of time zone UTC.
 *
 * @example
 * ```ts
 * const days = date(vectorFromArray([-1, 86_400_000, null], new TimestampMillisecond('UTC')))
 * assert.deepEqual([...days.data[0].values.subarray(0, 2)], [-1, 1])
 * ```
 */
export function date(column: Vector<TimestampMillisecond>): Vector<DateDay> {
  return new Vector(
    column.data.map((data) => {
      const { length, nullCount } = data
      const days = new Int32Array(length)
      putDays(wordsOf(data.values), days)
      return makeData({ type: new DateDay(), length, nullCount, nullBitmap: validityOf(data) ?? null, data: days })
    }),
  )
}

function putDays(milliseconds: Int32Array, days: Int32Array): void {
  for (let row = 0; row < days.length; row++) days[row] = Math.floor(int64At(milliseconds, row) / DAY_MS)
}

const DAY_MS = 86_400_000
