import { isValid, setBit } from '@fletching/columns'
import type { Bool, Data, Utf8, Vector } from 'apache-arrow'
import { boolVector, newBits } from './bool-vector.ts'
import { operandsOf, type Scalar } from './scalar.ts'

/** Whether a text, given by its chunk and row, passes when held against another. */
export type TextTest = (text: Data<Utf8>, row: number, other: Data<Utf8>, otherRow: number) => boolean

/** A bool for each pair of texts; nulls propagate. */
export function testTexts(name: string, column: Vector | Scalar, other: Vector | Scalar, test: TextTest): Vector<Bool> {
  const { operands, length } = operandsOf(name, [column, other])
  const [a, b] = operands
  const bits = newBits(length)
  const validity = newBits(length)
  let nullCount = 0
  for (let row = 0; row < length; row++) {
    const i = row * a.step
    const j = row * b.step
    if (!isValid(a.data, i) || !isValid(b.data, j)) {
      nullCount++
      continue
    }
    setBit(validity, row)
    if (test(a.data as Data<Utf8>, i, b.data as Data<Utf8>, j)) setBit(bits, row)
  }
  return boolVector(length, bits, validity, nullCount)
}
