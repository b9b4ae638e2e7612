import { BACKSLASH, BLANK, CR, LF, QUOTE, SLASH } from './bytes'
import { hexOf } from './escape'
import { stringEnd } from './value'

/** Whether the text that was unescaped last has line breaks or other control characters. */
export let hasLineBreaks: bool = false
export let hasControls: bool = false

/**
 * Writes to `to` the text of the valid string from `start` to `end`, and up to 15 bytes behind it. Half surrogate pairs are left to JavaScript.
 *
 * @returns where the text ends, or 0 when it is left.
 */
export function unescape(start: usize, end: usize, to: usize): usize {
  let from = start
  let at = to
  hasLineBreaks = false
  hasControls = false
  while (true) {
    const stop = stringEnd(from)
    for (let i: usize = 0; from + i < stop; i += 16) v128.store(at + i, v128.load(from + i))
    at += stop - from
    if (stop === end) return at
    const byte = load<u8>(stop, 1)
    if (byte === QUOTE || byte === BACKSLASH || byte === SLASH) {
      store<u8>(at++, byte)
      from = stop + 2
      continue
    }
    let point: u32
    if (byte === LOWER_U) {
      point = pointAt(stop + 2)
      from = stop + 6
      if ((point & 0xf800) === 0xd800) {
        if (point >= 0xdc00 || load<u8>(from) !== BACKSLASH || load<u8>(from, 1) !== LOWER_U) return 0
        const low = pointAt(from + 2)
        if ((low & 0xfc00) !== 0xdc00) return 0
        point = 0x1_0000 + ((point & 0x3ff) << 10) + (low & 0x3ff)
        from += 6
      }
    } else {
      point = controlOf(byte)
      from = stop + 2
    }
    if (point < BLANK) {
      if (point === LF || point === CR) hasLineBreaks = true
      else hasControls = true
    }
    at = putUtf8(point, at)
  }
}

/** The control character that a letter behind a backslash names. */
function controlOf(letter: u8): u32 {
  if (letter === 0x6e) return LF
  if (letter === 0x74) return 0x09
  if (letter === 0x72) return CR
  return letter === 0x62 ? 0x08 : 0x0c
}

/** The number that four hexadecimal digits are. */
// @ts-expect-error: decorator
@inline
function pointAt(at: usize): u32 {
  return (hexOf(load<u8>(at)) << 12) | (hexOf(load<u8>(at, 1)) << 8) | (hexOf(load<u8>(at, 2)) << 4) | hexOf(load<u8>(at, 3))
}

// @ts-expect-error: decorator
@inline
function putUtf8(point: u32, at: usize): usize {
  if (point < 0x80) {
    store<u8>(at, u8(point))
    return at + 1
  }
  if (point < 0x800) {
    store<u8>(at, u8(0xc0 | (point >> 6)))
    store<u8>(at, u8(0x80 | (point & 0x3f)), 1)
    return at + 2
  }
  if (point >= 0x1_0000) {
    store<u8>(at, u8(0xf0 | (point >> 18)))
    store<u8>(at, u8(0x80 | ((point >> 12) & 0x3f)), 1)
    store<u8>(at, u8(0x80 | ((point >> 6) & 0x3f)), 2)
    store<u8>(at, u8(0x80 | (point & 0x3f)), 3)
    return at + 4
  }
  store<u8>(at, u8(0xe0 | (point >> 12)))
  store<u8>(at, u8(0x80 | ((point >> 6) & 0x3f)), 1)
  store<u8>(at, u8(0x80 | (point & 0x3f)), 2)
  return at + 3
}

const LOWER_U: u8 = 0x75
