/** One bit for each of 64 bytes: the sign bits of four vectors. */
// @ts-expect-error: decorator
@inline
export function signs(v0: v128, v1: v128, v2: v128, v3: v128): u64 {
  const low = u32(i8x16.bitmask(v0)) | (u32(i8x16.bitmask(v1)) << 16)
  const high = u32(i8x16.bitmask(v2)) | (u32(i8x16.bitmask(v3)) << 16)
  return u64(low) | (u64(high) << 32)
}

/** The bytes that are `byte`. */
// @ts-expect-error: decorator
@inline
export function equal(v0: v128, v1: v128, v2: v128, v3: v128, byte: u8): u64 {
  const wanted = i8x16.splat(byte)
  return signs(i8x16.eq(v0, wanted), i8x16.eq(v1, wanted), i8x16.eq(v2, wanted), i8x16.eq(v3, wanted))
}

/** Bit i of the result is the sum of bits 0 to i: ones from each odd bit up to the next even one, which is left out. */
// @ts-expect-error: decorator
@inline
export function prefixXor(bits: u64): u64 {
  bits ^= bits << 1
  bits ^= bits << 2
  bits ^= bits << 4
  bits ^= bits << 8
  bits ^= bits << 16
  return bits ^ (bits << 32)
}
