/**
 * Where the wanted values of a line stand: three numbers for each node of the path trie, filled by a scanner, read by the
 * steps and the column writers. `start` and `end` bound a value's bytes; those of a string lie between its quotes.
 */
export type Slots = Int32Array

export const SLOT_SIZE = 3

/** What stands at a node. */
export const MISSING = 0
export const NULL = 1
/** A string without escapes: its bytes are its text. */
export const STRING = 2
export const ESCAPED_STRING = 3
export const NUMBER = 4
export const TRUE = 5
export const FALSE = 6
export const OBJECT = 7
export const ARRAY = 8
