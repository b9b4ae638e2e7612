import { isText } from './keys'
import { TALLY_ENTRIES, TALLY_ENTRIES_MAX, TALLY_ENTRY_BYTES, TALLY_SLOT_COUNT, TALLY_SLOTS } from './memory'
import {
  FALSE,
  FALSE_UNLESS_EMPTY,
  LIST_TEXTS,
  OP_AND,
  OP_TEST,
  PREDICATE_COUNT,
  PREDICATE_INPUTS,
  PREDICATE_OP,
  TEST_LIST,
  TEST_MEANINGS,
  TEST_NODE,
  TEXT_ADDRESS,
  TEXT_BYTES,
  TRUE,
  TRUE_IF_LISTED,
  TRUE_UNLESS_EMPTY,
  UNKNOWN,
} from './plan'
import { SLOT_BYTES, SLOT_END, SLOT_START } from './value'

/** Whether the line passes: FALSE, UNKNOWN or TRUE, in this order, so that `and` is the least and `or` the greatest. */
export function evaluate(predicate: usize, slots: usize): i32 {
  const op = load<u32>(predicate, PREDICATE_OP)
  if (op === OP_TEST) return test(predicate, slots)
  const end = predicate + PREDICATE_INPUTS + usize(load<u32>(predicate, PREDICATE_COUNT)) * 4
  let result = op === OP_AND ? TRUE : FALSE
  for (let input = predicate + PREDICATE_INPUTS; input < end; input += 4) {
    const value = evaluate(load<u32>(input), slots)
    result = op === OP_AND ? min(result, value) : max(result, value)
  }
  return result
}

function test(leaf: usize, slots: usize): i32 {
  const slot = slots + usize(load<u32>(leaf, TEST_NODE)) * SLOT_BYTES
  const meaning = i32(load<u8>(leaf + usize(load<u32>(slot)), TEST_MEANINGS))
  if (meaning <= TRUE) return meaning
  const start: usize = load<u32>(slot, SLOT_START)
  const length = usize(load<u32>(slot, SLOT_END)) - start
  if (meaning === TRUE_UNLESS_EMPTY) return length === 0 ? FALSE : TRUE
  if (meaning === FALSE_UNLESS_EMPTY) return length === 0 ? TRUE : FALSE
  if (meaning !== TRUE_IF_LISTED && length === 0) return FALSE
  return isListed(start, length, load<u32>(leaf, TEST_LIST)) ? TRUE : FALSE
}

function isListed(start: usize, length: usize, list: usize): bool {
  const end = list + LIST_TEXTS + usize(load<u32>(list)) * TEXT_BYTES
  for (let text = list + LIST_TEXTS; text < end; text += TEXT_BYTES) {
    if (load<u32>(text) === u32(length) && isText(start, load<u32>(text, TEXT_ADDRESS), length)) return true
  }
  return false
}

/**
 * Counts the value for which `step` has refused a line.
 *
 * @returns false when it was not seen before, or must be unescaped: JavaScript is to count it.
 */
export function tally(step: u32, leaf: usize, slots: usize): bool {
  const slot = slots + usize(load<u32>(leaf, TEST_NODE)) * SLOT_BYTES
  const meaning = i32(load<u8>(leaf + usize(load<u32>(slot)), TEST_MEANINGS))
  if (meaning === FALSE) return true
  if (meaning === UNKNOWN) return false
  const start: usize = load<u32>(slot, SLOT_START)
  const length: u32 = load<u32>(slot, SLOT_END) - u32(start)
  if (length === 0 && meaning === TRUE_UNLESS_EMPTY) return true
  if (length > TALLY_TEXT_BYTES) return false
  const entry = find(step, start, length)
  if (load<u32>(entry) === 0) return false
  const counter = TALLY_ENTRIES + usize(load<u32>(entry) - 1) * TALLY_ENTRY_BYTES
  store<u32>(counter, load<u32>(counter) + 1)
  return true
}

/**
 * Makes a value known, so that `tally` counts it from now on.
 *
 * @returns its number, or -1 when the table is full or the value too long.
 */
export function learn(step: u32, start: usize, length: u32): i32 {
  if (learned === u32(TALLY_ENTRIES_MAX) || length > TALLY_TEXT_BYTES) return -1
  const slot = find(step, start, length)
  if (load<u32>(slot) !== 0) return -1
  const entry = TALLY_ENTRIES + usize(learned) * TALLY_ENTRY_BYTES
  store<u32>(entry, 0)
  store<u32>(entry, step, 4)
  store<u32>(entry, length, 8)
  memory.copy(entry + ENTRY_TEXT, start, length)
  store<u32>(slot, learned + 1)
  return i32(learned++)
}

/** How often a value was counted. */
export function tallied(number: u32): u32 {
  return load<u32>(TALLY_ENTRIES + usize(number) * TALLY_ENTRY_BYTES)
}

/** Forgets all values and their counts. */
export function forget(): void {
  learned = 0
  memory.fill(TALLY_SLOTS, 0, TALLY_SLOT_COUNT * 4)
}

/** The place in the hash table where a value is, or would be. */
function find(step: u32, start: usize, length: u32): usize {
  // Its first and last bytes, its length; what they have in common with others costs a step to the next place.
  let hash = (length * 0x9e3779b1) ^ (step * 0x85ebca6b)
  if (length >= 4) hash ^= rotl<u32>(load<u32>(start), 7) ^ load<u32>(start + length - 4)
  else if (length > 0) hash ^= (u32(load<u8>(start)) << 8) ^ u32(load<u8>(start + length - 1))
  if (length >= 8) hash ^= rotl<u32>(load<u32>(start, 4), 17) ^ rotl<u32>(load<u32>(start + (length >> 1)), 13)
  hash *= 0x9e3779b1
  let at = hash >>> TALLY_SHIFT
  while (true) {
    const slot = TALLY_SLOTS + usize(at) * 4
    const number = load<u32>(slot)
    if (number === 0) return slot
    const entry = TALLY_ENTRIES + usize(number - 1) * TALLY_ENTRY_BYTES
    if (load<u32>(entry, 4) === step && load<u32>(entry, 8) === length && isText(start, entry + ENTRY_TEXT, length))
      return slot
    at = (at + 1) & (u32(TALLY_SLOT_COUNT) - 1)
  }
}

let learned: u32 = 0
const ENTRY_TEXT: usize = 12
/** What fits an entry with the zeros that `isText` reads. */
const TALLY_TEXT_BYTES: u32 = 100
/** 32 less the bits of a place in the table. */
const TALLY_SHIFT: u32 = 20
