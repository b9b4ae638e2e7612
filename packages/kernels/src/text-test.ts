import type { Bool, Data, Utf8, Vector } from 'apache-arrow'
import { bitsWhere, maskVector } from './bool-vector.ts'
import { operandsOf, type Scalar, validityOfAll } from './scalar.ts'

/** Whether a text, given by its chunk and row, passes when held against another. */
export type TextTest = (text: Data<Utf8>, row: number, other: Data<Utf8>, otherRow: number) => boolean

/** A bool for each pair of texts; nulls propagate. */
export function testTexts(name: string, column: Vector | Scalar, other: Vector | Scalar, test: TextTest): Vector<Bool> {
  const { operands, length } = operandsOf(name, [column, other])
  const [a, b] = operands
  const bits = bitsWhere(length, (row) => test(a.data as Data<Utf8>, row * a.step, b.data as Data<Utf8>, row * b.step))
  return maskVector(length, bits, validityOfAll(operands, length))
}
