import { type Data, Vector } from 'apache-arrow'
import { pick } from './if-else.ts'
import { operandsOf, type Scalar } from './scalar.ts'
import { validBits } from './valid-bits.ts'

/**
 * Takes, for each row, the first input that has a value.
 *
 * - Shape: as many rows as the vectors, in one chunk; scalars may stand among them. All have the same type.
 * - Nulls: null where every input is null.
 * - Memory: copies, unless the first is a vector without nulls; dictionary-encoded inputs are decoded.
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
  const [{ data: preferred, step }] = operands
  if (step === 1 && preferred.nullCount === 0) return new Vector([preferred])
  const rows = new Int32Array(length).fill(-1)
  let first = 0
  for (const { data, step } of operands) {
    fillRows(rows, data, step, first)
    first += data.length
  }
  return pick(
    type,
    operands.map(({ data }) => data),
    rows,
  )
}

/** Gives the rows that have none yet their number in the data, where they have a value there; without branches, since nulls follow no pattern. */
function fillRows(rows: Int32Array, data: Data, step: 0 | 1, first: number): void {
  const valid = validBits([data])
  for (let row = 0; row < rows.length; row++) {
    const place = row * step
    const found = (first + place) | (((valid[place >> 3] >> (place & 7)) & 1) - 1)
    const none = rows[row] >> 31
    rows[row] = (found & none) | (rows[row] & ~none)
  }
}
