/*
 * The map of the module's memory. Whatever depends on the column lies behind ROOM, where JavaScript puts it. The last bytes of the memory are
 * left free, for words that are read or written whole beyond the end of a text.
 */

/** Where each of so many hashes was last met in the block at hand, in 16 bits; see `snappy.ts`. */
export const SNAPPY_TABLE: usize = 0x400
export const SNAPPY_TABLE_BITS: u32 = 14
/** Free. */
export const ROOM: usize = 0x8400
