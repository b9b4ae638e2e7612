import type { Malformed, Remarks } from '@fletching/ndjson'
import type { Accounting } from './accounting.ts'
import type { Rows } from './operators.ts'
import type { TablePart } from './table-part.ts'

/** A line that did not become a row, on its way to the rejects. */
export interface Reject {
  readonly object: string
  /** Counted from 1, in the whole object. */
  readonly line: number
  /** Of the line's first byte, in the uncompressed object. */
  readonly byteOffset: number
  /** Where in the line the fault is, for malformed lines. */
  readonly errorOffset: number | undefined
  readonly stage: 'malformed' | 'setAside'
  readonly code: string
  /** The column whose value did not fit, for lines that were set aside. */
  readonly column: string | undefined
  /** The line as it was read; undefined when it was too long to be kept. */
  readonly text: Uint8Array | undefined
}

export interface CsvPart {
  readonly format: 'csv'
  readonly bytes: Uint8Array
  readonly rows: number
  /** In texts, where the dialect has a blank for them. */
  readonly lineBreaksReplaced: number
}

/** What one sink gets of a morsel. */
export type SinkPart = CsvPart | { readonly format: 'parquet'; readonly parts: readonly TablePart[] }

/** An object from which lines of a batch come. */
export interface ObjectName {
  readonly index: number
  readonly name: string
}

/** Rows of which some may repeat earlier ones, which only who sees the whole input in order can say; and what is to be said of lines beside them. */
export interface Undecided extends Rows {
  readonly malformed: readonly Malformed[]
  /** Those that end in the batch, and the one that goes on. */
  readonly objects: readonly ObjectName[]
}

/** What a morsel holds before it has its place in the order. */
export interface MorselBody {
  readonly parts: readonly SinkPart[]
  readonly rejects: readonly Reject[]
  /** Of a plan that drops duplicates, instead of parts and rejects, which are made behind it. */
  readonly undecided?: Undecided
}

/**
 * A batch on its way to the sinks, with its place in the order of the input. Whoever makes morsels may do so in any order;
 * whoever writes them goes by `seq`.
 */
export interface Morsel extends MorselBody {
  readonly seq: number
}

/** What is known of an object once its last line has been read. */
export interface ObjectCounts {
  readonly object: string
  /** As stored. */
  readonly bytes: number
  readonly uncompressedBytes: number
  readonly accounting: Accounting
}

/** An object, or a split of it, of which every line has gone through. */
export interface EndedObject {
  /** Its place in the order of the input. */
  readonly index: number
  readonly counts: ObjectCounts
}

/** What became of the objects of a unit, and what is worth telling of their lines. */
export interface Ended {
  readonly objects: readonly EndedObject[]
  readonly remarks: Remarks
}
