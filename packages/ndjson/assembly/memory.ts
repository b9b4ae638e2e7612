/*
 * The map of the module's memory. It grows once, for the columns, before JavaScript makes its views: growing detaches them. The tables of a line
 * are as large as the longest line of the fast path can fill them, so that no store needs a check.
 */

/** Bytes of a line from which on it is left to the strict scanner. */
export const LINE_BYTES_MAX: usize = 0x1_0000
export const BLOCK_BYTES: usize = 64

/** For each 64 records and each node a word: see `found.ts`. 10 kB at most. */
export const FOUND: usize = 0x4000
/** For each depth the node whose object is open there. Before it lie the module's constants. */
export const PATH: usize = 0x8000

/** For each block of the line at hand: opening and closing brackets as masks, the depth before the block, quotes and backslashes as a mask. */
export const BLOCKS: usize = 0x1_0000
export const BLOCK_ENTRY_BYTES: usize = 32
export const BLOCK_CLOSES: usize = 8
export const BLOCK_DEPTH: usize = 16
export const BLOCK_STOPS: usize = 24
export const BLOCKS_END: usize = BLOCKS + (LINE_BYTES_MAX / BLOCK_BYTES) * BLOCK_ENTRY_BYTES
/** Addresses of the opening quotes of keys; no more than one for every second byte. */
export const KEYS: usize = 0x1_8800
/** Addresses of the first bytes of numbers and literals; when these have been looked at, those of keys that may be wanted. */
export const SCALARS: usize = 0x3_9800

/** What a call of `scan` has counted: lines, blank lines, records, then for each step the lines that it refused. */
export const COUNTS: usize = 0x6_8000
export const REFUSED: usize = COUNTS + 16
export const STEPS_MAX: usize = 64
/** What is in the columns: rows, bytes of their lines. */
export const FILLED: usize = COUNTS + 0x200
/** Words that the row which was tried last lacked: how many, then for each the number of its column, where it stands, its bytes. */
export const LACKED: usize = FILLED + 8
export const LACKED_WORDS: usize = LACKED + 4
export const LACKED_WORD_BYTES: usize = 12
export const LACKED_MAX: u32 = 64
/** Keys and words with escapes are unescaped to here: words behind each other, when they are lacked. */
export const UNESCAPED: usize = COUNTS + 0x600
export const UNESCAPED_END: usize = COUNTS + 0x1000
/** What is wanted, as JavaScript has written it: see `plan.ts`. */
export const PLAN: usize = 0x6_9000
export const PLAN_BYTES: usize = 0x8_0000
/** A table of known texts, as known.ts describes: how many, a hash table of their numbers, an entry for each number. */
export const KNOWN_MAX: usize = 1024
export const KNOWN_SLOTS: usize = 16
export const KNOWN_SLOT_COUNT: usize = 4096
export const KNOWN_ENTRIES: usize = KNOWN_SLOTS + KNOWN_SLOT_COUNT * 4
export const KNOWN_ENTRY_BYTES: usize = 128
/** Refused values that were seen before, and how often they were since. */
export const TALLIES: usize = 0xe_9000
/** The lines that JavaScript must look at. */
export const RECORDS: usize = 0x10_e000
export const RECORDS_BYTES: usize = 0x2_0000
/** The end of the last chunk, when a line goes on in the next, lies right before it. */
const CARRY: usize = 0x12_e000
export const CHUNK: usize = CARRY + LINE_BYTES_MAX
export const CHUNK_BYTES: usize = 0x8_0000
// Behind the chunk, a page for loads that reach beyond the last line.
/** Texts of dictionaries, with their numbers there. */
export const WORDS: usize = 0x1c_0000
/** For each column a room for its rows on the way to JavaScript, as `src/wasm-rooms.ts` lays them out, so that memory ends with the last. */
export const COLUMNS: usize = 0x1e_5000
/** Of the rows that ended last, the nulls, the texts of numbers, and those with control characters; then a byte for each row, 0 for a null, of which
 * a bit is made when the rows end. */
export const ROOM_COUNTS: usize = 0
export const ROOM_VALIDITY: usize = 16
