import { DIGIT_0, MINUS } from './bytes'

/** Writes a whole number in decimal notation. */
export function putSigned(value: i64, out: usize): usize {
  if (value >= 0) return putUnsigned(u64(value), out)
  store<u8>(out, MINUS)
  // The least one is its own negative, and the right one without a sign.
  return putUnsigned(u64(-value), out + 1)
}

/** Writes a whole number without a sign. */
export function putUnsigned(value: u64, out: usize): usize {
  if (value <= u64(u32.MAX_VALUE)) {
    const low = u32(value)
    return putDigits(low, digitsIn(low), out)
  }
  const high = value / 100_000_000
  return putDigits(u32(value - high * 100_000_000), 8, putUnsigned(high, out))
}

/** Writes so many digits of a number, with zeros in front. */
export function putDigits(value: u32, count: u32, out: usize): usize {
  let rest = value
  let at = out + usize(count)
  while (at >= out + 2) {
    at -= 2
    const high = rest / 100
    putPair(rest - high * 100, at)
    rest = high
  }
  if (at > out) store<u8>(out, DIGIT_0 + u8(rest))
  return out + usize(count)
}

/** Writes a number below 100 as two digits. */
// @ts-expect-error: decorator
@inline
export function putPair(value: u32, out: usize): void {
  const tens = value / 10
  store<u16>(out, u16(0x3030 | tens | ((value - tens * 10) << 8)))
}

function digitsIn(value: u32): u32 {
  let digits: u32 = 1
  for (let bound: u64 = 10; u64(value) >= bound; bound *= 10) digits++
  return digits
}
