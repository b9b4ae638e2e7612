import { BACKSLASH, BLANK, QUOTE, SLASH } from './bytes'
import { hexOf } from './escape'
import { stringEnd } from './value'

/**
 * Writes to `to` the text of the valid string from `start` to `end`, and up to 15 bytes behind it. Escapes of control characters, which some columns
 * refuse and all count, and of half surrogate pairs are left to JavaScript.
 *
 * @returns where the text ends, or 0 when it is left.
 */
export function unescape(start: usize, end: usize, to: usize): usize {
  let from = start
  let at = to
  while (true) {
    const stop = stringEnd(from)
    for (let i: usize = 0; from + i < stop; i += 16) v128.store(at + i, v128.load(from + i))
    at += stop - from
    if (stop === end) return at
    const byte = load<u8>(stop, 1)
    if (byte === QUOTE || byte === BACKSLASH || byte === SLASH) {
      store<u8>(at++, byte)
      from = stop + 2
    } else {
      if (byte !== LOWER_U) return 0
      let point = pointAt(stop + 2)
      from = stop + 6
      if (point < BLANK) return 0
      if ((point & 0xf800) === 0xd800) {
        if (point >= 0xdc00 || load<u8>(from) !== BACKSLASH || load<u8>(from, 1) !== LOWER_U) return 0
        const low = pointAt(from + 2)
        if ((low & 0xfc00) !== 0xdc00) return 0
        point = 0x1_0000 + ((point & 0x3ff) << 10) + (low & 0x3ff)
        from += 6
      }
      at = putUtf8(point, at)
    }
  }
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
