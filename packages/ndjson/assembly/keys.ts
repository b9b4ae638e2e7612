import { QUOTE } from './bytes'
import { KEYS, MATCH_BYTES, MATCHES, MATCHES_END } from './memory'
import {
  firstKey,
  KEY_AFTER,
  KEY_LENGTH,
  KEY_NEXT,
  KEY_NODE,
  KEY_TEXT,
  LONG_PREFIX_BYTES,
  LONG_PREFIX_KEY,
  LONG_PREFIX_WHOLE,
  longPrefixCount,
  NODE_DEPTH,
  NODE_NEXT,
  NODE_NUMBER,
  NODE_PARENT,
  PREFIX_BYTES,
  PREFIX_KEY,
  prefixMask,
  prefixMultiplier,
  prefixShift,
  prefixTable,
} from './plan'
import { containerEnd, depthAt, fillSlot, OBJECT, SLOT_BYTES, SLOT_END, SLOT_START, stringEnd } from './value'

/**
 * Lists the keys of the line that are wanted somewhere, with their depth.
 *
 * @returns the end of the list, or 0 when it is full.
 */
export function matchKeys(line: usize, keysEnd: usize): usize {
  return longPrefixCount() === 0 ? matchFewKeys(line, keysEnd) : matchManyKeys(line, keysEnd)
}

/** When few keys are wanted, most keys of a line are not: they are left out first. */
function matchFewKeys(line: usize, keysEnd: usize): usize {
  const table = prefixTable()
  const mask = prefixMask()
  const multiplier = prefixMultiplier()
  const shift = prefixShift()
  // First the keys whose first bytes are those of a wanted one, in place and without a branch.
  let kept = KEYS
  for (let key = KEYS; key < keysEnd; key += 4) {
    const at = load<u32>(key)
    const prefix = load<u32>(at, 1) & mask
    store<u32>(kept, at)
    kept += usize(load<u32>(table + usize((prefix * multiplier) >>> shift) * PREFIX_BYTES) === prefix) << 2
  }
  let match = MATCHES
  for (let key = KEYS; key < kept; key += 4) {
    const at = load<u32>(key)
    const prefix = load<u32>(at, 1) & mask
    let wanted: usize = load<u32>(table + usize((prefix * multiplier) >>> shift) * PREFIX_BYTES, PREFIX_KEY)
    while (wanted !== 0 && !isText(at, load<u32>(wanted, KEY_TEXT), load<u32>(wanted, KEY_LENGTH))) {
      wanted = load<u32>(wanted, KEY_NEXT)
    }
    if (wanted === 0) continue
    store<u32>(match, at)
    store<u32>(match, u32(wanted), 4)
    store<i32>(match, depthAt(line, at), 8)
    match += MATCH_BYTES
    if (match === MATCHES_END) return 0
  }
  return match
}

/** When many keys are wanted, most keys of a line are, and some begin alike. */
function matchManyKeys(line: usize, keysEnd: usize): usize {
  const table = prefixTable()
  const last = longPrefixCount() - 1
  let match = MATCHES
  for (let key = KEYS; key < keysEnd; key += 4) {
    const at: usize = load<u32>(key)
    const prefix = longPrefixAt(at + 1)
    let place = u32((prefix * LONG_PREFIX_MULTIPLIER) >>> 32) & last
    let entry = table + usize(place) * LONG_PREFIX_BYTES
    let wanted: usize = load<u32>(entry, LONG_PREFIX_KEY)
    while (wanted !== 0 && load<u64>(entry) !== prefix) {
      place = (place + 1) & last
      entry = table + usize(place) * LONG_PREFIX_BYTES
      wanted = load<u32>(entry, LONG_PREFIX_KEY)
    }
    while (wanted !== 0) {
      const length = load<u32>(wanted, KEY_LENGTH)
      if (length <= LONG_PREFIX_WHOLE || isText(at, load<u32>(wanted, KEY_TEXT), length)) break
      wanted = load<u32>(wanted, KEY_NEXT)
    }
    if (wanted === 0) continue
    store<u32>(match, at)
    store<u32>(match, u32(wanted), 4)
    store<i32>(match, depthAt(line, at), 8)
    match += MATCH_BYTES
    if (match === MATCHES_END) return 0
  }
  return match
}

/** The first eight bytes of a key, or as many as there are up to the quote behind it. */
// @ts-expect-error: decorator
@inline
function longPrefixAt(at: usize): u64 {
  const bytes = load<u64>(at)
  // Ones at the top of each byte that is a quote; above the first of them there may be others.
  const others = bytes ^ (0x0101_0101_0101_0101 * u64(QUOTE))
  const quotes = (others - 0x0101_0101_0101_0101) & ~others & 0x8080_8080_8080_8080
  return bytes & (quotes ^ (quotes - 1))
}

/** As `src/wasm-keys.ts` has it. */
const LONG_PREFIX_MULTIPLIER: u64 = 0x9e37_79b9_7f4a_7c15

/** Whether one of the line's keys that have escapes may be a wanted one: it begins like it up to the first. */
export function mayBeWanted(keysEnd: usize): bool {
  for (let key = KEYS; key < keysEnd; key += 4) {
    const at: usize = load<u32>(key)
    const stop = stringEnd(at + 1)
    if (load<u8>(stop) === QUOTE) continue
    const length = stop - at
    let wanted = firstKey()
    while (wanted !== 0) {
      // With the opening quote; the wanted one goes on where the escape stands.
      if (load<u32>(wanted, KEY_LENGTH) > u32(length) + 1 && isText(at, load<u32>(wanted, KEY_TEXT), length)) return true
      wanted = load<u32>(wanted, KEY_AFTER)
    }
  }
  return false
}

/**
 * Fills the slots of the nodes whose keys stand at `depth`, when those above it have been filled. Of a key that is there twice the last
 * value stays; what lies in an earlier one is within no object that a slot knows.
 */
export function fillSlots(line: usize, matchesEnd: usize, depth: i32, slots: usize): void {
  for (let match = MATCHES; match < matchesEnd; match += MATCH_BYTES) {
    if (load<i32>(match, 8) !== depth) continue
    const at: usize = load<u32>(match)
    const key: usize = load<u32>(match, 4)
    let node: usize = load<u32>(key, KEY_NODE)
    while (node !== 0) {
      if (load<i32>(node, NODE_DEPTH) === depth && isWithin(line, at, load<u32>(node, NODE_PARENT), slots)) {
        const slot = slots + usize(load<u32>(node, NODE_NUMBER)) * SLOT_BYTES
        fillSlot(slot, at + load<u32>(key, KEY_LENGTH) - 1)
      }
      node = load<u32>(node, NODE_NEXT)
    }
  }
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
