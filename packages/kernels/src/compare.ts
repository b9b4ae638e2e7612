import { sliceBits, viewOf } from '@fletching/columns'
import { internal } from '@fletching/columns/errors'
import { type Bool, type Data, DataType, type Utf8, type Vector } from 'apache-arrow'
import { bitsWhere, maskVector, newBits } from './bool-vector.ts'
import { compareNumbers, type Relation } from './compare-numbers.ts'
import { type Operand, operandsOf, type Scalar, validityOfAll, validityOfOperand } from './scalar.ts'
import { isSameText, orderTexts } from './text-words.ts'

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
  return compare(left, right, (a, b, length) => bitsOf('equal', a, b, length))
}

/** Tells in which rows the two values differ; otherwise as `eq`, but that NaN differs from everything. */
export function ne(left: Vector | Scalar, right: Vector | Scalar): Vector<Bool> {
  return compare(left, right, (a, b, length) => invert(bitsOf('equal', a, b, length)))
}

/** Tells in which rows the left value is less; otherwise as `eq`. False is less than true. */
export function lt(left: Vector | Scalar, right: Vector | Scalar): Vector<Bool> {
  return compare(left, right, (a, b, length) => bitsOf('less', a, b, length))
}

/** Tells in which rows the left value is less or equal; otherwise as `eq`. */
export function le(left: Vector | Scalar, right: Vector | Scalar): Vector<Bool> {
  return compare(left, right, (a, b, length) => bitsOf('lessOrEqual', a, b, length))
}

/** Tells in which rows the left value is greater; otherwise as `eq`. */
export function gt(left: Vector | Scalar, right: Vector | Scalar): Vector<Bool> {
  return compare(left, right, (a, b, length) => bitsOf('less', b, a, length))
}

/** Tells in which rows the left value is greater or equal; otherwise as `eq`. */
export function ge(left: Vector | Scalar, right: Vector | Scalar): Vector<Bool> {
  return compare(left, right, (a, b, length) => bitsOf('lessOrEqual', b, a, length))
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
  const bits = bitsOf('equal', a, b, length)
  const hasLeft = validityOfOperand(a, length)
  const hasRight = validityOfOperand(b, length)
  for (let byte = 0; byte < bits.length; byte++) {
    const valid = hasLeft === undefined ? ALL : hasLeft[byte]
    const otherValid = hasRight === undefined ? ALL : hasRight[byte]
    bits[byte] = (valid & otherValid & bits[byte]) | ~(valid | otherValid)
  }
  return maskVector(length, bits, undefined)
}

function compare(
  left: Vector | Scalar,
  right: Vector | Scalar,
  compared: (left: Operand, right: Operand, length: number) => Uint8Array,
): Vector<Bool> {
  const { operands, length } = operandsOf('a comparison', [left, right])
  const [a, b] = operands
  return maskVector(length, compared(a, b, length), validityOfAll(operands, length))
}

function invert(bits: Uint8Array): Uint8Array {
  for (let byte = 0; byte < bits.length; byte++) bits[byte] = ~bits[byte]
  return bits
}

/** Bits that tell in which rows the left value stands in a relation to the right one, whatever they are under a null and behind the last row. */
function bitsOf(relation: Relation, left: Operand, right: Operand, length: number): Uint8Array {
  const { type } = left.data
  if (DataType.isUtf8(type)) return compareTexts(relation, left, right, length)
  if (DataType.isBool(type)) return compareBools(relation, left, right, length)
  if (DataType.isInt(type) || DataType.isFloat(type) || DataType.isTimestamp(type) || DataType.isDate(type))
    return compareNumbers(relation, left, right, length)
  if (DataType.isNull(type)) return newBits(length)
  throw internal(`${String(type)} has no order`)
}

function compareBools(relation: Relation, left: Operand, right: Operand, length: number): Uint8Array {
  const bits = boolsOf(left, length)
  const others = boolsOf(right, length)
  for (let byte = 0; byte < bits.length; byte++) {
    const a = bits[byte]
    const b = others[byte]
    bits[byte] = relation === 'equal' ? ~(a ^ b) : relation === 'less' ? ~a & b : ~a | b
  }
  return bits
}

function boolsOf({ data, step }: Operand, length: number): Uint8Array {
  const values = data.values as Uint8Array
  return step === 1 ? sliceBits(values, data.offset, length) : newBits(length).fill(-(values[0] & 1))
}

function compareTexts(relation: Relation, left: Operand, right: Operand, length: number): Uint8Array {
  const { values, valueOffsets: from } = left.data as Data<Utf8>
  const { values: others, valueOffsets: to } = right.data as Data<Utf8>
  const a = viewOf(values)
  const b = viewOf(others)
  if (relation === 'equal') {
    return bitsWhere(length, (row) => {
      const i = row * left.step
      const j = row * right.step
      const byteLength = from[i + 1] - from[i]
      return byteLength === to[j + 1] - to[j] && isSameText(a, from[i], b, to[j], byteLength)
    })
  }
  const limit = relation === 'less' ? 0 : 1
  return bitsWhere(length, (row) => {
    const i = row * left.step
    const j = row * right.step
    return orderTexts(a, from[i], from[i + 1], b, to[j], to[j + 1]) < limit
  })
}

/** A byte in which each row has a value. */
const ALL = 0xff
