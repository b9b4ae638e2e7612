import { internal } from '@fletching/columns/errors'

/** Rows of a chunk, of which there is at least one: ascending pairs of a first row and the one behind the last. */
export interface Ranges {
  readonly pairs: Int32Array
  readonly first: number
  /** The row behind the last of them all. */
  readonly end: number
  /** How many rows they are. */
  readonly count: number
}

/**
 * Undefined for none.
 *
 * - `rows`: how many the chunk has; all are meant where there are no pairs.
 * - Errors: internal for pairs that are not rows of the chunk in their order.
 */
export function openRanges(rows: number, pairs: Int32Array = Int32Array.of(0, rows)): Ranges | undefined {
  let count = 0
  let before = 0
  for (let at = 0; at < pairs.length; at += 2) {
    const first = pairs[at]
    const end = pairs[at + 1]
    if (!(before <= first && first <= end && end <= rows))
      throw internal(`rows ${first} to ${end} of ${rows} were given behind row ${before}`)
    count += end - first
    before = end
  }
  return count === 0 ? undefined : { pairs, first: pairs[0], end: before, count }
}
