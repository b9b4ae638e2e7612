import { getBit, isValid, setBit } from '@fletching/columns'
import { internal } from '@fletching/columns/errors'
import { type Bool, type Data, DataType, type Vector } from 'apache-arrow'
import { boolVector, newBits } from './bool-vector.ts'
import { type Operand, operandsOf, type Scalar } from './scalar.ts'

/**
 * Tells in which rows the two values are equal.
 *
 * - Shape: as many rows as the vectors, in one chunk; a scalar may stand for one of them. Both have the same type.
 * - Nulls: propagate.
 * - Units: text by its UTF-8 bytes; NaN equals nothing, itself included; a timestamp scalar is milliseconds, a date scalar days.
 * - Errors: InternalError when lengths or types differ, or the type cannot hold the scalar, or the type has no order.
 * - Source: Arrow C++ `equal`.
 *
 * @example
 * ```ts
 * assert.deepEqual([...eq(vectorFromArray(['a', 'b', null]), 'a')], [true, false, null])
 * ```
 */
export function eq(left: Vector | Scalar, right: Vector | Scalar): Vector<Bool> {
  return compare(left, right, EQUAL)
}

/** Tells in which rows the two values differ; otherwise as `eq`, but that NaN differs from everything. */
export function ne(left: Vector | Scalar, right: Vector | Scalar): Vector<Bool> {
  return compare(left, right, LESS | GREATER | UNORDERED)
}

/** Tells in which rows the left value is less; otherwise as `eq`. False is less than true. */
export function lt(left: Vector | Scalar, right: Vector | Scalar): Vector<Bool> {
  return compare(left, right, LESS)
}

/** Tells in which rows the left value is less or equal; otherwise as `eq`. */
export function le(left: Vector | Scalar, right: Vector | Scalar): Vector<Bool> {
  return compare(left, right, LESS | EQUAL)
}

/** Tells in which rows the left value is greater; otherwise as `eq`. */
export function gt(left: Vector | Scalar, right: Vector | Scalar): Vector<Bool> {
  return compare(left, right, GREATER)
}

/** Tells in which rows the left value is greater or equal; otherwise as `eq`. */
export function ge(left: Vector | Scalar, right: Vector | Scalar): Vector<Bool> {
  return compare(left, right, GREATER | EQUAL)
}

/**
 * Tells in which rows the two values are equal, null being a value like another.
 *
 * - Shape: as `eq`.
 * - Nulls: as value: two nulls are equal, a null and a value are not; never null itself.
 * - Source: PySpark `Column.eqNullSafe`.
 */
export function eqNullSafe(left: Vector | Scalar, right: Vector | Scalar): Vector<Bool> {
  const { operands, length } = operandsOf('eqNullSafe', [left, right])
  const [a, b] = operands
  const orders = ordersOf(a, b, length)
  const bits = newBits(length)
  for (let row = 0; row < length; row++) {
    const hasLeft = isValid(a.data, row * a.step)
    const hasRight = isValid(b.data, row * b.step)
    if (hasLeft === hasRight && (!hasLeft || orders[row] === EQUAL)) setBit(bits, row)
  }
  return boolVector(length, bits, undefined, 0)
}

function compare(left: Vector | Scalar, right: Vector | Scalar, accepted: number): Vector<Bool> {
  const { operands, length } = operandsOf('a comparison', [left, right])
  const [a, b] = operands
  const orders = ordersOf(a, b, length)
  const bits = newBits(length)
  const validity = newBits(length)
  let nullCount = 0
  for (let row = 0; row < length; row++) {
    if (!isValid(a.data, row * a.step) || !isValid(b.data, row * b.step)) nullCount++
    else {
      setBit(validity, row)
      if ((orders[row] & accepted) !== 0) setBit(bits, row)
    }
  }
  return boolVector(length, bits, validity, nullCount)
}

/** How the left value stands to the right one, whatever lies under a null. */
function ordersOf(left: Operand, right: Operand, length: number): Uint8Array {
  const { type } = left.data
  const orders = new Uint8Array(length)
  if (DataType.isUtf8(type)) orderTexts(left, right, orders)
  else if (DataType.isBool(type)) orderBools(left, right, orders)
  else if (DataType.isInt(type) || DataType.isFloat(type) || DataType.isTimestamp(type) || DataType.isDate(type)) {
    orderNumbers(left.data.values, left.step, right.data.values, right.step, orders)
  } else if (!DataType.isNull(type)) throw internal(`${String(type)} has no order`)
  return orders
}

type Numbers = { readonly [row: number]: number | bigint }

function orderNumbers(left: Numbers, leftStep: number, right: Numbers, rightStep: number, orders: Uint8Array): void {
  for (let row = 0; row < orders.length; row++) {
    const a = left[row * leftStep]
    const b = right[row * rightStep]
    orders[row] = a < b ? LESS : a > b ? GREATER : a === b ? EQUAL : UNORDERED
  }
}

function orderBools(left: Operand, right: Operand, orders: Uint8Array): void {
  const at = ({ data, step }: Operand, row: number) =>
    Number(getBit(data.values as Uint8Array, data.offset + row * step))
  for (let row = 0; row < orders.length; row++) {
    const order = at(left, row) - at(right, row)
    orders[row] = order < 0 ? LESS : order > 0 ? GREATER : EQUAL
  }
}

function orderTexts(left: Operand, right: Operand, orders: Uint8Array): void {
  const a = left.data as Data
  const b = right.data as Data
  for (let row = 0; row < orders.length; row++) {
    const i = row * left.step
    const j = row * right.step
    const order = compareBytes(
      a.values as Uint8Array,
      a.valueOffsets[i],
      a.valueOffsets[i + 1],
      b.values as Uint8Array,
      b.valueOffsets[j],
      b.valueOffsets[j + 1],
    )
    orders[row] = order < 0 ? LESS : order > 0 ? GREATER : EQUAL
  }
}

/** Less than, equal to or greater than zero, as the left bytes stand to the right ones; for UTF-8 the order of code points. */
function compareBytes(
  left: Uint8Array,
  leftStart: number,
  leftEnd: number,
  right: Uint8Array,
  rightStart: number,
  rightEnd: number,
): number {
  const length = Math.min(leftEnd - leftStart, rightEnd - rightStart)
  for (let i = 0; i < length; i++) {
    const order = left[leftStart + i] - right[rightStart + i]
    if (order !== 0) return order
  }
  return leftEnd - leftStart - (rightEnd - rightStart)
}

const LESS = 1
const EQUAL = 2
const GREATER = 4
const UNORDERED = 8
