/*
 * In which records something was found at a node, as bits: of each 64 records a word for each node. So a column can be filled without a look at the slots of
 * records that have nothing for it, which are most in a wide plan.
 */
import { FOUND } from './memory'
import { nodeCount } from './plan'

/** Records of one word. */
export const FOUND_RECORDS: u32 = 64

/** Where the words are to which the record at hand belongs, and its bit in each. */
export let foundWords: usize = FOUND
export let foundBit: u64 = 1

/** Begins the record of a number. */
export function beginRecord(record: u32): void {
  const place = record & (FOUND_RECORDS - 1)
  foundWords = wordsOf(record)
  foundBit = u64(1) << u64(place)
  if (place === 0) memory.fill(foundWords, 0, usize(nodeCount()) << 3)
}

/** Notes that something was found at a node. What is found there twice may be cleared again, and so may be a line that gets no record: the slots decide. */
// @ts-expect-error: decorator
@inline
export function noteFound(words: usize, bit: u64, node: u32): void {
  const word = words + (usize(node) << 3)
  store<u64>(word, load<u64>(word) | bit)
}

/** For each of the records from one on, up to the last of its word, a bit: clear where nothing is at a node. */
// @ts-expect-error: decorator
@inline
export function foundFrom(record: u32, node: u32): u64 {
  return load<u64>(wordsOf(record) + (usize(node) << 3)) >>> u64(record & (FOUND_RECORDS - 1))
}

// @ts-expect-error: decorator
@inline
function wordsOf(record: u32): usize {
  return FOUND + ((usize(record / FOUND_RECORDS) * usize(nodeCount())) << 3)
}
