/*
 * Numbers from the bytes of their texts. What is no number shows in its bytes; a number is exact where a double and one operation on it
 * are, which nearly all numbers in data are. Of the others the readers say only that they are numbers, and the caller asks a slower rule.
 */

/**
 * The whole number that the decimal digits from `start` to `end` are, with a sign or without; NaN when they are none. Beyond 2^53 it is
 * only near, and still beyond 2^53.
 */
export function parseWhole(bytes: Uint8Array, start: number, end: number): number {
  if (start === end) return Number.NaN
  const sign = bytes[start]
  if (sign === DASH) return -parseDigits(bytes, start + 1, end)
  return parseDigits(bytes, sign === PLUS ? start + 1 : start, end)
}

/**
 * The double nearest to the decimal number from `start` to `end`, which may have a sign, a dot and an exponent; NaN when it is none, and
 * infinite when it is one, but its double is not found so.
 *
 * - Source: William Clinger, "How to Read Floating Point Numbers Accurately" (1990): one operation on doubles that are exact rounds once.
 */
export function parseDecimal(bytes: Uint8Array, start: number, end: number): number {
  const whole = start < end && (bytes[start] === DASH || bytes[start] === PLUS) ? start + 1 : start
  let at = whole
  let digits = 0
  for (; at < end && isDigit(bytes[at]); at++) digits = digits * 10 + (bytes[at] - DIGIT_0)
  let digitCount = at - whole
  let exponent = 0
  if (at < end && bytes[at] === DOT) {
    const fraction = ++at
    for (; at < end && isDigit(bytes[at]); at++) digits = digits * 10 + (bytes[at] - DIGIT_0)
    digitCount += at - fraction
    exponent = fraction - at
  }
  if (digitCount === 0) return Number.NaN
  if (at < end) {
    if (bytes[at] !== LOWER_E && bytes[at] !== UPPER_E) return Number.NaN
    exponent += parseWhole(bytes, at + 1, end)
    if (Number.isNaN(exponent)) return Number.NaN
  }
  if (digits > Number.MAX_SAFE_INTEGER || Math.abs(exponent) > EXACT_POWER_MAX) return Infinity
  const value = exponent < 0 ? digits / POWERS[-exponent] : digits * POWERS[exponent]
  return bytes[start] === DASH ? -value : value
}

/** NaN when one is no digit, or there is none. */
function parseDigits(bytes: Uint8Array, start: number, end: number): number {
  if (start === end) return Number.NaN
  let value = 0
  for (let at = start; at < end; ) {
    // All but the first are whole parts of nine.
    const next = at + ((end - at - 1) % PART_DIGITS) + 1
    const part = parsePart(bytes, at, next)
    if (part < 0) return Number.NaN
    value = value * PART + part
    at = next
  }
  return value
}

/** Of at most nine digits, which 32 bits hold; below zero when one is none. */
function parsePart(bytes: Uint8Array, start: number, end: number): number {
  let value = 0
  for (let at = start; at < end; at++) {
    const digit = bytes[at] - DIGIT_0
    if (digit >>> 0 > 9) return -1
    value = (value * 10 + digit) | 0
  }
  return value
}

function isDigit(byte: number): boolean {
  return byte >= DIGIT_0 && byte <= DIGIT_0 + 9
}

const PLUS = 0x2b
const DASH = 0x2d
const DOT = 0x2e
const DIGIT_0 = 0x30
const UPPER_E = 0x45
const LOWER_E = 0x65
const PART_DIGITS = 9
const PART = 10 ** PART_DIGITS
/** 10^22 is the last power of ten that a double holds exactly. */
const EXACT_POWER_MAX = 22
const POWERS = Float64Array.from({ length: EXACT_POWER_MAX + 1 }, (_, power) => Number(`1e${power}`))
