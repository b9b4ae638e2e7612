import { meetReal, meetWholes } from './bounds'
import { isSet, nextValid, validity, values } from './column'

/** Writes the 32-bit numbers of those rows that have one. */
export function putInts(from: u32, to: u32, out: usize): usize {
  return putWholes<i32>(from, to, out)
}

/** Writes the 64-bit numbers of those rows that have one. */
export function putLongs(from: u32, to: u32, out: usize): usize {
  return putWholes<i64>(from, to, out)
}

// @ts-expect-error: decorator
@inline
function putWholes<T>(from: u32, to: u32, out: usize): usize {
  const bits = validity
  let least: i64 = i64.MAX_VALUE
  let greatest: i64 = i64.MIN_VALUE
  for (let row = nextValid(bits, from, to); row < to; row = nextValid(bits, row + 1, to)) {
    const value = load<T>(values + usize(row) * sizeof<T>())
    least = min(least, i64(value))
    greatest = max(greatest, i64(value))
    store<T>(out, value)
    out += sizeof<T>()
  }
  meetWholes(least, greatest)
  return out
}

/** Writes the doubles of those rows that have one. */
export function putDoubles(from: u32, to: u32, out: usize): usize {
  const bits = validity
  for (let row = nextValid(bits, from, to); row < to; row = nextValid(bits, row + 1, to)) {
    const value = load<f64>(values + usize(row) * 8)
    meetReal(value)
    store<f64>(out, value)
    out += 8
  }
  return out
}

/** Writes the truths of those rows that have one, a bit each; they are met as 1 and 0. */
export function putTruths(from: u32, to: u32, out: usize): usize {
  const bits = validity
  let count: u32 = 0
  let byte: u32 = 0
  for (let row = nextValid(bits, from, to); row < to; row = nextValid(bits, row + 1, to)) {
    const truth = u32(isSet(values, row))
    meetWholes(truth, truth)
    byte |= truth << (count & 7)
    if ((++count & 7) === 0) {
      store<u8>(out++, u8(byte))
      byte = 0
    }
  }
  if ((count & 7) !== 0) store<u8>(out++, u8(byte))
  return out
}
