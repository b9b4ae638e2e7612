/*
 * The map of the module's memory. JavaScript copies stored bytes to INPUT, and content out of the window, where it stays for as long as matches
 * may refer to it.
 */

/** Lengths of codes: of the code that they are written in, then of literals and lengths and of distances, one behind the other. */
export const LENGTHS: usize = 0x100
/** For each length of codes: how many there are; where the next one lies among the sorted symbols. */
export const COUNTS: usize = 0x300
export const PLACES: usize = 0x340
/** Symbols in the order of their codes. Before it, from 0x400 on, lie the module's constants. */
export const SORTED: usize = 0x480
/** Entries without the bits of a code: of symbols for lengths, from 257 on; of symbols for distances. */
export const LENGTH_ENTRIES: usize = 0x700
export const DISTANCE_ENTRIES: usize = 0x800
/** What repeats the first bytes of a word, and how many bytes of it are whole repeats, for each distance below eight. */
export const FACTORS: usize = 0x900
export const STRIDES: usize = 0x940
/** The table of the code that lengths of codes are written in. */
export const LENGTH_CODES: usize = 0xa00
/** The tables, each with those of its longer codes behind it. */
export const DISTANCES: usize = 0x1000
export const LITERALS: usize = 0x3000

/** Stored bytes. */
export const INPUT: usize = 0x8000
export const INPUT_BYTES: usize = 0x8000

/** Content: up to 32 KiB of what came before, and what was made since. */
export const WINDOW: usize = 0x10000
export const HISTORY_BYTES: usize = 0x8000
/** Where room for one more turn of the fastest loop may be lacking: it writes up to 320 bytes, many of them beyond what it has made. */
export const WINDOW_LIMIT: usize = 0x40000 - 512
