import { internal } from '@fletching/columns/errors'
import { type Data, type DataType, RecordBatch, Schema, type Struct, Vector } from 'apache-arrow'
import { concatData } from './concat-data.ts'

/**
 * Joins vectors end to end into one of a single chunk.
 *
 * - Shape: as many rows as all of them together; all have the same type.
 * - Nulls: stay.
 * - Memory: copies, unless there is one chunk in all. Dictionary columns keep their dictionary when all share it. Otherwise texts get one
 *   that holds each of them once, with numbers of 32 bits; other values are decoded, and dictionaries with a null.
 * - Errors: InternalError when the types differ, or no vector is given.
 * - Source: Arrow C++ `Concatenate`.
 *
 * @example
 * ```ts
 * const all = concat(vectorFromArray([1, 2], new Int32()), vectorFromArray([3], new Int32()))
 * assert.deepEqual([...all], [1, 2, 3])
 * ```
 */
export function concat<T extends DataType>(...vectors: readonly Vector<T>[]): Vector<T> {
  const [first] = vectors
  if (first === undefined) throw internal('concat got no vector')
  for (const { type } of vectors) {
    if (String(type) !== String(first.type)) {
      throw internal(`concat got ${String(first.type)} and ${String(type)}`)
    }
  }
  const chunks = vectors.flatMap((vector) => vector.data.filter((data) => data.length > 0))
  if (chunks.length === 0) return new Vector([first.data[0]])
  if (chunks.length === 1) return new Vector([chunks[0]])
  return new Vector([concatData(first.type, chunks as readonly Data[])]) as Vector<T>
}

/**
 * Joins batches of one schema end to end.
 *
 * - Shape: as many rows as all of them together.
 * - Memory: copies, also when there is one: the result shares nothing but dictionaries.
 * - Errors: InternalError when no batch is given.
 */
export function concatBatches(batches: readonly RecordBatch[]): RecordBatch {
  const [first] = batches
  if (first === undefined) throw internal('concat got no batch')
  const chunks = batches.map((batch) => batch.data)
  const data = concatData(first.data.type, chunks) as Data<Struct>
  return new RecordBatch(new Schema(data.type.children), data)
}

/** The rows of a vector as one chunk, which is its own when it has no other. */
export function oneChunk<T extends DataType>(vector: Vector<T>): Data<T> {
  return vector.data.length === 1 ? vector.data[0] : concat(vector).data[0]
}
