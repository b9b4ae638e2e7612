import { type Data, makeData, RecordBatch, type Schema, Struct, type Vector } from 'apache-arrow'
import { bitmapByteLength, copyBits, fillBits, getBit, sliceBits } from './bitmap.ts'

/** Whether a row of a chunk has a value; a column of nulls alone may have no bitmap. */
export function isValid(data: Data, row: number): boolean {
  const { nullBitmap }: { readonly nullBitmap?: Uint8Array } = data
  return data.nullCount === 0 || (nullBitmap !== undefined && getBit(nullBitmap, data.offset + row))
}

/** The validity of a chunk as bits from bit 0 on; undefined when every row has a value. */
export function validityOf(data: Data): Uint8Array | undefined {
  if (data.nullCount === 0) return undefined
  const { nullBitmap }: { readonly nullBitmap?: Uint8Array } = data
  return nullBitmap === undefined
    ? new Uint8Array(bitmapByteLength(data.length))
    : sliceBits(nullBitmap, data.offset, data.length)
}

/** Writes the validity of a chunk as bits from `at` on, where the target has none yet: its bits there are 0. */
export function copyValidity(data: Data, target: Uint8Array, at: number): void {
  const { length, offset, nullCount, nullBitmap }: Omit<Data, 'nullBitmap'> & { readonly nullBitmap?: Uint8Array } =
    data
  if (nullCount === 0) fillBits(target, at, length)
  else if (nullCount < length && nullBitmap !== undefined) copyBits(nullBitmap, offset, target, at, length)
}

/**
 * A batch of columns that have so many rows each.
 *
 * - Memory: shares the buffers of the columns.
 */
export function batchOf(schema: Schema, rows: number, children: readonly Data[]): RecordBatch {
  const type = new Struct(schema.fields)
  return new RecordBatch(schema, makeData({ type, length: rows, nullCount: 0, children: [...children] }))
}

/**
 * The rows from `start` to `end` of a batch.
 *
 * - Memory: shares the batch's buffers.
 *
 * `RecordBatch.slice` of a batch that is itself a slice looks at the wrong rows, since Arrow JS slices the children of a struct only
 * the first time; here every column is sliced on its own.
 */
export function sliceBatch(batch: RecordBatch, start: number, end: number): RecordBatch {
  const children = batch.data.children.map((child) => child.slice(start, end - start))
  return batchOf(batch.schema, end - start, children)
}

/** The chunks of a vector that have rows. */
export function chunksOf(vector: Vector): readonly Data[] {
  return vector.data.filter((data) => data.length > 0)
}
