import { isValid } from '@fletching/columns'
import { type Data, Int32, type List, makeData, Vector } from 'apache-arrow'
import { oneChunk } from './concat.ts'
import { takeData } from './take-data.ts'

/** A row for each item of lists. */
export interface Exploded {
  /** The row that each item comes from, ascending: `take` repeats other columns by it. */
  readonly rows: Int32Array
  readonly items: Vector
  /** The place of each item in its list, from 0. */
  readonly positions: Vector<Int32>
}

/**
 * Makes a row of each item of each list.
 *
 * - Shape: as many rows as there are items, in one chunk; with `outer` one more for each list that is null or empty.
 * - Nulls: an item that is null stays null; so are item and position of a row that `outer` adds.
 * - Memory: copies the items.
 * - Order: that of the lists, and of the items in them.
 * - Source: PySpark `posexplode`, `posexplode_outer`.
 *
 * @example
 * ```ts
 * const lists = vectorFromArray([['a', 'b'], [], null], new List(new Field('item', new Utf8(), true)))
 * const { rows, items } = explode(lists, { outer: true })
 * assert.deepEqual([[...rows], [...items]], [[0, 0, 1, 2], ['a', 'b', null, null]])
 * ```
 */
export function explode(column: Vector<List>, { outer }: { readonly outer: boolean }): Exploded {
  const lists = oneChunk(column)
  const counts = itemCounts(lists)
  let length = 0
  for (let row = 0; row < counts.length; row++) length += outer ? Math.max(counts[row], 1) : counts[row]
  const rows = new Int32Array(length)
  const places = new Int32Array(length).fill(-1)
  const positions = new Int32Array(length)
  let at = 0
  for (let row = 0; row < counts.length; row++) {
    for (let item = 0; item < counts[row]; item++, at++) {
      rows[at] = row
      places[at] = lists.valueOffsets[row] + item
      positions[at] = item
    }
    if (outer && counts[row] === 0) rows[at++] = row
  }
  return {
    rows,
    items: new Vector([takeData(lists.children[0], places)]),
    positions: new Vector([takeData(makeData({ type: new Int32(), data: positions }), whereItem(places))]),
  }
}

/** What lies under a null list does not count. */
function itemCounts(lists: Data<List>): Int32Array {
  const counts = new Int32Array(lists.length)
  for (let row = 0; row < counts.length; row++) {
    if (isValid(lists, row)) counts[row] = lists.valueOffsets[row + 1] - lists.valueOffsets[row]
  }
  return counts
}

/** The numbers of the rows that have an item; -1 for others. */
function whereItem(places: Int32Array): Int32Array {
  return places.map((place, row) => (place < 0 ? -1 : row))
}
