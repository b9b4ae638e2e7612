import { countOnes, getBit, validityOf } from '@fletching/columns'
import { dataError, internal } from '@fletching/columns/errors'
import { type Data, type DataType, makeData, Vector } from 'apache-arrow'
import { type CastBuffers, filledOf, newBuffers } from './cast-buffers.ts'
import {
  boolToFloat64,
  boolToInt32,
  boolToInt64,
  dateToTimestamp,
  float64ToInt32,
  float64ToInt64,
  int32ToBool,
  int32ToFloat64,
  int32ToInt64,
  int64ToBool,
  int64ToFloat64,
  int64ToInt32,
  timestampToDate,
} from './cast-fixed-width.ts'
import { textToBool, textToDate, textToFloat64, textToInt32, textToInt64, textToTimestamp } from './cast-from-text.ts'
import { type CastKind, kindOf } from './cast-rules.ts'
import { boolToText, dateToText, float64ToText, int32ToText, int64ToText, timestampToText } from './cast-to-text.ts'
import { dictionaryDecode } from './dictionary.ts'
import { validBits } from './valid-bits.ts'

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
  const reject = (row: number) => rejected.push(row)
  const values = castVector(column, type, onFailure === 'null' ? undefined : onFailure === 'reject' ? reject : refuse)
  return onFailure === 'reject' ? { values, rejected: Int32Array.from(rejected) } : values
}

function castVector<T extends DataType>(
  column: Vector,
  type: T,
  fail: ((row: number, from: CastKind, to: CastKind) => void) | undefined,
): Vector<T> {
  if (String(column.type) === String(type)) return column as Vector<T>
  const plain = dictionaryDecode(column)
  const from = kindOf(plain.type)
  const to = kindOf(type)
  // The same values under another name, as a timestamp without a time zone.
  if (from !== undefined && from === to) return new Vector(plain.data.map((data) => data.clone(type) as Data<T>))
  const castChunk = from === undefined || to === undefined ? undefined : CASTS[from][to]
  if (from === undefined || to === undefined || castChunk === undefined) {
    throw internal(`there is no cast from ${String(column.type)} to ${String(type)}`)
  }
  let first = 0
  const chunks = plain.data.map((chunk: Data) => {
    const validity = validBits([chunk])
    const buffers = newBuffers(from, to, chunk.length)
    castChunk(chunk as never, buffers as never, validity)
    const result = dataOf(type, chunk.length, validity, filledOf(buffers))
    if (fail !== undefined && result.nullCount > chunk.nullCount) {
      for (const row of lostRows(chunk, validity)) fail(first + row, from, to)
    }
    first += chunk.length
    return result
  })
  return new Vector(chunks)
}

function dataOf<T extends DataType>(type: T, length: number, validity: Uint8Array, buffers: CastBuffers): Data<T> {
  const nullCount = length - countOnes(validity, 0, length)
  const nullBitmap = nullCount === 0 ? null : validity
  return makeData({ type, length, nullCount, nullBitmap, ...buffers } as never) as Data as Data<T>
}

/** The rows of a chunk that have a value there, but none after the cast. */
function lostRows(chunk: Data, validity: Uint8Array): number[] {
  const before = validityOf(chunk)
  const rows: number[] = []
  for (let row = 0; row < chunk.length; row++) {
    if (!getBit(validity, row) && (before === undefined || getBit(before, row))) rows.push(row)
  }
  return rows
}

function refuse(row: number, from: CastKind, to: CastKind): never {
  throw dataError('CAST_FAILED', `the ${from} value cannot be cast to ${to}`, {
    at: `row ${row}`,
    help: "mend the data, or cast with onFailure: 'null'",
    details: { row },
  })
}

/**
 * Casts the values of a chunk into buffers, in a loop over typed arrays. The engine compiles such a loop while it runs, and has to begin
 * anew with each chunk when more than the loop stands in its function: so each has one of its own, and nothing comes after it.
 *
 * - Nulls: `validity` has the bits of the rows that have a value, from bit 0 on; those whose value the type cannot hold are cleared. What
 *   lies under a null does not matter: it may be cast, or fail, and its bit is clear in any case.
 */
type ChunkCast = (chunk: never, buffers: never, validity: Uint8Array) => void

/** What each pair of types does with a chunk, as `castRules` says it of one value. */
const CASTS: { readonly [From in CastKind]: { readonly [To in CastKind]?: ChunkCast } } = {
  text: {
    bool: textToBool,
    int32: textToInt32,
    int64: textToInt64,
    float64: textToFloat64,
    timestamp: textToTimestamp,
    date: textToDate,
  },
  bool: { text: boolToText, int32: boolToInt32, int64: boolToInt64, float64: boolToFloat64 },
  int32: { text: int32ToText, bool: int32ToBool, int64: int32ToInt64, float64: int32ToFloat64 },
  int64: { text: int64ToText, bool: int64ToBool, int32: int64ToInt32, float64: int64ToFloat64 },
  float64: { text: float64ToText, int32: float64ToInt32, int64: float64ToInt64 },
  timestamp: { text: timestampToText, date: timestampToDate },
  date: { text: dateToText, timestamp: dateToTimestamp },
}
