/*
 * Rows that make a whole batch are copied once: an empty builder takes a copy of just their size for its array, and gives that away when it ends.
 */

/** Whether values that come at `at` are the first, and nearly as many as there is room for. */
export function fillsArray(at: number, count: number, array: { readonly length: number }): boolean {
  return at === 0 && 2 * count > array.length
}

/** The first values of an array, in memory of their own: the array itself when there are no others, which its owner must not use again then. */
export function firstOf<A extends { readonly length: number; slice(start: number, end: number): A }>(
  array: A,
  length: number,
): A {
  return length === array.length ? array : array.slice(0, length)
}
