/*
 * What is wanted, as words of 32 bits that JavaScript writes before the first scan (`src/wasm-plan.ts`). All links are addresses.
 *
 *   head      how the lines are to be looked at
 *   search    some of the wanted keys, and how they are found in a line
 *   prefixes  a hash table of the first four bytes of the keys of a search for few, without collisions
 *   places    a hash table of the nodes, for a search for many: by key and parent
 *   key       one of the wanted keys, and the nodes that have it
 *   node      a node of the path trie
 *   step      a step, its predicate, and what to do with the refused value
 *   test      a leaf of a predicate: what each kind of value means for it
 *   column    a column of the rows, and what becomes of each kind of value in it
 */
import { PLAN } from './memory'

/** Words of the head. */
// @ts-expect-error: decorator
@inline
function head(word: usize): u32 {
  return load<u32>(PLAN + word * 4)
}
// @ts-expect-error: decorator
@inline
export function nodeCount(): u32 {
  return head(0)
}
/** The search for what the first steps look at, and that for the rest; each 0 when it is for nothing. */
// @ts-expect-error: decorator
@inline
export function firstSearch(): usize {
  return head(1)
}
// @ts-expect-error: decorator
@inline
export function restSearch(): usize {
  return head(2)
}
// @ts-expect-error: decorator
@inline
export function stepCount(): i32 {
  return head(3)
}
// @ts-expect-error: decorator
@inline
export function stepTable(): usize {
  return head(4)
}

/** Bytes of a line that are at most looked at. */
// @ts-expect-error: decorator
@inline
export function lineBytesMax(): u32 {
  return head(5)
}

/** Columns that are filled here, and how many rows they have room for; none when rows are written by JavaScript alone. */
// @ts-expect-error: decorator
@inline
export function columnTable(): usize {
  return head(6)
}
// @ts-expect-error: decorator
@inline
export function columnTableEnd(): usize {
  return head(7)
}
// @ts-expect-error: decorator
@inline
export function columnRowsMax(): u32 {
  return head(9)
}

/** The first of all wanted keys. */
// @ts-expect-error: decorator
@inline
export function firstKey(): usize {
  return head(8)
}

/** How many steps the first search is for. */
// @ts-expect-error: decorator
@inline
export function firstStepCount(): i32 {
  return head(11)
}

/** How many nodes there are of which the scan tells where their objects and arrays end, and these. */
// @ts-expect-error: decorator
@inline
export function endedNodes(): usize {
  return head(12)
}

/** Objects and arrays of a line that may be open at once. */
// @ts-expect-error: decorator
@inline
export function nestingMax(): i32 {
  return head(10)
}

/**
 * A search: its table; of one for many how many places that has, else 0; of one for few which bits of the four bytes count, since a short key
 * leaves some to what follows it, and how they come to their places.
 */
export const SEARCH_TABLE: usize = 0
export const SEARCH_PLACES: usize = 4
export const SEARCH_MASK: usize = 8
export const SEARCH_MULTIPLIER: usize = 12
export const SEARCH_SHIFT: usize = 16

/** A place of the prefix table: the prefix and the first of its keys. */
export const PREFIX_BYTES: usize = 8
export const PREFIX_KEY: usize = 4
/** A place of the table of nodes: the first bytes of the key, with the quote behind it if that is among them, and zeros; the node, its parent, the last below it, its key or 0. */
export const PLACE_BYTES: usize = 32
export const PLACE_TEXT_BYTES: usize = 16
export const PLACE_NODE: usize = 16
export const PLACE_PARENT: usize = 20
export const PLACE_LAST: usize = 24
export const PLACE_KEY: usize = 28

/** A key: the next of the same prefix, its bytes with both quotes and where they stand, the first node that has it, the next of all. */
export const KEY_NEXT: usize = 0
export const KEY_LENGTH: usize = 4
export const KEY_TEXT: usize = 8
export const KEY_NODE: usize = 12
export const KEY_AFTER: usize = 16

/** A node: the next with the same key, the depth of the object that holds the key, its number, that of its parent, and the last below it. */
export const NODE_NEXT: usize = 0
export const NODE_DEPTH: usize = 4
export const NODE_NUMBER: usize = 8
export const NODE_PARENT: usize = 12
export const NODE_LAST: usize = 16

/** A step: its predicate, and the test of the value to tally, or 0. */
export const STEP_BYTES: usize = 8
export const STEP_PREDICATE: usize = 0
export const STEP_TALLY: usize = 4

/** A predicate: an operator, and the number of its inputs with their addresses behind it. */
export const PREDICATE_OP: usize = 0
export const PREDICATE_COUNT: usize = 4
export const PREDICATE_INPUTS: usize = 8
export const OP_AND: u32 = 0
export const OP_OR: u32 = 1
export const OP_TEST: u32 = 2

/** A test: after the operator the node, the list of texts, and for each kind of value a byte that says what it means. */
export const TEST_NODE: usize = 4
export const TEST_LIST: usize = 8
export const TEST_MEANINGS: usize = 12
export const FALSE: i32 = 0
export const UNKNOWN: i32 = 1
export const TRUE: i32 = 2
export const TRUE_UNLESS_EMPTY: i32 = 3
export const FALSE_UNLESS_EMPTY: i32 = 4
export const TRUE_IF_LISTED: i32 = 5
export const TRUE_IF_LISTED_UNLESS_EMPTY: i32 = 6

/** A list of texts: how many, then for each its bytes and where they stand. */
export const LIST_TEXTS: usize = 4
export const TEXT_BYTES: usize = 8
export const TEXT_ADDRESS: usize = 4

/**
 * A column: its node, its room, and where in it values and texts go, with how many bytes of texts there is room for; its number among all columns;
 * how many bytes a text has at most; for each kind of value a byte that says what it becomes. A struct has a column that says where there
 * is one, before those of its fields; a list one that says where its items end, and what they are, or 0.
 */
export const ENTRY_BYTES: usize = 44
export const ENTRY_NODE: usize = 0
export const ENTRY_ROOM: usize = 4
export const ENTRY_VALUES: usize = 8
export const ENTRY_TEXTS: usize = 12
export const ENTRY_TEXTS_ROOM: usize = 16
export const ENTRY_NUMBER: usize = 20
export const ENTRY_TEXT_MAX: usize = 24
/** Of texts that may have any length, and line breaks too. */
export const TEXT_MAX_NONE: i32 = 0x7fff_ffff
export const ENTRY_BECOMES: usize = 28
export const ENTRY_ITEMS: usize = 40
/** The items of a list: their columns, their slots, how many items there is room for, and the object that an item may be, or 0. */
export const ITEMS_COLUMNS: usize = 0
export const ITEMS_COLUMNS_END: usize = 4
export const ITEMS_SLOTS: usize = 8
export const ITEMS_SLOTS_END: usize = 12
export const ITEMS_MAX: usize = 16
export const ITEMS_OBJECT: usize = 20
/** An object: how many of its fields are wanted, and these. */
export const OBJECT_COUNT: usize = 0
export const OBJECT_FIELDS: usize = 4
/** A field: the bytes of its key with both quotes and where they stand, its slot, the end of those below it, and the object that it may be, or 0. */
export const FIELD_BYTES: usize = 20
export const FIELD_LENGTH: usize = 0
export const FIELD_TEXT: usize = 4
export const FIELD_SLOT: usize = 8
export const FIELD_SLOTS_END: usize = 12
export const FIELD_BELOW: usize = 16
/** JavaScript is to write the row. */
export const ODD: u32 = 0
export const NO_TEXT: u32 = 1
export const NO_WORD: u32 = 2
export const NO_VALUE: u32 = 3
export const AS_TEXT: u32 = 4
export const AS_TEXT_UNLESS_EMPTY: u32 = 5
export const AS_TEXT_OR_NONE: u32 = 6
export const AS_WORD: u32 = 7
export const AS_WORD_UNLESS_EMPTY: u32 = 8
export const AS_WORD_OR_NONE: u32 = 9
export const AS_MOMENT: u32 = 10
export const AS_WHOLE: u32 = 11
export const AS_REAL: u32 = 12
export const AS_TRUE: u32 = 13
export const AS_FALSE: u32 = 14
/** A text with its quotes. */
export const AS_QUOTED: u32 = 15
/** The text of a number, which is counted. */
export const AS_NUMBER_TEXT: u32 = 16
/** The text that a string with escapes stands for. */
export const AS_UNESCAPED: u32 = 17
export const NO_STRUCT: u32 = 18
export const AS_STRUCT: u32 = 19
/** The number of such a text. */
export const AS_UNESCAPED_WORD: u32 = 20
export const NO_LIST: u32 = 21
export const AS_LIST: u32 = 22
