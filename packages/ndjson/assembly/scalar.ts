import { BLANK, CLOSE_BRACE, COMMA, DIGIT_0, DOT, MINUS } from './bytes'

/**
 * Whether a literal or a number stands at `at` and ends where the grammar says. Whole numbers and decimals of up to 15 bytes are decided
 * by masks; what is longer or has an exponent goes byte by byte.
 *
 * Only a comma, a closing bracket or a blank ends a scalar. Were a tab or a CR taken for an end, what follows it would be looked at by
 * nobody, since the masks take both for bytes of scalars.
 */
// @ts-expect-error: decorator
@inline
export function isScalar(at: usize): bool {
  const v = v128.load(at)
  const ends = u32(i8x16.bitmask(scalarEnds(v))) | 0x1_0000
  const length = ctz(ends)
  const run = (1 << length) - 1
  const digits = u32(i8x16.bitmask(i8x16.le_u(i8x16.sub(v, i8x16.splat(DIGIT_0)), i8x16.splat(9))))
  const dots = u32(i8x16.bitmask(i8x16.eq(v, i8x16.splat(DOT)))) & run
  const minus = u32(load<u8>(at) === MINUS)
  const others = run & ~(digits | dots | minus)
  // The whole part has one digit when its first is a zero; a dot stands between digits.
  const wholeEnd = ctz(dots | (1 << length))
  const isWhole = u32(wholeEnd > minus) & (u32(wholeEnd === minus + 1) | u32(load<u8>(at + minus) !== DIGIT_0))
  const isFraction = u32(dots === 0) | (u32((dots & (dots - 1)) === 0) & u32(wholeEnd + 1 < length))
  if ((u32(others === 0) & isWhole & isFraction & u32(length < 16)) !== 0) return true
  const word = load<u32>(at)
  if (length === 4 && (word === TRUE || word === NULL)) return true
  if (length === 5 && word === FALS && load<u8>(at, 4) === 0x65) return true
  return isLongNumber(at)
}

/** Ones where `v` has a byte that ends a scalar. */
// @ts-expect-error: decorator
@inline
export function scalarEnds(v: v128): v128 {
  return v128.or(
    v128.or(i8x16.eq(v, i8x16.splat(COMMA)), i8x16.eq(v, i8x16.splat(BLANK))),
    i8x16.eq(v128.or(v, i8x16.splat(0x20)), i8x16.splat(CLOSE_BRACE)),
  )
}

function isLongNumber(start: usize): bool {
  let at = start
  if (load<u8>(at) === MINUS) at++
  if (load<u8>(at) === DIGIT_0) at++
  else {
    const from = at
    at = pastDigits(at)
    if (at === from) return false
  }
  if (load<u8>(at) === DOT) {
    const from = ++at
    at = pastDigits(at)
    if (at === from) return false
  }
  if ((load<u8>(at) | 0x20) === 0x65) {
    at++
    if (load<u8>(at) === 0x2b || load<u8>(at) === MINUS) at++
    const from = at
    at = pastDigits(at)
    if (at === from) return false
  }
  const byte = load<u8>(at)
  return byte === COMMA || byte === BLANK || (byte | 0x20) === CLOSE_BRACE
}

function pastDigits(start: usize): usize {
  let at = start
  while (u8(load<u8>(at) - DIGIT_0) < 10) at++
  return at
}

const TRUE: u32 = 0x65757274
const NULL: u32 = 0x6c6c756e
const FALS: u32 = 0x736c6166
