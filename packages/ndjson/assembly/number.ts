import { DIGIT_0, DOT, MINUS } from './bytes'

/*
 * Numbers that are valid JSON, in the forms that need no more than the arithmetic of the machine.
 */

/** Whether it is a whole number of so few digits that it fits 64 bits whatever they are. */
export function isWhole(start: usize, end: usize): bool {
  const first = start + usize(load<u8>(start) === MINUS)
  if (end - first > 18) return false
  for (let at = first; at < end; at++) if (u8(load<u8>(at) - DIGIT_0) > 9) return false
  return true
}

export function wholeAt(start: usize, end: usize): i64 {
  const isNegative = load<u8>(start) === MINUS
  let value: i64 = 0
  for (let at = start + usize(isNegative); at < end; at++) value = value * 10 + i64(load<u8>(at) - DIGIT_0)
  return isNegative ? -value : value
}

/**
 * Whether it is a number without an exponent, of so few digits that they are exact in a double, as is the power of ten of its fraction: their
 * quotient is then the nearest double.
 *
 * - Source: William Clinger, "How to Read Floating Point Numbers Accurately" (1990).
 */
export function isReal(start: usize, end: usize): bool {
  if (end - start > 15) return false
  for (let at = start; at < end; at++) {
    const byte = load<u8>(at)
    if (u8(byte - DIGIT_0) > 9 && byte !== DOT && byte !== MINUS) return false
  }
  return true
}

export function realAt(start: usize, end: usize): f64 {
  let value: f64 = 0
  let scale: f64 = 1
  let isFraction = false
  for (let at = start; at < end; at++) {
    const byte = load<u8>(at)
    if (byte === DOT) isFraction = true
    else if (byte !== MINUS) {
      value = value * 10 + f64(byte - DIGIT_0)
      if (isFraction) scale *= 10
    }
  }
  const magnitude = value / scale
  return load<u8>(start) === MINUS ? -magnitude : magnitude
}
