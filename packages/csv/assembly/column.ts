/*
 * A column as JavaScript describes it, in words; `src/column.ts` writes them. Row 0 is the first of the slice.
 *
 *   kind        what a row holds
 *   detail      TEXT: 1 when the dialect may quote it; INTEGER, UNSIGNED, DICTIONARY: bytes of a number; MOMENT: units in a second
 *   validity    address of bits, 1 = there is a value; 0 when every row has one
 *   first       the bit of row 0 in them, and in the values of a BOOL
 *   values      address of the rows' numbers or bits; of a TEXT, where each text starts, and at last where the last one ends
 *   texts       address from which their starts are counted
 *   entries     DICTIONARY: for each entry where its text starts and how long it is; -1 for a null
 */
export const COLUMN_DETAIL: usize = 4
export const COLUMN_VALIDITY: usize = 8
export const COLUMN_FIRST: usize = 12
export const COLUMN_VALUES: usize = 16
export const COLUMN_TEXTS: usize = 20
export const COLUMN_ENTRIES: usize = 24
export const COLUMN_BYTES: usize = 32

export const TEXT: u32 = 0
export const DICTIONARY: u32 = 1
export const INTEGER: u32 = 2
export const UNSIGNED: u32 = 3
export const BOOL: u32 = 4
export const MOMENT: u32 = 5
/** DAY is 6. */

/** Whether a bit is 1. */
// @ts-expect-error: decorator
@inline
export function isSet(bits: usize, index: u32): bool {
  return ((load<u8>(bits + usize(index >> 3)) >> u8(index & 7)) & 1) !== 0
}

/** The number of a row, with its sign. */
// @ts-expect-error: decorator
@inline
export function signedAt(values: usize, width: u32, row: u32): i64 {
  const at = values + usize(row * width)
  if (width === 8) return load<i64>(at)
  if (width === 4) return i64(load<i32>(at))
  return width === 2 ? i64(load<i16>(at)) : i64(load<i8>(at))
}

/** The number of a row, which has no sign. */
// @ts-expect-error: decorator
@inline
export function unsignedAt(values: usize, width: u32, row: u32): u64 {
  const at = values + usize(row * width)
  if (width === 8) return load<u64>(at)
  if (width === 4) return u64(load<u32>(at))
  return width === 2 ? u64(load<u16>(at)) : u64(load<u8>(at))
}
