import { isValid, setBit } from '@fletching/columns'
import { Float64, makeData, Vector } from 'apache-arrow'
import { newBits } from './bool-vector.ts'
import { operandsOf, type Scalar } from './scalar.ts'

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
  const bits = newBits(length)
  let nullCount = 0
  for (let row = 0; row < length; row++) {
    if (isValid(a.data, row * a.step) && isValid(b.data, row * b.step)) {
      values[row] = a.data.values[row * a.step] * b.data.values[row * b.step]
      setBit(bits, row)
    } else nullCount++
  }
  const nullBitmap = nullCount === 0 ? null : bits
  return new Vector([makeData({ type: new Float64(), length, nullCount, nullBitmap, data: values })])
}
