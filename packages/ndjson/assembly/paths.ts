/*
 * When many keys are wanted, most keys of a line are, and some in several places. So a key is looked up together with the node of the object that
 * it stands in, and has one node at most; which object that is, the keys before it tell.
 *
 * Advice for the next person: it is instructions that take the time here, some hundred for a key, and not mispredicted branches. A call, a
 * loop that mostly ends at once, or a global costs more than it looks.
 */
import { QUOTE } from './bytes'
import { foundBit, foundWords, noteFound } from './found'
import { clearSlots, isText } from './keys'
import { KEYS, PATH } from './memory'
import {
  KEY_LENGTH,
  KEY_TEXT,
  PLACE_BYTES,
  PLACE_KEY,
  PLACE_LAST,
  PLACE_NODE,
  PLACE_PARENT,
  PLACE_TEXT_BYTES,
  SEARCH_PLACES,
  SEARCH_TABLE,
} from './plan'
import { depthAt, fillSlot, MISSING, SLOT_BYTES, SLOT_END, SLOT_START, STRING, stopsFrom } from './value'

/** Fills the slots of all nodes of the line, in place of all that earlier values left. */
export function fillPaths(search: usize, line: usize, keysEnd: usize, slots: usize): void {
  const table: usize = load<u32>(search, SEARCH_TABLE)
  const mask = load<u32>(search, SEARCH_PLACES) - 1
  const words = foundWords
  const bit = foundBit
  /** The depth of the last key that is within objects alone. */
  let deepest: i32 = 0
  store<u32>(PATH, 0, 4)
  for (let key = KEYS; key < keysEnd; key += 4) {
    const at: usize = load<u32>(key)
    const depth = depthAt(line, at)
    // Below the last key, but not its child: within an array.
    if (depth > deepest + 1) continue
    deepest = depth
    const path = PATH + (usize(depth) << 2)
    const parent = load<u32>(path)
    const v = v128.load(at, 1)
    const length = usize(ctz(u32(i8x16.bitmask(i8x16.eq(v, i8x16.splat(QUOTE)))) | 0x1_0000))
    const text = v128.and(v, v128.load(PREFIXES + PLACE_TEXT_BYTES - length))
    const place = placeOf(i64x2.extract_lane(text, 0), length, parent) & mask
    let entry = table + usize(place) * PLACE_BYTES
    let close = at + 1 + length
    if (length === PLACE_TEXT_BYTES || load<u32>(entry, PLACE_PARENT) !== parent || v128.any_true(v128.xor(text, v128.load(entry)))) {
      entry = entryFrom(table, mask, place, parent, at, length, text)
      if (entry === 0) {
        store<u32>(path, NO_NODE, 4)
        continue
      }
      if (length === PLACE_TEXT_BYTES) close = at + load<u32>(load<u32>(entry, PLACE_KEY), KEY_LENGTH) - 1
    }
    const node = load<u32>(entry, PLACE_NODE)
    store<u32>(path, node, 4)
    const slot = slots + usize(node) * SLOT_BYTES
    if (load<u32>(slot) !== MISSING) clearSlots(slot, slots + usize(load<u32>(entry, PLACE_LAST)) * SLOT_BYTES)
    noteFound(words, bit, node)
    // Most values are short texts without escapes, right behind the colon.
    if (load<u16>(close, 1) === COLON_QUOTE) {
      const start = close + 3
      const stops = stopsFrom(line, start)
      const end = start + usize(ctz(stops))
      if (stops !== 0 && load<u8>(end) === QUOTE) {
        store<u32>(slot, STRING)
        store<u32>(slot, u32(start), SLOT_START)
        store<u32>(slot, u32(end), SLOT_END)
        continue
      }
    }
    fillSlot(slot, close)
  }
}

/** The first entry from a place on that is the key's, or 0. */
function entryFrom(table: usize, mask: u32, first: u32, parent: u32, at: usize, length: usize, text: v128): usize {
  let place = first
  while (true) {
    const entry = table + usize(place) * PLACE_BYTES
    const key: usize = load<u32>(entry, PLACE_KEY)
    if (key === 0) return 0
    if (
      load<u32>(entry, PLACE_PARENT) === parent &&
      !v128.any_true(v128.xor(text, v128.load(entry))) &&
      (length < PLACE_TEXT_BYTES || isText(at, load<u32>(key, KEY_TEXT), load<u32>(key, KEY_LENGTH)))
    )
      return entry
    place = (place + 1) & mask
  }
}

/** As `src/wasm-keys.ts` has it. */
// @ts-expect-error: decorator
@inline
function placeOf(text: u64, length: usize, parent: u32): u32 {
  return u32(((text ^ u64(length)) * 0x9e37_79b9_7f4a_7c15) >>> 40) + parent * 5
}

/** Where no wanted key is; no node has it for its parent. */
const NO_NODE: u32 = 0xffff_ffff
const COLON_QUOTE: u16 = 0x223a
/** From PLACE_TEXT_BYTES less some length on, ones in so many bytes and one more, for the quote. */
const PREFIXES = memory.data<u8>([
  0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
  0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
])
