import type { Bool, Vector } from 'apache-arrow'
import { maskVector } from './bool-vector.ts'
import { withoutNullEntries } from './dictionary.ts'
import { validBits } from './valid-bits.ts'

/**
 * Tells which rows have no value.
 *
 * - Shape: as many rows as `column`, in one chunk.
 * - Nulls: as value; never null itself.
 * - Source: PySpark `Column.isNull`.
 *
 * @example
 * ```ts
 * assert.deepEqual([...isNull(vectorFromArray(['a', null]))], [false, true])
 * ```
 */
export function isNull(column: Vector): Vector<Bool> {
  return validityMask(column, false)
}

/**
 * Tells which rows have a value.
 *
 * - Shape: as many rows as `column`, in one chunk.
 * - Nulls: as value; never null itself.
 * - Source: PySpark `Column.isNotNull`.
 *
 * @example
 * ```ts
 * assert.deepEqual([...isNotNull(vectorFromArray(['a', null]))], [true, false])
 * ```
 */
export function isNotNull(column: Vector): Vector<Bool> {
  return validityMask(column, true)
}

function validityMask(column: Vector, wanted: boolean): Vector<Bool> {
  const bits = validBits(withoutNullEntries(column).data)
  if (!wanted) for (let byte = 0; byte < bits.length; byte++) bits[byte] = ~bits[byte]
  return maskVector(column.length, bits, undefined)
}
