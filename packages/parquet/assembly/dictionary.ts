/*
 * The distinct texts of a column get codes in the order in which they are first met. They are found in an open hash table, whose slots hold a hash and the
 * code, counted from 1; 0 is a free one. The number of a text of a dictionary is looked up there only the first time that a row has it. Texts that were chosen so that
 * their places meet would make the search slow; there a column is taken for one with too many distinct texts.
 */
import { sameBytes, tailOf } from './bytes'
import { nextValid, numbers, textAt, textBytes, textOf, validity } from './column'
import { putText } from './texts'

/** Bytes that `putDictionary` writes for the distinct texts that were found. */
export let dictionaryBytes: u32 = 0

/**
 * Counts the distinct texts of so many rows, and gives each row its code, until there are more than `most`.
 *
 * @param known room for a word for each text of a dictionary, all 0.
 * @param table room for `mask + 1` slots of eight bytes, all 0: twice as many as `most`, or more.
 * @param entries room for `most` words: the number of the text of each code.
 * @param codes room for a word for each row.
 */
export function findDistinct(
  rows: u32,
  most: u32,
  known: usize,
  table: usize,
  mask: u32,
  entries: usize,
  codes: usize,
): u32 {
  const bits = validity
  const areNumbered = numbers !== 0
  let count: u32 = 0
  let bytes: u32 = 0
  for (let row = nextValid(bits, 0, rows); row < rows; row = nextValid(bits, row + 1, rows)) {
    const text = textOf(row)
    let code = areNumbered ? load<u32>(known + usize(text) * 4) : 0
    if (code === 0) {
      const slot = slotOf(text, table, mask, entries)
      if (slot === 0) return most + 1
      code = load<u32>(slot, SLOT_CODE)
      if (code === 0) {
        if (count === most) return most + 1
        store<u32>(entries + usize(count) * 4, text)
        bytes += 4 + textBytes(text)
        code = ++count
        store<u32>(slot, code, SLOT_CODE)
      }
      if (areNumbered) store<u32>(known + usize(text) * 4, code)
    }
    store<u32>(codes + usize(row) * 4, code - 1)
  }
  dictionaryBytes = bytes
  return count
}

/** The slot of a text, or the free one where it belongs, which then has its hash; 0 behind too many others. */
// @ts-expect-error: decorator
@inline
function slotOf(text: u32, table: usize, mask: u32, entries: usize): usize {
  const at = textAt(text)
  const bytes = textBytes(text)
  const hash = hashOf(at, bytes)
  let index = hash & mask
  for (let others: u32 = 0; others < OTHERS_MAX; others++) {
    const slot = table + usize(index) * 8
    const code = load<u32>(slot, SLOT_CODE)
    if (code === 0) {
      store<u32>(slot, hash)
      return slot
    }
    if (load<u32>(slot) === hash) {
      const other = load<u32>(entries + usize(code - 1) * 4)
      if (textBytes(other) === bytes && sameBytes(at, textAt(other), at + usize(bytes)) === bytes) return slot
    }
    index = (index + 1) & mask
  }
  return 0
}

// @ts-expect-error: decorator
@inline
function hashOf(at: usize, bytes: u32): u32 {
  const end = at + usize(bytes)
  let hash = mixed(u64(bytes))
  for (; at + 8 <= end; at += 8) hash = mixed(hash ^ load<u64>(at))
  if (at < end) hash = mixed(hash ^ tailOf(at, u32(end - at)))
  return u32(hash)
}

/** Every bit comes to hang on every one, after two turns. */
// @ts-expect-error: decorator
@inline
function mixed(hash: u64): u64 {
  hash *= 0x9e37_79b9_7f4a_7c15
  return hash ^ (hash >>> 32)
}

/** Writes the distinct texts that were found, in the order of their codes. */
export function putDictionary(entries: usize, count: u32, out: usize): usize {
  for (let code: u32 = 0; code < count; code++) out = putText(load<u32>(entries + usize(code) * 4), out)
  return out
}

const SLOT_CODE: usize = 4
/** Far more than chance brings together in a table of which a quarter is free. */
const OTHERS_MAX: u32 = 1024
