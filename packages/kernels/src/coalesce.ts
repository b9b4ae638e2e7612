import { isValid } from '@fletching/columns'
import type { Vector } from 'apache-arrow'
import { pick } from './if-else.ts'
import { operandsOf, type Scalar } from './scalar.ts'

/**
 * Takes, for each row, the first input that has a value.
 *
 * - Shape: as many rows as the vectors, in one chunk; scalars may stand among them. All have the same type.
 * - Nulls: null where every input is null.
 * - Memory: copies; dictionary-encoded inputs are decoded.
 * - Errors: InternalError when lengths or types differ, or the type cannot hold the scalar.
 * - Source: Arrow C++ `coalesce`.
 *
 * @example
 * ```ts
 * assert.deepEqual([...coalesce(vectorFromArray(['a', null]), 'z')], ['a', 'z'])
 * ```
 */
export function coalesce(...inputs: readonly (Vector | Scalar)[]): Vector {
  const { operands, type, length } = operandsOf('coalesce', inputs)
  const rows = new Int32Array(length).fill(-1)
  let first = 0
  for (const { data, step } of operands) {
    for (let row = 0; row < length; row++)
      if (rows[row] < 0 && isValid(data, row * step)) rows[row] = first + row * step
    first += data.length
  }
  return pick(
    type,
    operands.map(({ data }) => data),
    rows,
  )
}
