import type { Slots } from './slots.ts'
import type { FilledColumn } from './wasm-rooms.ts'

/**
 * Cuts bytes into lines, finds out what each line is, and tells its reader. Every implementation tells the same of the same bytes, however they
 * are cut; the one in TypeScript is the specification.
 *
 * A line is scanned whole, whatever is wanted of it: no byte goes unvalidated.
 */
export interface Scanner {
  readonly kind: ScannerKind
  /** For each column of the specification, the node of its value in the slots that the reader gets. */
  readonly nodes: readonly number[]
  /** Of the line that the reader is told of, counted from 1 in the object. */
  readonly lineNumber: number
  /** Of the first byte of that line, in the object. */
  readonly lineOffset: number
  /** Begins in the middle of an object, where a line begins; line numbers count from there. */
  skipTo(byteOffset: number): void
  /** Takes the next bytes of the object; they may be used again afterwards. */
  push(bytes: Uint8Array): void
  /** Memory into which at least `byteLength` of the next bytes can be written, good until the next call. */
  buffer(byteLength: number): Uint8Array
  /** Takes the bytes that were written to the start of `buffer`. */
  commit(byteLength: number): void
  /** Ends the object, with its last line if that has no line end. Rows may wait, together with those of the objects before and after it. */
  flush(): void
  /** Rows that the scanner has written, and of which its reader was not told. */
  readonly rowsWaiting: number
  /** Tells the reader of them. */
  giveRows(): void
  /** What was counted and not told since this was last asked; to be called after `flush`. */
  takeCounts(): ScannerCounts
  /**
   * What was remarked and not told since this was last asked; values that were told before are told again. To be called after `flush` and
   * `giveRows`.
   */
  takeRemarks(): ScannerRemarks
}

export type ScannerKind = 'wasm' | 'ts'

/** What a scanner gives its lines to. The bytes of a line and its slots are good until the call returns; `bytes[end]` is an LF. */
export interface LineReader {
  /** A valid object, of which the steps before `step` are known to be true. */
  valid(bytes: Uint8Array, start: number, end: number, slots: Slots, step: number): void
  /**
   * A valid object that `step` refuses.
   *
   * @returns the name under which its value was counted, when equal values may be counted without being told.
   */
  refused(bytes: Uint8Array, slots: Slots, step: number): string | undefined
  /** A line that is no object; it cannot go on at `errorOffset`, counted from its start. */
  invalid(bytes: Uint8Array, start: number, end: number, verdict: number, errorOffset: number): void
  /** A line over the limit. */
  tooLong(lineBytes: number): void
  /** Rows, and bytes of their lines, that may be written before the reader must be told. */
  rowsLeft(): number
  bytesLeft(): number
  /** The place of the line of the next row that the scanner has written; undefined when nobody asks. */
  readonly place: ((lineNumber: number, lineOffset: number) => void) | undefined
  /** Rows that the scanner has written, of so many bytes of lines; they come before whatever else it is told from then on. */
  filled(rows: number, lineBytes: number, columns: readonly FilledColumn[]): void
  /** The number of a text in the dictionary of a column of the rows, or -1. Fields of structs are columns here, behind that of their struct. */
  numberOf(column: number, bytes: Uint8Array, start: number, end: number): number
}

/** Lines of which a reader was not told one by one. */
export interface ScannerCounts {
  readonly lines: number
  readonly blank: number
  /** For each step, the lines that it refused. */
  readonly refused: readonly number[]
}

/** What a reader was not told of lines, in however many objects. */
export interface ScannerRemarks {
  /** Of the refused ones, the lines with a value that was told before, by the name under which it was counted. */
  readonly values: readonly { readonly step: number; readonly name: string; readonly count: number }[]
  /** Lines, told or not, that a fast scanner left to the strict one. */
  readonly slowLines: number
}

/** The bytes that a scanner takes at a time. */
export const BUFFER_BYTES = 512 * 1024
