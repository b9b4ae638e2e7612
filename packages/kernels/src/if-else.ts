import { sliceBits } from '@fletching/columns'
import { internal } from '@fletching/columns/errors'
import { type Bool, type Data, type DataType, Vector } from 'apache-arrow'
import { oneChunk } from './concat.ts'
import { concatData } from './concat-data.ts'
import { type Operand, operandsOf, type Scalar } from './scalar.ts'
import { takeData } from './take-data.ts'
import { validBits } from './valid-bits.ts'

/**
 * Takes the row of `whenTrue` where `condition` is true, that of `whenFalse` where it is false.
 *
 * - Shape: as many rows as `condition`, in one chunk; a scalar may stand for one of the two values.
 * - Nulls: a null condition gives null; a null in the value that is taken stays null.
 * - Memory: copies; dictionary-encoded values are decoded.
 * - Errors: InternalError when lengths or types differ, or the type cannot hold the scalar.
 * - Source: Arrow C++ `if_else`.
 *
 * @example
 * ```ts
 * const chosen = ifElse(vectorFromArray([true, false, null]), vectorFromArray(['a', 'b', 'c']), 'other')
 * assert.deepEqual([...chosen], ['a', 'other', null])
 * ```
 */
export function ifElse(condition: Vector<Bool>, whenTrue: Vector | Scalar, whenFalse: Vector | Scalar): Vector {
  const { operands, type, length } = operandsOf('ifElse', [whenTrue, whenFalse])
  if (condition.length !== length) throw internal(`ifElse got ${condition.length} conditions and ${length} rows`)
  const [yes, no] = operands
  return pick(type, [yes.data, no.data], chosenRows(oneChunk(condition), yes, no))
}

/** Row numbers in both inputs laid end to end; -1 where the condition is null. Without branches, since conditions follow no pattern. */
function chosenRows(condition: Data<Bool>, yes: Operand, no: Operand): Int32Array {
  const { values, offset, length } = condition
  const test = sliceBits(values, offset, length)
  const valid = validBits([condition])
  const rows = new Int32Array(length)
  const first = yes.data.length
  for (let row = 0; row < length; row++) {
    const rowOfYes = row * yes.step
    const rowOfNo = first + row * no.step
    const chosen = rowOfNo + ((rowOfYes - rowOfNo) & -((test[row >> 3] >> (row & 7)) & 1))
    rows[row] = chosen | (((valid[row >> 3] >> (row & 7)) & 1) - 1)
  }
  return rows
}

/** Rows of chunks laid end to end. */
export function pick(type: DataType, chunks: readonly Data[], rows: Int32Array): Vector {
  return new Vector([takeData(concatData(type, chunks), rows)])
}
