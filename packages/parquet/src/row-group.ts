import type { RecordBatch } from 'apache-arrow'
import type { RowGroup as RowGroupMetadata } from 'hyparquet'

/** An encoded row group, not yet at a place in a file; plain, so that it can go from thread to thread. */
export interface RowGroup {
  readonly rows: number
  /** The pages, without magic and footer. */
  readonly bytes: Uint8Array
  /** What a footer says about the group, with offsets that count from the start of `bytes`. */
  readonly footer: RowGroupMetadata
}

/** Rows of a batch, in their order. */
export interface BatchRows {
  readonly batch: RecordBatch
  /** Which of them, as ascending pairs of a first row and the one behind the last; all where it is left out. */
  readonly ranges?: Int32Array | undefined
}

/** Makes row groups of one schema. */
export interface RowGroupEncoder {
  /** A row group of the rows, verified: those that were given are those that were written. Where they are parted into batches does not show. */
  encode(rows: readonly BatchRows[]): Promise<RowGroup>
}
