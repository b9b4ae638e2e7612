import { isText } from './keys'
import { KNOWN_ENTRIES, KNOWN_ENTRY_BYTES, KNOWN_MAX, KNOWN_SLOT_COUNT, KNOWN_SLOTS } from './memory'

/*
 * Texts that JavaScript has made known: a hash table of numbers, and for each number an entry with a word for whoever uses it. A table holds the
 * texts of several owners, such as steps or columns.
 */

/** An entry: the word, its owner, the length of the text, the text, with room behind it for what `isText` reads too much. */
const ENTRY_OWNER: usize = 4
const ENTRY_LENGTH: usize = 8
const ENTRY_TEXT: usize = 12
const TEXT_BYTES_MAX: u32 = 100
/** 32 less the bits of a place in the table. */
const SHIFT: u32 = 20

/**
 * Makes a text known.
 *
 * @returns its number, or -1 when it is known, the table full or the text too long.
 */
export function learn(table: usize, owner: u32, start: usize, length: u32, word: u32): i32 {
  const count = load<u32>(table)
  if (count === u32(KNOWN_MAX) || length > TEXT_BYTES_MAX) return -1
  const slot = find(table, owner, start, length)
  if (load<u32>(slot) !== 0) return -1
  const entry = entryOf(table, count)
  store<u32>(entry, word)
  store<u32>(entry, owner, ENTRY_OWNER)
  store<u32>(entry, length, ENTRY_LENGTH)
  memory.copy(entry + ENTRY_TEXT, start, length)
  store<u32>(table, count + 1)
  store<u32>(slot, count + 1)
  return i32(count)
}

/** The address of the word of a text, or 0 when it is not known. */
export function wordOf(table: usize, owner: u32, start: usize, length: u32): usize {
  if (length > TEXT_BYTES_MAX) return 0
  const number = load<u32>(find(table, owner, start, length))
  return number === 0 ? 0 : entryOf(table, number - 1)
}

/** The word of a number. */
export function wordAt(table: usize, number: u32): u32 {
  return load<u32>(entryOf(table, number))
}

/** Forgets all texts of a table. */
export function forget(table: usize): void {
  store<u32>(table, 0)
  memory.fill(table + KNOWN_SLOTS, 0, KNOWN_SLOT_COUNT * 4)
}

/** The place in the hash table where the number of a text is, or would be. */
function find(table: usize, owner: u32, start: usize, length: u32): usize {
  // Its first and last bytes, its length; what they have in common with others costs a step to the next place.
  let hash = (length * 0x9e3779b1) ^ (owner * 0x85ebca6b)
  if (length >= 4) hash ^= rotl<u32>(load<u32>(start), 7) ^ load<u32>(start + length - 4)
  else if (length > 0) hash ^= (u32(load<u8>(start)) << 8) ^ u32(load<u8>(start + length - 1))
  if (length >= 8) hash ^= rotl<u32>(load<u32>(start, 4), 17) ^ rotl<u32>(load<u32>(start + (length >> 1)), 13)
  hash *= 0x9e3779b1
  let at = hash >>> SHIFT
  while (true) {
    const slot = table + KNOWN_SLOTS + usize(at) * 4
    const number = load<u32>(slot)
    if (number === 0) return slot
    const entry = entryOf(table, number - 1)
    if (
      load<u32>(entry, ENTRY_OWNER) === owner &&
      load<u32>(entry, ENTRY_LENGTH) === length &&
      isText(start, entry + ENTRY_TEXT, length)
    )
      return slot
    at = (at + 1) & (u32(KNOWN_SLOT_COUNT) - 1)
  }
}

// @ts-expect-error: decorator
@inline
function entryOf(table: usize, number: u32): usize {
  return table + KNOWN_ENTRIES + usize(number) * KNOWN_ENTRY_BYTES
}
