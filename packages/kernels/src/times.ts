import { countOnes } from '@fletching/columns'
import { Float64, makeData, Vector } from 'apache-arrow'
import { operandsOf, type Scalar, validityOfAll } from './scalar.ts'

/**
 * Multiplies two columns of float64.
 *
 * - Shape: as many rows as the vectors, in one chunk; a scalar may stand for one of the two.
 * - Nulls: propagate.
 * - Errors: InternalError when lengths or types differ.
 * - Source: IEEE 754, as PySpark's `*`: too large a product is infinite, infinity times zero is NaN.
 *
 * @example
 * ```ts
 * assert.deepEqual([...times(vectorFromArray([1.5, null], new Float64()), 2)], [3, null])
 * ```
 */
export function times(left: Vector<Float64> | Scalar, right: Vector<Float64> | Scalar): Vector<Float64> {
  const { operands, length } = operandsOf('times', [left, right])
  const [a, b] = operands
  const values = new Float64Array(length)
  for (let row = 0; row < length; row++) values[row] = a.data.values[row * a.step] * b.data.values[row * b.step]
  const validity = validityOfAll(operands, length)
  const nullCount = validity === undefined ? 0 : length - countOnes(validity, 0, length)
  return new Vector([makeData({ type: new Float64(), length, nullCount, nullBitmap: validity ?? null, data: values })])
}
