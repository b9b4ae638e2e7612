/*
 * The map of the module's memory. Whatever depends on the batch lies behind COLUMNS, where JavaScript puts it: the columns' entries, then their
 * buffers, then room for the records up to the end of the memory. So the memory can grow by growing that room, and nothing moves.
 * The last bytes of the memory are left free, for words that are read or written whole beyond the end of a text.
 */

/** What a call of `encode` tells: where its records end; how many line breaks became blanks. */
export const RESULT: usize = 0x400
/** The dialect, as words: see `text.ts`. */
export const RULES: usize = 0x410
/** The class of each byte. */
export const CLASSES: usize = 0x440
/** The day of the moment before, as text. */
export const DATE: usize = 0x540
/** An entry for each column: see `column.ts`. */
export const COLUMNS: usize = 0x600
