import { clearBit, getBit, isValid, setBit } from '@fletching/columns'
import { internal } from '@fletching/columns/errors'
import type { Bool, Vector } from 'apache-arrow'
import { boolVector, newBits } from './bool-vector.ts'

/**
 * Tells in which rows both are true.
 *
 * - Shape: as many rows as the vectors, in one chunk; a boolean or null may stand for one of them.
 * - Nulls: Kleene: false and null is false, true and null is null.
 * - Errors: InternalError when the lengths differ.
 * - Source: Arrow C++ `and_kleene`.
 *
 * @example
 * ```ts
 * const both = and(vectorFromArray([true, false, null]), vectorFromArray([null, null, null], new Bool()))
 * assert.deepEqual([...both], [null, false, null])
 * ```
 */
export function and(left: Vector<Bool> | boolean | null, right: Vector<Bool> | boolean | null): Vector<Bool> {
  return kleene(left, right, 0)
}

/**
 * Tells in which rows at least one is true.
 *
 * - Shape: as many rows as the vectors, in one chunk; a boolean or null may stand for one of them.
 * - Nulls: Kleene: true or null is true, false or null is null.
 * - Errors: InternalError when the lengths differ.
 * - Source: Arrow C++ `or_kleene`.
 *
 * @example
 * ```ts
 * const either = or(vectorFromArray([true, false, null]), vectorFromArray([null, null, null], new Bool()))
 * assert.deepEqual([...either], [true, null, null])
 * ```
 */
export function or(left: Vector<Bool> | boolean | null, right: Vector<Bool> | boolean | null): Vector<Bool> {
  return kleene(left, right, 1)
}

/**
 * Tells in which rows it is false.
 *
 * - Shape: as many rows as `column`, in one chunk.
 * - Nulls: propagate.
 *
 * @example
 * ```ts
 * assert.deepEqual([...not(vectorFromArray([true, false, null]))], [false, true, null])
 * ```
 */
export function not(column: Vector<Bool>): Vector<Bool> {
  const states = statesOf(column, column.length)
  for (let row = 0; row < states.length; row++) if (states[row] !== UNKNOWN) states[row] = 1 - states[row]
  return fromStates(states)
}

/** The value that decides alone is 0 for and, 1 for or. */
function kleene(
  left: Vector<Bool> | boolean | null,
  right: Vector<Bool> | boolean | null,
  deciding: number,
): Vector<Bool> {
  const length = commonLength(left, right)
  const result = statesOf(left, length)
  const other = statesOf(right, length)
  for (let row = 0; row < length; row++) {
    const a = result[row]
    const b = other[row]
    if (a === deciding || b === deciding) result[row] = deciding
    else result[row] = a === UNKNOWN || b === UNKNOWN ? UNKNOWN : 1 - deciding
  }
  return fromStates(result)
}

function commonLength(left: Vector<Bool> | boolean | null, right: Vector<Bool> | boolean | null): number {
  const lengths = [left, right].filter((side) => side !== null && typeof side === 'object').map((side) => side.length)
  if (lengths.length === 0) throw internal('a logical kernel got two scalars')
  if (lengths.some((length) => length !== lengths[0]))
    throw internal(`a logical kernel got ${lengths[0]} and ${lengths[1]} rows`)
  return lengths[0]
}

/** One byte for each row: 0, 1, or unknown. */
function statesOf(input: Vector<Bool> | boolean | null, length: number): Uint8Array {
  const states = new Uint8Array(length)
  if (input === null || typeof input === 'boolean') return states.fill(input === null ? UNKNOWN : Number(input))
  let row = 0
  for (const data of input.data) {
    for (let i = 0; i < data.length; i++, row++) {
      states[row] = isValid(data, i) ? Number(getBit(data.values, data.offset + i)) : UNKNOWN
    }
  }
  return states
}

function fromStates(states: Uint8Array): Vector<Bool> {
  const bits = newBits(states.length)
  const validity = newBits(states.length).fill(0xff)
  let nullCount = 0
  for (let row = 0; row < states.length; row++) {
    if (states[row] === 1) setBit(bits, row)
    else if (states[row] === UNKNOWN) {
      clearBit(validity, row)
      nullCount++
    }
  }
  return boolVector(states.length, bits, validity, nullCount)
}

const UNKNOWN = 2
