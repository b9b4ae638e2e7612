import { internal } from '@fletching/columns/errors'
import type { Unfit } from '@fletching/ndjson'
import { addTo, type RowCounts } from './accounting.ts'
import type { Rows } from './operators.ts'

/*
 * Rows, and the lines that they are of, counted for each object of a batch. Behind an explode a line may have several rows, and is lost with the
 * last of them.
 */

/** Counts the lines that a filter has dropped under its reason, and behind an explode its rows. */
export function countFiltered(reason: string, before: Rows, after: Rows, counts: readonly RowCounts[]): void {
  for (const [at, count] of lostLines(before, after)) addTo(counts[at].filtered, reason, count)
  countDropped(reason, before, after, counts)
}

/** For each object that lost lines, its place among those of the batch, and how many they are. */
export function lostLines(before: Rows, after: Rows): [number, number][] {
  return lost(lineCounts(before), lineCounts(after))
}

/** Counts rows that were dropped behind an explode. */
export function countDropped(reason: string, before: Rows, after: Rows, counts: readonly RowCounts[]): void {
  if (before.lines === undefined) return
  for (const [at, count] of lost(rowCounts(before), rowCounts(after))) {
    const { dropped } = counts[at]
    if (dropped === undefined) throw internal('rows were dropped behind an explode that the plan does not have')
    addTo(dropped, reason, count)
  }
}

/** Counts what came out. */
export function countRows(rows: Rows, counts: readonly RowCounts[]): void {
  const made = rowCounts(rows)
  for (const [at, count] of lineCounts(rows).entries()) {
    // Behind the last object there may be none that goes on.
    if (count === 0) continue
    counts[at].rows += count
    if (counts[at].exploded !== undefined) counts[at].exploded += made[at] - count
  }
}

/** How many lines have a row left. */
export function linesLeft(rows: Rows): number {
  return lineCounts(rows).reduce((sum, count) => sum + count, 0)
}

/** What does not fit in a line is said of each of its rows, and counts once. */
export function onceALine({ unfit, lines }: Rows): readonly Unfit[] {
  if (lines === undefined) return unfit
  return unfit.filter(({ row }, index) => index === 0 || lines[row] !== lines[unfit[index - 1].row])
}

function lost(before: readonly number[], after: readonly number[]): [number, number][] {
  return before.flatMap((count, at) => (count > after[at] ? [[at, count - after[at]]] : []))
}

/** How many rows of the batch each object has, the last of which goes on in the next batch. */
function rowCounts({ batch, objectEnds }: Rows): number[] {
  return [...objectEnds, batch.numRows].map((end, at) => end - (at === 0 ? 0 : objectEnds[at - 1]))
}

/** How many lines of each object have a row left. */
function lineCounts({ lines, ...rows }: Rows): number[] {
  const counts = rowCounts(rows)
  if (lines === undefined) return counts
  let row = 0
  return counts.map((count) => {
    let found = 0
    for (const end = row + count; row < end; row++) if (row === 0 || lines[row] !== lines[row - 1]) found++
    return found
  })
}
