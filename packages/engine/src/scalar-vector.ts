import { type DataType, type Vector, vectorFromArray } from 'apache-arrow'

/** One value in every row, for a literal that is itself a column of the output. */
export function scalarVector(value: unknown, type: DataType, rows: number): Vector {
  return vectorFromArray(
    Array.from({ length: rows }, () => value),
    type,
  )
}
