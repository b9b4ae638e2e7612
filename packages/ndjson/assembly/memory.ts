/*
 * The map of the module's memory. Its size is fixed: growing would detach every view that JavaScript has on it. The tables of a line
 * are as large as the longest line of the fast path can fill them, so that no store needs a check.
 */

/** Bytes of a line from which on it is left to the strict scanner. */
export const LINE_BYTES_MAX: usize = 0x1_0000
export const BLOCK_BYTES: usize = 64

/** For each block of the line at hand: opening and closing brackets as masks, and the depth before the block. */
export const BLOCKS: usize = 0x1_0000
export const BLOCK_ENTRY_BYTES: usize = 24
export const BLOCKS_END: usize = BLOCKS + (LINE_BYTES_MAX / BLOCK_BYTES) * BLOCK_ENTRY_BYTES
/** Addresses of the opening quotes of keys; no more than one for every second byte. */
export const KEYS: usize = 0x1_8400
/** Addresses of the first bytes of numbers and literals. */
export const SCALARS: usize = 0x3_9800
/** Keys that are wanted somewhere: address of the quote, the key's entry in the plan, depth. */
export const MATCHES: usize = 0x5_b000
export const MATCH_BYTES: usize = 12
export const MATCHES_END: usize = MATCHES + 4096 * MATCH_BYTES

/** What a call of `scan` has counted: lines, blank lines, records, then for each step the lines that it refused. */
export const COUNTS: usize = 0x6_8000
export const REFUSED: usize = COUNTS + 16
export const STEPS_MAX: usize = 64
/** What is wanted, as JavaScript has written it: see `plan.ts`. */
export const PLAN: usize = 0x6_9000
export const PLAN_BYTES: usize = 0x2_0000
/** Refused values that were seen before: a hash table of numbers, and an entry for each number. */
export const TALLY_SLOTS: usize = 0x8_9000
export const TALLY_SLOT_COUNT: usize = 4096
export const TALLY_ENTRIES: usize = 0x8_d000
export const TALLY_ENTRY_BYTES: usize = 128
export const TALLY_ENTRIES_MAX: usize = 1024
/** The lines that JavaScript must look at. */
export const RECORDS: usize = 0xa_d000
export const RECORDS_BYTES: usize = 0x2_0000
/** The end of the last chunk, when a line goes on in the next, lies right before it. */
const CARRY: usize = 0xc_e000
export const CHUNK: usize = CARRY + LINE_BYTES_MAX
export const CHUNK_BYTES: usize = 0x4_0000
// Behind the chunk, a page for loads that reach beyond the last line.
