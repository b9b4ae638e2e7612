import { QUOTE } from './bytes'
import { foundBit, foundWords, noteFound } from './found'
import { KEYS, SCALARS, UNESCAPED, UNESCAPED_END } from './memory'
import { fillPaths } from './paths'
import {
  firstKey,
  KEY_AFTER,
  KEY_LENGTH,
  KEY_NEXT,
  KEY_NODE,
  KEY_TEXT,
  NODE_DEPTH,
  NODE_LAST,
  NODE_NEXT,
  NODE_NUMBER,
  NODE_PARENT,
  PREFIX_BYTES,
  PREFIX_KEY,
  SEARCH_MASK,
  SEARCH_MULTIPLIER,
  SEARCH_PLACES,
  SEARCH_SHIFT,
  SEARCH_TABLE,
} from './plan'
import { unescape } from './unescape'
import { containerEnd, depthAt, escapedEnd, fillSlot, MISSING, OBJECT, SLOT_BYTES, SLOT_END, SLOT_START, stringEnd } from './value'

/**
 * Fills the slots of the nodes of a search. Keys come in the order of the line, so that a node's parent is filled before it. Of a key that is
 * there twice the last value stays.
 */
export function fillSlots(search: usize, line: usize, keysEnd: usize, slots: usize): void {
  if (search === 0) return
  if (load<u32>(search, SEARCH_PLACES) === 0) fillFewSlots(search, line, keysEnd, slots)
  else fillPaths(search, line, keysEnd, slots)
}

/** When few keys are wanted, most keys of a line are not: they are left out first. */
function fillFewSlots(search: usize, line: usize, keysEnd: usize, slots: usize): void {
  const table: usize = load<u32>(search, SEARCH_TABLE)
  const mask = load<u32>(search, SEARCH_MASK)
  const multiplier = load<u32>(search, SEARCH_MULTIPLIER)
  const shift = load<u32>(search, SEARCH_SHIFT)
  // First the keys whose first bytes are those of a wanted one, without a branch. They are listed where the scalars were, which have been looked at.
  let kept = SCALARS
  for (let key = KEYS; key < keysEnd; key += 4) {
    const at = load<u32>(key)
    const prefix = load<u32>(at, 1) & mask
    store<u32>(kept, at)
    kept += usize(load<u32>(table + usize((prefix * multiplier) >>> shift) * PREFIX_BYTES) === prefix) << 2
  }
  for (let key = SCALARS; key < kept; key += 4) {
    const at = load<u32>(key)
    const prefix = load<u32>(at, 1) & mask
    let wanted: usize = load<u32>(table + usize((prefix * multiplier) >>> shift) * PREFIX_BYTES, PREFIX_KEY)
    while (wanted !== 0 && !isText(at, load<u32>(wanted, KEY_TEXT), load<u32>(wanted, KEY_LENGTH))) {
      wanted = load<u32>(wanted, KEY_NEXT)
    }
    if (wanted !== 0) fillNodes(wanted, line, at, slots)
  }
}

/** Fills the slots of those nodes of a key that the one at `at` stands for, in place of all that an earlier value left. */
function fillNodes(key: usize, line: usize, at: usize, slots: usize): void {
  const depth = depthAt(line, at)
  for (let node: usize = load<u32>(key, KEY_NODE); node !== 0; node = load<u32>(node, NODE_NEXT)) {
    if (load<i32>(node, NODE_DEPTH) !== depth || !isWithin(line, at, load<u32>(node, NODE_PARENT), slots)) continue
    const slot = slots + usize(load<u32>(node, NODE_NUMBER)) * SLOT_BYTES
    if (load<u32>(slot) !== MISSING) clearSlots(slot, slots + usize(load<u32>(node, NODE_LAST)) * SLOT_BYTES)
    noteFound(foundWords, foundBit, load<u32>(node, NODE_NUMBER))
    fillSlot(slot, at + load<u32>(key, KEY_LENGTH) - 1)
  }
}

/** Clears some slots: those of a node, and of what lies below it. */
export function clearSlots(first: usize, last: usize): void {
  for (let slot = first; slot <= last; slot += SLOT_BYTES) store<u32>(slot, MISSING)
}

/** Whether one of the line's keys that have escapes is a wanted one, or is left to JavaScript. */
export function mayBeWanted(keysEnd: usize): bool {
  for (let key = KEYS; key < keysEnd; key += 4) {
    const at: usize = load<u32>(key)
    const stop = stringEnd(at + 1)
    if (load<u8>(stop) !== QUOTE && beginsWanted(at, stop - at) && isEscapedWanted(at + 1, escapedEnd(stop))) return true
  }
  return false
}

/** Whether a wanted key begins like the `length` bytes at `at`, and goes on. */
function beginsWanted(at: usize, length: usize): bool {
  for (let wanted = firstKey(); wanted !== 0; wanted = load<u32>(wanted, KEY_AFTER)) {
    // With the opening quote; the wanted one goes on where the escape stands.
    if (usize(load<u32>(wanted, KEY_LENGTH)) > length + 1 && isText(at, load<u32>(wanted, KEY_TEXT), length)) return true
  }
  return false
}

/** Whether the key from `start` to `end`, without its escapes, is a wanted one; true also where it is too long to look, or has half a surrogate pair. */
function isEscapedWanted(start: usize, end: usize): bool {
  if (UNESCAPED + (end - start) + 32 > UNESCAPED_END) return true
  const close = unescape(start, end, UNESCAPED + 1)
  if (close === 0) return true
  store<u8>(UNESCAPED, QUOTE)
  store<u8>(close, QUOTE)
  const length = close + 1 - UNESCAPED
  for (let wanted = firstKey(); wanted !== 0; wanted = load<u32>(wanted, KEY_AFTER)) {
    if (usize(load<u32>(wanted, KEY_LENGTH)) === length && isText(UNESCAPED, load<u32>(wanted, KEY_TEXT), length)) return true
  }
  return false
}

/** Whether the key at `at` lies within the object that is the value of a node; it is known to lie as deep as that object's keys. */
// @ts-expect-error: decorator
@inline
function isWithin(line: usize, at: usize, parent: u32, slots: usize): bool {
  if (parent === 0) return true
  const slot = slots + usize(parent) * SLOT_BYTES
  if (load<u32>(slot) !== OBJECT) return false
  const start: usize = load<u32>(slot, SLOT_START)
  return at > start && at < endContainer(line, slot)
}

/** The end of the container in a slot, found when it is first asked for. */
export function endContainer(line: usize, slot: usize): usize {
  const start: usize = load<u32>(slot, SLOT_START)
  const known: usize = load<u32>(slot, SLOT_END)
  if (known !== start) return known
  const end = containerEnd(line, start)
  store<u32>(slot, u32(end), SLOT_END)
  return end
}

/** Whether `length` bytes at `at` are those at `text`; of both, up to a multiple of 16 is read. */
// @ts-expect-error: decorator
@inline
export function isText(at: usize, text: usize, length: usize): bool {
  let rest = length
  let i: usize = 0
  while (rest > 16) {
    if (i8x16.bitmask(i8x16.eq(v128.load(at + i), v128.load(text + i))) !== 0xffff) return false
    i += 16
    rest -= 16
  }
  const same = u32(i8x16.bitmask(i8x16.eq(v128.load(at + i), v128.load(text + i))))
  const wanted = (1 << u32(rest)) - 1
  return (same & wanted) === wanted
}
