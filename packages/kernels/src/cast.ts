import { dataError, internal } from '@fletching/columns/errors'
import { type Data, type DataType, Vector } from 'apache-arrow'
import { type CastKind, castRules, kindOf } from './cast-rules.ts'
import { readValue, ValueWriter } from './cast-values.ts'
import { dictionaryDecode } from './dictionary.ts'

/** What a value does that the target type cannot hold: it stops the run, becomes null, or becomes null and is told. */
export type OnCastFailure = 'error' | 'null' | 'reject'

/** A cast column, and the numbers of the rows whose value the type cannot hold. */
export interface CastResult<T extends DataType> {
  readonly values: Vector<T>
  /** Ascending; null rows are not among them. */
  readonly rejected: Int32Array
}

/**
 * Gives the values in another type, by the matrix in this package's README.
 *
 * - Shape: as many rows as `column`, in one chunk for each of its chunks.
 * - Nulls: propagate. A value that `type` cannot hold is an error, a null, or a null and a rejected row, as `onFailure` says.
 * - Memory: returns `column` itself when it has the type already.
 * - Errors: CAST_FAILED (data) names the row, never the value; InternalError for a pair of types that the matrix has not.
 *
 * @example
 * ```ts
 * const { values, rejected } = cast(vectorFromArray(['1', 'one'], new Utf8()), new Int64(), { onFailure: 'reject' })
 * assert.deepEqual([[...values], [...rejected]], [[1n, null], [1]])
 * ```
 */
export function cast<T extends DataType>(
  column: Vector,
  type: T,
  options: { readonly onFailure: 'reject' },
): CastResult<T>
export function cast<T extends DataType>(
  column: Vector,
  type: T,
  options: { readonly onFailure: 'error' | 'null' },
): Vector<T>
export function cast<T extends DataType>(
  column: Vector,
  type: T,
  { onFailure }: { readonly onFailure: OnCastFailure },
): Vector<T> | CastResult<T> {
  const rejected: number[] = []
  const values = castVector(column, type, (row, from, to) => {
    if (onFailure !== 'error') rejected.push(row)
    else {
      throw dataError('CAST_FAILED', `the ${from} value cannot be cast to ${to}`, {
        at: `row ${row}`,
        help: "mend the data, or cast with onFailure: 'null'",
        details: { row },
      })
    }
  })
  return onFailure === 'reject' ? { values, rejected: Int32Array.from(rejected) } : values
}

function castVector<T extends DataType>(
  column: Vector,
  type: T,
  fail: (row: number, from: CastKind, to: CastKind) => void,
): Vector<T> {
  if (String(column.type) === String(type)) return column as Vector<T>
  const plain = dictionaryDecode(column)
  const from = kindOf(plain.type)
  const to = kindOf(type)
  // The same values under another name, as a timestamp without a time zone.
  if (from !== undefined && from === to) return new Vector(plain.data.map((data) => data.clone(type) as Data<T>))
  const rule = from === undefined || to === undefined ? undefined : castRules[from][to]
  if (from === undefined || to === undefined || rule === undefined) {
    throw internal(`there is no cast from ${String(column.type)} to ${String(type)}`)
  }
  let first = 0
  const chunks = plain.data.map((data: Data) => {
    const writer = new ValueWriter(type, to, data.length)
    for (let row = 0; row < data.length; row++) {
      const value = readValue(data, from, row)
      const result = value === null ? null : rule(value)
      if (result === undefined) fail(first + row, from, to)
      writer.write(row, result ?? null)
    }
    first += data.length
    return writer.finish()
  })
  return new Vector(chunks) as Vector<T>
}
