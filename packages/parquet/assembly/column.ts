import { openBounds } from './bounds'

/*
 * The column at hand. Addresses are 0 where there is nothing.
 */

/** Bits from bit 0 on, 1 = there is a value; 0 when every row has one. */
export let validity: usize = 0
/** The values as they lie in Arrow; of texts, where each one starts, and at last where the last one ends. */
export let values: usize = 0
/** From where the starts of texts are counted. */
let texts: usize = 0
/** Of a dictionary, the number of each row's text, in 32 bits; 0 where row and text have the same number. */
export let numbers: usize = 0

/** Takes a column in hand, of which no value has been met yet. */
export function openColumn(validityAt: usize, valuesAt: usize, textsAt: usize, numbersAt: usize): void {
  validity = validityAt
  values = valuesAt
  texts = textsAt
  numbers = numbersAt
  openBounds()
}

/** Whether a bit is 1. */
// @ts-expect-error: decorator
@inline
export function isSet(bits: usize, index: u32): bool {
  return ((load<u8>(bits + usize(index >> 3)) >> u8(index & 7)) & 1) !== 0
}

/** The first row from `row` on that has a value; `to` where there is none before. */
// @ts-expect-error: decorator
@inline
export function nextValid(bits: usize, row: u32, to: u32): u32 {
  if (bits === 0) return row
  while (row < to) {
    const word = load<u64>(bits + usize(row >> 3)) >> u64(row & 7)
    if (word !== 0) return min(row + u32(ctz(word)), to)
    row += 64 - (row & 7)
  }
  return to
}

/** Whether a row has a value. */
// @ts-expect-error: decorator
@inline
export function isValid(bits: usize, row: u32): bool {
  return bits === 0 || isSet(bits, row)
}

/** The number of a row's text. */
// @ts-expect-error: decorator
@inline
export function textOf(row: u32): u32 {
  return numbers === 0 ? row : load<u32>(numbers + usize(row) * 4)
}

/** Where a text begins. */
// @ts-expect-error: decorator
@inline
export function textAt(text: u32): usize {
  return texts + usize(load<u32>(values + usize(text) * 4))
}

/** How long a text is. */
// @ts-expect-error: decorator
@inline
export function textBytes(text: u32): u32 {
  const place = values + usize(text) * 4
  return load<u32>(place, 4) - load<u32>(place)
}
