import { isText } from './keys'
import { wordOf } from './known'
import { TALLIES } from './memory'
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
  const counter = wordOf(TALLIES, step, start, length)
  if (counter === 0) return false
  store<u32>(counter, load<u32>(counter) + 1)
  return true
}
