import { int64At, putInt64, validityOf, wordsOf } from '@fletching/columns'
import { type Data, Int64, makeData, TimestampMillisecond, Vector } from 'apache-arrow'

/**
 * Gives the whole seconds since 1970-01-01T00:00:00Z of moments.
 *
 * - Shape: as many rows and chunks as `column`.
 * - Nulls: propagate.
 * - Units: milliseconds in, seconds out, rounded down, so that -1 ms is second -1.
 * - Source: what Amazon Personalize wants as TIMESTAMP.
 *
 * @example
 * ```ts
 * const moments = vectorFromArray([1999, -1, null], new TimestampMillisecond('UTC'))
 * assert.deepEqual([...epochSeconds(moments)], [1n, -1n, null])
 * ```
 */
export function epochSeconds(column: Vector<TimestampMillisecond>): Vector<Int64> {
  return mapChunks(column, new Int64(), (source, target) => {
    const milliseconds = wordsOf(source)
    const seconds = wordsOf(target)
    for (let row = 0; row < target.length; row++) putInt64(seconds, row, Math.floor(int64At(milliseconds, row) / 1000))
  })
}

/**
 * Gives the moments so many seconds after 1970-01-01T00:00:00Z.
 *
 * - Shape: as many rows and chunks as `column`.
 * - Nulls: propagate.
 * - Units: seconds in, milliseconds out, in UTC.
 *
 * @example
 * ```ts
 * assert.deepEqual([...fromEpochSeconds(vectorFromArray([1n, null], new Int64()))], [1000, null])
 * ```
 */
export function fromEpochSeconds(column: Vector<Int64>): Vector<TimestampMillisecond> {
  return mapChunks(column, new TimestampMillisecond('UTC'), (seconds, milliseconds) => {
    for (let row = 0; row < milliseconds.length; row++) milliseconds[row] = seconds[row] * 1000n
  })
}

/** Computes chunk by chunk, on the values alone: what lies under a null does not matter. */
function mapChunks<T extends Int64 | TimestampMillisecond>(
  column: Vector<Int64> | Vector<TimestampMillisecond>,
  type: T,
  compute: (source: BigInt64Array, target: BigInt64Array) => void,
): Vector<T> {
  const chunks = (column.data as readonly Data[]).map((data) => {
    const target = new BigInt64Array(data.length)
    compute(data.values as BigInt64Array, target)
    const nullBitmap = validityOf(data) ?? null
    return makeData({ type: type as Int64, length: data.length, nullCount: data.nullCount, nullBitmap, data: target })
  })
  return new Vector(chunks) as unknown as Vector<T>
}
