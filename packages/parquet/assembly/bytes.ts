/*
 * Bytes are looked at by words of eight, also beyond the end of a text, where what is read does not count.
 */

/** The first eight bytes as a number that is in the order of texts; what is missing is 0. */
// @ts-expect-error: decorator
@inline
export function prefixOf(at: usize, bytes: u32): u64 {
  return bytes === 0 ? 0 : bswap<u64>(bytes < 8 ? tailOf(at, bytes) : load<u64>(at))
}

/** The last bytes of a text, of which there are one to seven. */
// @ts-expect-error: decorator
@inline
export function tailOf(at: usize, bytes: u32): u64 {
  return load<u64>(at) & ((u64(1) << (u64(bytes) * 8)) - 1)
}

/** Less than 0 when the first text comes before the second, more when behind it, 0 when they are the same. */
export function compareTexts(left: usize, leftBytes: u32, right: usize, rightBytes: u32): i32 {
  const common = min(leftBytes, rightBytes)
  const same = sameBytes(left, right, left + usize(common))
  if (same < common) return i32(load<u8>(left + usize(same))) - i32(load<u8>(right + usize(same)))
  return leftBytes < rightBytes ? -1 : i32(leftBytes > rightBytes)
}

/** How many bytes are the same, of those before `end` of the first. */
// @ts-expect-error: decorator
@inline
export function sameBytes(left: usize, right: usize, end: usize): u32 {
  const start = left
  while (left + 8 <= end) {
    const different = load<u64>(left) ^ load<u64>(right)
    if (different !== 0) return u32(left - start) + u32(ctz(different) >> 3)
    left += 8
    right += 8
  }
  while (left < end && load<u8>(left) === load<u8>(right)) {
    left++
    right++
  }
  return u32(left - start)
}

/** Copies bytes, and some behind them that do not count; for few of them it is faster than `memory.copy`. */
// @ts-expect-error: decorator
@inline
export function copyWords(start: usize, bytes: u32, out: usize): usize {
  if (bytes > 256) memory.copy(out, start, bytes)
  else for (let at: usize = 0; at < usize(bytes); at += 8) store<u64>(out + at, load<u64>(start + at))
  return out + usize(bytes)
}

/** Writes a number in as many bytes as it needs, seven bits in each. */
export function putVarint(value: u32, out: usize): usize {
  for (; value >= 0x80; value >>>= 7) store<u8>(out++, u8(value | 0x80))
  store<u8>(out, u8(value))
  return out + 1
}
