import { fillBits, sliceBits } from '@fletching/columns'
import { internal } from '@fletching/columns/errors'
import type { Bool, Vector } from 'apache-arrow'
import { maskVector, newBits } from './bool-vector.ts'
import { oneChunk } from './concat.ts'
import { validBits } from './valid-bits.ts'

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
  return combine(left, right, (a, b) => ({ trues: both(a.trues, b.trues), falses: either(a.falses, b.falses) }))
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
  return combine(left, right, (a, b) => ({ trues: either(a.trues, b.trues), falses: both(a.falses, b.falses) }))
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
  const { trues, falses } = statesOf(column, column.length)
  return fromStates({ trues: falses, falses: trues }, column.length)
}

/** The rows that are true, and those that are false, as bits; in all others it is unknown. */
interface States {
  readonly trues: Uint8Array
  readonly falses: Uint8Array
}

function combine(
  left: Vector<Bool> | boolean | null,
  right: Vector<Bool> | boolean | null,
  states: (left: States, right: States) => States,
): Vector<Bool> {
  const length = commonLength(left, right)
  return fromStates(states(statesOf(left, length), statesOf(right, length)), length)
}

function commonLength(left: Vector<Bool> | boolean | null, right: Vector<Bool> | boolean | null): number {
  const lengths = [left, right].filter((side) => side !== null && typeof side === 'object').map((side) => side.length)
  if (lengths.length === 0) throw internal('a logical kernel got two scalars')
  if (lengths.some((length) => length !== lengths[0]))
    throw internal(`a logical kernel got ${lengths[0]} and ${lengths[1]} rows`)
  return lengths[0]
}

function statesOf(input: Vector<Bool> | boolean | null, length: number): States {
  if (input === null || typeof input === 'boolean') {
    const none = newBits(length)
    return { trues: input === true ? ones(length) : none, falses: input === false ? ones(length) : none }
  }
  const data = oneChunk(input)
  const values = sliceBits(data.values, data.offset, length)
  const validity = validBits([data])
  return { trues: both(validity, values), falses: without(validity, values) }
}

function fromStates({ trues, falses }: States, length: number): Vector<Bool> {
  return maskVector(length, trues, either(trues, falses))
}

function ones(length: number): Uint8Array {
  const bits = newBits(length)
  fillBits(bits, 0, length)
  return bits
}

function both(a: Uint8Array, b: Uint8Array): Uint8Array {
  const bits = new Uint8Array(a.length)
  for (let byte = 0; byte < bits.length; byte++) bits[byte] = a[byte] & b[byte]
  return bits
}

function either(a: Uint8Array, b: Uint8Array): Uint8Array {
  const bits = new Uint8Array(a.length)
  for (let byte = 0; byte < bits.length; byte++) bits[byte] = a[byte] | b[byte]
  return bits
}

function without(a: Uint8Array, b: Uint8Array): Uint8Array {
  const bits = new Uint8Array(a.length)
  for (let byte = 0; byte < bits.length; byte++) bits[byte] = a[byte] & ~b[byte]
  return bits
}
