import { signs } from './masks'

/*
 * Keiser and Lemire, "Validating UTF-8 In Less Than One Instruction Per Byte" (2021): each error of two neighbouring bytes has a bit, three
 * tables say which errors the high half and the low half of the first byte and the high half of the second allow, and
 * their conjunction is the error. Third and fourth bytes are checked apart.
 */

/** The bytes of the block at `block` at which UTF-8 is broken. What lies before the first block of a line is not looked at. */
export function utf8Errors(block: usize, isFirst: bool): u64 {
  const v0 = v128.load(block)
  const v1 = v128.load(block, 16)
  const v2 = v128.load(block, 32)
  const v3 = v128.load(block, 48)
  let before = i8x16.splat(0)
  if (!isFirst) before = v128.load(block - 16)
  return ~signs(
    i8x16.eq(errors(before, v0), i8x16.splat(0)),
    i8x16.eq(errors(v0, v1), i8x16.splat(0)),
    i8x16.eq(errors(v1, v2), i8x16.splat(0)),
    i8x16.eq(errors(v2, v3), i8x16.splat(0)),
  )
}

// @ts-expect-error: decorator
@inline
function errors(before: v128, v: v128): v128 {
  const first = i8x16.shuffle(before, v, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30)
  const back2 = i8x16.shuffle(before, v, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29)
  const back3 = i8x16.shuffle(before, v, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28)
  const pair = v128.and(
    v128.and(
      i8x16.swizzle(firstHigh(), i8x16.shr_u(first, 4)),
      i8x16.swizzle(firstLow(), v128.and(first, i8x16.splat(0x0f))),
    ),
    i8x16.swizzle(secondHigh(), i8x16.shr_u(v, 4)),
  )
  // A third byte follows a lead from 0xE0 on, a fourth one from 0xF0 on: 0x80 is set where one is due.
  const due = v128.or(
    i8x16.sub_sat_u(back2, i8x16.splat(0x60)),
    i8x16.sub_sat_u(back3, i8x16.splat(0x70)),
  )
  return v128.xor(v128.and(due, i8x16.splat(i8(0x80))), pair)
}

const TOO_SHORT: u8 = 1
const TOO_LONG: u8 = 2
const OVERLONG_3: u8 = 4
const TOO_LARGE: u8 = 8
const SURROGATE: u8 = 16
const OVERLONG_2: u8 = 32
const TOO_LARGE_1000: u8 = 64
const OVERLONG_4: u8 = 64
const TWO_CONTINUATIONS: u8 = 128
const ANY_FIRST_LOW: u8 = TOO_SHORT | TOO_LONG | TWO_CONTINUATIONS

// @ts-expect-error: decorator
@inline
function firstHigh(): v128 {
  return i8x16(
    TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG,
    i8(TWO_CONTINUATIONS), i8(TWO_CONTINUATIONS), i8(TWO_CONTINUATIONS), i8(TWO_CONTINUATIONS),
    TOO_SHORT | OVERLONG_2,
    TOO_SHORT,
    TOO_SHORT | OVERLONG_3 | SURROGATE,
    TOO_SHORT | TOO_LARGE | TOO_LARGE_1000 | OVERLONG_4,
  )
}
// @ts-expect-error: decorator
@inline
function firstLow(): v128 {
  return i8x16(
    i8(ANY_FIRST_LOW | OVERLONG_3 | OVERLONG_2 | OVERLONG_4),
    i8(ANY_FIRST_LOW | OVERLONG_2),
    i8(ANY_FIRST_LOW),
    i8(ANY_FIRST_LOW),
    i8(ANY_FIRST_LOW | TOO_LARGE),
    i8(ANY_FIRST_LOW | TOO_LARGE | TOO_LARGE_1000),
    i8(ANY_FIRST_LOW | TOO_LARGE | TOO_LARGE_1000),
    i8(ANY_FIRST_LOW | TOO_LARGE | TOO_LARGE_1000),
    i8(ANY_FIRST_LOW | TOO_LARGE | TOO_LARGE_1000),
    i8(ANY_FIRST_LOW | TOO_LARGE | TOO_LARGE_1000),
    i8(ANY_FIRST_LOW | TOO_LARGE | TOO_LARGE_1000),
    i8(ANY_FIRST_LOW | TOO_LARGE | TOO_LARGE_1000),
    i8(ANY_FIRST_LOW | TOO_LARGE | TOO_LARGE_1000),
    i8(ANY_FIRST_LOW | TOO_LARGE | TOO_LARGE_1000 | SURROGATE),
    i8(ANY_FIRST_LOW | TOO_LARGE | TOO_LARGE_1000),
    i8(ANY_FIRST_LOW | TOO_LARGE | TOO_LARGE_1000),
  )
}
// @ts-expect-error: decorator
@inline
function secondHigh(): v128 {
  return i8x16(
    TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT,
    i8(TOO_LONG | OVERLONG_2 | TWO_CONTINUATIONS | OVERLONG_3 | TOO_LARGE_1000 | OVERLONG_4),
    i8(TOO_LONG | OVERLONG_2 | TWO_CONTINUATIONS | OVERLONG_3 | TOO_LARGE),
    i8(TOO_LONG | OVERLONG_2 | TWO_CONTINUATIONS | SURROGATE | TOO_LARGE),
    i8(TOO_LONG | OVERLONG_2 | TWO_CONTINUATIONS | SURROGATE | TOO_LARGE),
    TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT,
  )
}
