import { isValid, validityOf } from '@fletching/columns'
import { internal } from '@fletching/columns/errors'
import {
  Bool,
  type Data,
  type DataType,
  Float64,
  type Int32,
  makeData,
  type Null,
  DataType as Types,
  Utf8,
  type Vector,
  vectorFromArray,
} from 'apache-arrow'
import { newBits } from './bool-vector.ts'
import { oneChunk } from './concat.ts'
import { dictionaryDecode } from './dictionary.ts'

/** One value standing for every row. A timestamp is its milliseconds, a date its days since 1970. */
export type Scalar = string | number | bigint | boolean | null

/** An input of a kernel as one chunk; a scalar is a chunk of one row, whose `step` keeps loops on it. */
export interface Operand {
  readonly data: Data
  readonly step: 0 | 1
}

export function isVector(input: Vector | Scalar): input is Vector {
  return typeof input === 'object' && input !== null
}

/** Inputs of one type, decoded from dictionaries, and the number of rows. At least one is a vector. */
export function operandsOf(
  name: string,
  inputs: readonly (Vector | Scalar)[],
): { operands: Operand[]; type: DataType; length: number } {
  const plain = inputs.map((input) => (isVector(input) ? dictionaryDecode(input) : input))
  const vectors = plain.filter(isVector)
  const [first] = vectors
  if (first === undefined) throw internal(`${name} got no vector`)
  const { type, length } = first
  for (const vector of vectors) {
    if (vector.length !== length) throw internal(`${name} got ${length} and ${vector.length} rows`)
    if (String(vector.type) !== String(type)) throw internal(`${name} got ${String(type)} and ${String(vector.type)}`)
  }
  const operands = plain.map(
    (input): Operand =>
      isVector(input) ? { data: oneChunk(input), step: 1 } : { data: scalarData(name, input, type), step: 0 },
  )
  return { operands, type, length }
}

/** Bits that tell in which rows an operand has a value; undefined when it has one in all. */
export function validityOfOperand({ data, step }: Operand, length: number): Uint8Array | undefined {
  if (step === 1) return validityOf(data)
  return isValid(data, 0) ? undefined : newBits(length)
}

/** Bits that tell in which rows all operands have a value; undefined when they have one in all. */
export function validityOfAll(operands: readonly Operand[], length: number): Uint8Array | undefined {
  let all: Uint8Array | undefined
  for (const operand of operands) {
    const validity = validityOfOperand(operand, length)
    if (all === undefined) all = validity
    else if (validity !== undefined) for (let byte = 0; byte < all.length; byte++) all[byte] &= validity[byte]
  }
  return all
}

/** The scalar as a chunk of one row. */
export function scalarData(name: string, value: Scalar, type: DataType): Data {
  if (value === null) return vectorFromArray([null], type as Null).data[0]
  const data = dataOf(value, type)
  if (data === undefined) {
    throw internal(
      `${name} got ${String(type)} and the scalar ${typeof value === 'string' ? JSON.stringify(value) : value}`,
    )
  }
  return data
}

/** Undefined when the type cannot hold the value. */
function dataOf(value: Exclude<Scalar, null>, type: DataType): Data | undefined {
  if (Types.isUtf8(type)) {
    if (typeof value !== 'string') return undefined
    const bytes = UTF8.encode(value)
    return makeData({ type: new Utf8(), length: 1, valueOffsets: Int32Array.of(0, bytes.length), data: bytes })
  }
  if (Types.isBool(type)) {
    return typeof value === 'boolean'
      ? makeData({ type: new Bool(), length: 1, data: Uint8Array.of(Number(value)) })
      : undefined
  }
  if (typeof value !== 'number' && typeof value !== 'bigint') return undefined
  if (Types.isFloat(type) && type.precision === 2) {
    return makeData({ type: new Float64(), length: 1, data: Float64Array.of(Number(value)) })
  }
  if (!Types.isTimestamp(type) && !Types.isDate(type) && !Types.isInt(type)) return undefined
  if (typeof value === 'number' && !Number.isInteger(value)) return undefined
  const array = new (type.ArrayType as new (length: number) => Int32Array | BigInt64Array)(1)
  array[0] = (array.BYTES_PER_ELEMENT === 8 ? BigInt(value) : Number(value)) as never
  return BigInt(array[0]) === BigInt(value)
    ? makeData({ type: type as Int32, length: 1, data: array as Int32Array })
    : undefined
}

const UTF8 = new TextEncoder()
