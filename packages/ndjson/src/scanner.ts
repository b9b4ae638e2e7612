import type { Slots } from './slots.ts'

/**
 * Finds structure in JSON bytes. Every implementation gives the same verdict, the same slots and the same place of an error
 * for every line; the strict one is the specification.
 *
 * A line is scanned whole, whatever is wanted of it: no byte goes unvalidated.
 */
export interface Scanner {
  /** Where the wanted values of the last valid line stand. */
  readonly slots: Slots
  /** Of the last malformed line: the byte, counted from the line's start, at which it cannot go on. */
  readonly errorOffset: number
  /**
   * Scans the line from `start` to `end`, without its line end; `bytes[end]` must be there and hold a control character.
   *
   * @returns 0 for a valid object, else the number of a malformed code.
   */
  scan(bytes: Uint8Array, start: number, end: number): number
}
