/*
 * Notes where the values of a list's items stand, in slots of the list's own. The line is known to be valid, and to have nothing but spaces between
 * its tokens; so this walks from token to token, and compares the keys of objects in which something is wanted.
 */
import { BACKSLASH, BLANK, CLOSE_BRACE, COLON, COMMA, OPEN_BRACE, QUOTE } from './bytes'
import { isText } from './keys'
import {
  FIELD_BELOW,
  FIELD_BYTES,
  FIELD_LENGTH,
  FIELD_SLOT,
  FIELD_SLOTS_END,
  FIELD_TEXT,
  ITEMS_OBJECT,
  ITEMS_SLOTS,
  ITEMS_SLOTS_END,
  OBJECT_COUNT,
  OBJECT_FIELDS,
} from './plan'
import { ARRAY, escapedEnd, OBJECT, SLOT_BYTES, SLOT_END, SLOT_START, scalarEnd, scalarKind, stringEnd, stringKind } from './value'

/** The first byte from `start` on that is none of those between values. */
export function pastMarks(start: usize): usize {
  let at = start
  let byte = load<u8>(at)
  while (byte === BLANK || byte === COMMA || byte === COLON) byte = load<u8>(++at)
  return at
}

/**
 * Fills the slots of a list with the item that begins at `at`.
 *
 * @returns the first byte behind it, or 0 when it is left to JavaScript: a key has escapes.
 */
export function noteItem(items: usize, at: usize): usize {
  return noteValue(at, load<u32>(items, ITEMS_SLOTS), load<u32>(items, ITEMS_SLOTS_END), load<u32>(items, ITEMS_OBJECT))
}

/** Fills a slot, and those below it up to `slotsEnd`, in place of all that an earlier value left. `object` tells what is wanted below. */
function noteValue(at: usize, slot: usize, slotsEnd: usize, object: usize): usize {
  for (let below = slot; below < slotsEnd; below += SLOT_BYTES) store<u32>(below, 0)
  const byte = load<u8>(at)
  let kind: u32
  let start = at
  let end: usize
  let past: usize
  if (byte === QUOTE) {
    start = at + 1
    end = stringEnd(start)
    kind = stringKind(end)
    end = escapedEnd(end)
    past = end + 1
  } else if ((byte | 0x20) === OPEN_BRACE) {
    kind = byte === OPEN_BRACE ? OBJECT : ARRAY
    end = kind === OBJECT && object !== 0 ? noteFields(at, object) : pastContainer(at)
    if (end === 0) return 0
    past = end
  } else {
    kind = scalarKind(byte)
    end = scalarEnd(at)
    past = end
  }
  store<u32>(slot, kind)
  store<u32>(slot, u32(start), SLOT_START)
  store<u32>(slot, u32(end), SLOT_END)
  return past
}

/** Fills the slots of the wanted fields of an object. Keys mostly come in one order: that behind the last is tried first. */
function noteFields(open: usize, object: usize): usize {
  const first = object + OBJECT_FIELDS
  const end = first + usize(load<u32>(object, OBJECT_COUNT)) * FIELD_BYTES
  let next = first
  let at = pastMarks(open + 1)
  while (load<u8>(at) !== CLOSE_BRACE) {
    const close = stringEnd(at + 1)
    if (load<u8>(close) === BACKSLASH) return 0
    const field = fieldOf(first, end, next, at, u32(close + 1 - at))
    at = pastMarks(close + 1)
    if (field === 0) at = pastValue(at)
    else {
      at = noteValue(at, load<u32>(field, FIELD_SLOT), load<u32>(field, FIELD_SLOTS_END), load<u32>(field, FIELD_BELOW))
      if (at === 0) return 0
      next = field + FIELD_BYTES
    }
    at = pastMarks(at)
  }
  return at + 1
}

/** The field whose key stands at `at`, with both quotes, or 0; looked for from `next` on, and then before it. */
function fieldOf(first: usize, end: usize, next: usize, at: usize, length: u32): usize {
  for (let field = next; field < end; field += FIELD_BYTES) if (isField(field, at, length)) return field
  for (let field = first; field < next; field += FIELD_BYTES) if (isField(field, at, length)) return field
  return 0
}

// @ts-expect-error: decorator
@inline
function isField(field: usize, at: usize, length: u32): bool {
  return load<u32>(field, FIELD_LENGTH) === length && isText(at, load<u32>(field, FIELD_TEXT), length)
}

/** The first byte behind a value. */
function pastValue(at: usize): usize {
  const byte = load<u8>(at)
  if (byte === QUOTE) return escapedEnd(stringEnd(at + 1)) + 1
  return (byte | 0x20) === OPEN_BRACE ? pastContainer(at) : scalarEnd(at)
}

/** The first byte behind an object or an array. */
export function pastContainer(open: usize): usize {
  let at = open
  let depth = 0
  while (true) {
    const v = v128.load(at)
    const folded = v128.or(v, i8x16.splat(0x20))
    const brackets = v128.or(i8x16.eq(folded, i8x16.splat(OPEN_BRACE)), i8x16.eq(folded, i8x16.splat(CLOSE_BRACE)))
    const stops = i8x16.bitmask(v128.or(i8x16.eq(v, i8x16.splat(QUOTE)), brackets))
    if (stops === 0) {
      at += 16
      continue
    }
    at += ctz(stops)
    const byte = load<u8>(at)
    if (byte === QUOTE) at = escapedEnd(stringEnd(at + 1))
    else if ((byte | 0x20) === OPEN_BRACE) depth++
    else if (--depth === 0) return at + 1
    at++
  }
}
