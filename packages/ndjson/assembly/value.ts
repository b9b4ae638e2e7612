import { BACKSLASH, BLANK, CLOSE_BRACE, OPEN_BRACE, OPEN_BRACKET, QUOTE } from './bytes'
import { signs } from './masks'
import { BLOCK_CLOSES, BLOCK_DEPTH, BLOCK_ENTRY_BYTES, BLOCK_STOPS, BLOCKS } from './memory'
import { scalarEnds } from './scalar'

/** What stands at a node; the numbers are those of `src/slots.ts`. */
export const MISSING: u32 = 0
const NULL: u32 = 1
export const STRING: u32 = 2
const ESCAPED_STRING: u32 = 3
const NUMBER: u32 = 4
const TRUE: u32 = 5
const FALSE: u32 = 6
export const OBJECT: u32 = 7
export const ARRAY: u32 = 8

export const SLOT_BYTES: usize = 12
export const SLOT_START: usize = 4
export const SLOT_END: usize = 8

/** Fills a slot with the value of the key whose closing quote is at `close`; a container gets its end only when that is asked for. */
export function fillSlot(slot: usize, close: usize): void {
  let at = close + 1
  while (load<u8>(at) === BLANK) at++
  at++
  while (load<u8>(at) === BLANK) at++
  const byte = load<u8>(at)
  let kind = NUMBER
  let end = at
  if (byte === QUOTE) {
    at++
    end = stringEnd(at)
    kind = stringKind(end)
    if (kind === ESCAPED_STRING) end = escapedEnd(end)
  } else if (byte === OPEN_BRACE) kind = OBJECT
  else if (byte === OPEN_BRACKET) kind = ARRAY
  else {
    kind = scalarKind(byte)
    end = scalarEnd(at)
  }
  store<u32>(slot, kind)
  store<u32>(slot, u32(at), SLOT_START)
  store<u32>(slot, u32(end), SLOT_END)
}

/** What a string is that has its first quote or backslash at `stop`. */
// @ts-expect-error: decorator
@inline
export function stringKind(stop: usize): u32 {
  return load<u8>(stop) === QUOTE ? STRING : ESCAPED_STRING
}

/** What a value is that begins with a byte which is neither a quote nor a bracket. */
// @ts-expect-error: decorator
@inline
export function scalarKind(byte: u8): u32 {
  if (byte === 0x74) return TRUE
  if (byte === 0x66) return FALSE
  return byte === 0x6e ? NULL : NUMBER
}

/** The first quote or backslash from `start` on. Few strings are longer than what is looked at at once, so that their lengths mislead no branch. */
export function stringEnd(start: usize): usize {
  let at = start
  while (true) {
    const stops = signs(stopsAt(at), stopsAt(at + 16), stopsAt(at + 32), stopsAt(at + 48))
    if (stops !== 0) return at + usize(ctz(stops))
    at += 64
  }
}

/** The quotes and backslashes among the 64 bytes from `start` on, which is within a string of the line at hand: the first of them is one of that line. */
// @ts-expect-error: decorator
@inline
export function stopsFrom(line: usize, start: usize): u64 {
  const bit = u64((start - line) & 63)
  const block = BLOCKS + ((start - line) >> 6) * BLOCK_ENTRY_BYTES
  const next = block + BLOCK_ENTRY_BYTES
  return (load<u64>(block, BLOCK_STOPS) >>> bit) | ((load<u64>(next, BLOCK_STOPS) << 1) << (63 - bit))
}

// @ts-expect-error: decorator
@inline
function stopsAt(at: usize): v128 {
  const v = v128.load(at)
  return v128.or(i8x16.eq(v, i8x16.splat(QUOTE)), i8x16.eq(v, i8x16.splat(BACKSLASH)))
}

/** The closing quote of the string that has its first quote or backslash at `start`. */
export function escapedEnd(start: usize): usize {
  let at = start
  while (load<u8>(at) === BACKSLASH) at = stringEnd(at + 2)
  return at
}

/** The first byte behind the number or literal at `start`. */
export function scalarEnd(start: usize): usize {
  let at = start
  while (true) {
    const stops = i8x16.bitmask(scalarEnds(v128.load(at)))
    if (stops !== 0) return at + ctz(stops)
    at += 16
  }
}

/** How many containers are open before the byte at `at`. */
// @ts-expect-error: decorator
@inline
export function depthAt(line: usize, at: usize): i32 {
  const block = BLOCKS + ((at - line) >> 6) * BLOCK_ENTRY_BYTES
  const below = (u64(1) << ((at - line) & 63)) - 1
  return load<i32>(block, BLOCK_DEPTH) + i32(popcnt(load<u64>(block) & below)) - i32(popcnt(load<u64>(block, BLOCK_CLOSES) & below))
}

/** The first byte behind the container that opens at `open`. */
export function containerEnd(line: usize, open: usize): usize {
  const depth = depthAt(line, open)
  let block = BLOCKS + ((open - line) >> 6) * BLOCK_ENTRY_BYTES
  let at = open - ((open - line) & 63)
  let closes = load<u64>(block, BLOCK_CLOSES) & ~((u64(2) << ((open - line) & 63)) - 1)
  while (true) {
    const before = load<i32>(block, BLOCK_DEPTH)
    if (before - i32(popcnt(load<u64>(block, BLOCK_CLOSES))) <= depth) {
      const opens = load<u64>(block)
      const all = load<u64>(block, BLOCK_CLOSES)
      while (closes !== 0) {
        const upTo = closes ^ (closes - 1)
        if (before + i32(popcnt(opens & upTo)) - i32(popcnt(all & upTo)) === depth) return at + usize(ctz(closes)) + 1
        closes &= closes - 1
      }
    }
    block += BLOCK_ENTRY_BYTES
    at += 64
    closes = load<u64>(block, BLOCK_CLOSES)
  }
}
