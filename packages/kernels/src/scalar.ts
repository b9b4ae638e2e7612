import { internal } from '@fletching/columns/errors'
import { type Data, type DataType, DataType as Types, type Vector, vectorFromArray } from 'apache-arrow'
import { concat } from './concat.ts'
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
  const vectors = inputs.filter(isVector).map((vector) => dictionaryDecode(vector))
  const [first] = vectors
  if (first === undefined) throw internal(`${name} got no vector`)
  const { type, length } = first
  for (const vector of vectors) {
    if (vector.length !== length) throw internal(`${name} got ${length} and ${vector.length} rows`)
    if (String(vector.type) !== String(type)) throw internal(`${name} got ${String(type)} and ${String(vector.type)}`)
  }
  const operands = inputs.map(
    (input): Operand =>
      isVector(input)
        ? { data: oneChunk(dictionaryDecode(input)), step: 1 }
        : { data: scalarData(input, type), step: 0 },
  )
  return { operands, type, length }
}

/** The scalar as a chunk of one row. */
export function scalarData(value: Scalar, type: DataType): Data {
  const raw = Types.isTimestamp(type) || (Types.isInt(type) && type.bitWidth === 64)
  if (value !== null && raw && (typeof value === 'number' || typeof value === 'bigint')) {
    const vector = vectorFromArray([0], type)
    ;(vector.data[0].values as BigInt64Array)[0] = BigInt(value)
    return vector.data[0]
  }
  if (value !== null && Types.isDate(type) && typeof value === 'number') {
    const vector = vectorFromArray([new Date(0)], type)
    ;(vector.data[0].values as Int32Array)[0] = value
    return vector.data[0]
  }
  return vectorFromArray([value], type).data[0]
}

export function oneChunk<T extends DataType>(vector: Vector<T>): Data<T> {
  return vector.data.length === 1 ? vector.data[0] : concat(vector).data[0]
}
