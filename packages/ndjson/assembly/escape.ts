import { BACKSLASH, DIGIT_0, QUOTE, SLASH } from './bytes'

/** Whether the backslash at `at` begins an escape of JSON. */
export function isEscape(at: usize): bool {
  const byte = load<u8>(at, 1)
  if (byte === 0x75)
    return isHex(load<u8>(at, 2)) && isHex(load<u8>(at, 3)) && isHex(load<u8>(at, 4)) && isHex(load<u8>(at, 5))
  return (
    byte === QUOTE ||
    byte === BACKSLASH ||
    byte === SLASH ||
    byte === 0x62 ||
    byte === 0x66 ||
    byte === 0x6e ||
    byte === 0x72 ||
    byte === 0x74
  )
}

/** The number of a hexadecimal digit. */
// @ts-expect-error: decorator
@inline
export function hexOf(digit: u8): u32 {
  return (u32(digit) & 0xf) + (u32(digit) >>> 6) * 9
}

function isHex(byte: u8): bool {
  return u8(byte - DIGIT_0) < 10 || u8((byte | 0x20) - 0x61) < 6
}
