import { type Scalar, scalarData } from '@fletching/kernels/scalar'
import { take } from '@fletching/kernels/take'
import { type DataType, Vector } from 'apache-arrow'

/**
 * One value in every row, for a literal that is itself a column of the output.
 *
 * - Units: a timestamp is its milliseconds, a date its days since 1970.
 */
export function scalarVector(value: Scalar, type: DataType, rows: number): Vector {
  return take(new Vector([scalarData('a literal', value, type)]), new Int32Array(rows))
}
