import { bitmapByteLength, wordsOf } from '@fletching/columns'
import type { Operand } from './scalar.ts'

/** The relations that all comparisons come from. NaN has none to anything. */
export type Relation = 'equal' | 'less' | 'lessOrEqual'

type Numbers = Int32Array | Uint32Array | Float64Array
type LongNumbers = BigInt64Array | BigUint64Array

/** Numbers that are looked at eight at a time, and how far it is to the next eight: of a scalar, eight copies again and again. */
interface Eights {
  readonly values: Numbers
  readonly step: 0 | 8
}

/** Bits that tell in which rows the left number stands in a relation to the right one, whatever they are behind the last row. */
export function compareNumbers(relation: Relation, left: Operand, right: Operand, length: number): Uint8Array {
  if (isLong(left.data.values) && isLong(right.data.values)) return compareLong(relation, left, right, length)
  return compareEights(relation, eightsOf(left, left.data.values), eightsOf(right, right.data.values), length)
}

function isLong(values: unknown): values is LongNumbers {
  return values instanceof BigInt64Array || values instanceof BigUint64Array
}

/** Numbers of 64 bits by their words, since each would become a bigint: the low ones, without a sign, count where the high ones are equal. */
function compareLong(relation: Relation, left: Operand, right: Operand, length: number): Uint8Array {
  const a = wordsOf(left.data.values)
  const b = wordsOf(right.data.values)
  // A sign that is turned around gives numbers without one their order.
  const turned = left.data.values instanceof BigInt64Array ? 0 : SIGN
  const step = 2 * left.step
  const otherStep = 2 * right.step
  const wantsLess = Number(relation !== 'equal')
  const wantsEqual = Number(relation !== 'less')
  const bits = new Uint8Array(bitmapByteLength(length))
  let byte = 0
  for (let row = 0, i = 0, j = 0; row < length; row++, i += step, j += otherStep) {
    const same = Number(a[i + 1] === b[j + 1])
    const less = Number((a[i + 1] ^ turned) < (b[j + 1] ^ turned)) | (same & Number((a[i] ^ SIGN) < (b[j] ^ SIGN)))
    const equal = same & Number(a[i] === b[j])
    byte = (byte >>> 1) | (((less & wantsLess) | (equal & wantsEqual)) << 7)
    if ((row & 7) === 7) bits[row >> 3] = byte
  }
  if ((length & 7) !== 0) bits[length >> 3] = byte >>> (8 - (length & 7))
  return bits
}

const SIGN = 1 << 31

function eightsOf({ step }: Operand, values: Numbers): Eights {
  return step === 0 ? { values: eightFrom(values, 0).fill(values[0]), step: 0 } : { values, step: 8 }
}

/** The eight numbers from a row on, filled up where there are fewer. */
function eightFrom(values: Numbers, row: number): Numbers {
  const eight = new (values.constructor as new (length: number) => Numbers)(8)
  eight.set(values.subarray(row, row + 8))
  return eight
}

function compareEights(relation: Relation, left: Eights, right: Eights, length: number): Uint8Array {
  const bits = new Uint8Array(bitmapByteLength(length))
  const compare = LOOPS[relation]
  const whole = length >> 3
  compare(left, right, bits.subarray(0, whole))
  const [a, b] = [left, right].map(({ values, step }) => (step === 0 ? values : eightFrom(values, 8 * whole)))
  compare({ values: a, step: 0 }, { values: b, step: 0 }, bits.subarray(whole))
  return bits
}

/*
 * A byte of bits at a time. Written out, since that has no branch for each row and no loop for each byte: three times as fast as a loop
 * over rows.
 */

function equal({ values: a, step: left }: Eights, { values: b, step: right }: Eights, bits: Uint8Array): void {
  for (let byte = 0, i = 0, j = 0; byte < bits.length; byte++, i += left, j += right) {
    bits[byte] =
      Number(a[i] === b[j]) |
      (Number(a[i + 1] === b[j + 1]) << 1) |
      (Number(a[i + 2] === b[j + 2]) << 2) |
      (Number(a[i + 3] === b[j + 3]) << 3) |
      (Number(a[i + 4] === b[j + 4]) << 4) |
      (Number(a[i + 5] === b[j + 5]) << 5) |
      (Number(a[i + 6] === b[j + 6]) << 6) |
      (Number(a[i + 7] === b[j + 7]) << 7)
  }
}

function less({ values: a, step: left }: Eights, { values: b, step: right }: Eights, bits: Uint8Array): void {
  for (let byte = 0, i = 0, j = 0; byte < bits.length; byte++, i += left, j += right) {
    bits[byte] =
      Number(a[i] < b[j]) |
      (Number(a[i + 1] < b[j + 1]) << 1) |
      (Number(a[i + 2] < b[j + 2]) << 2) |
      (Number(a[i + 3] < b[j + 3]) << 3) |
      (Number(a[i + 4] < b[j + 4]) << 4) |
      (Number(a[i + 5] < b[j + 5]) << 5) |
      (Number(a[i + 6] < b[j + 6]) << 6) |
      (Number(a[i + 7] < b[j + 7]) << 7)
  }
}

function lessOrEqual({ values: a, step: left }: Eights, { values: b, step: right }: Eights, bits: Uint8Array): void {
  for (let byte = 0, i = 0, j = 0; byte < bits.length; byte++, i += left, j += right) {
    bits[byte] =
      Number(a[i] <= b[j]) |
      (Number(a[i + 1] <= b[j + 1]) << 1) |
      (Number(a[i + 2] <= b[j + 2]) << 2) |
      (Number(a[i + 3] <= b[j + 3]) << 3) |
      (Number(a[i + 4] <= b[j + 4]) << 4) |
      (Number(a[i + 5] <= b[j + 5]) << 5) |
      (Number(a[i + 6] <= b[j + 6]) << 6) |
      (Number(a[i + 7] <= b[j + 7]) << 7)
  }
}

const LOOPS = { equal, less, lessOrEqual } as const
