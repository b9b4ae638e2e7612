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

/** Makes row groups of one schema. */
export interface RowGroupEncoder {
  /** A row group of the batch's rows, verified: the rows that were given are the rows that were written. */
  encode(batch: RecordBatch): Promise<RowGroup>
}
