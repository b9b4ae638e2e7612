import { getBit } from '@fletching/columns'
import type { Entries } from './entries.ts'
import { PAGE_ROWS_MAX, type PageValues } from './page-values.ts'

/** A page: its entries, and their slots. */
export interface PageBounds {
  readonly from: number
  readonly to: number
  readonly slotFrom: number
  readonly slotTo: number
}

/**
 * The next page behind another: as many rows as fit, and one at least. A row is never parted.
 *
 * - `slots`: how many there are in all.
 */
export function nextPage(
  entries: Entries,
  slots: number,
  values: PageValues,
  { to: from, slotTo: slotFrom }: PageBounds,
): PageBounds {
  const { repetitions, count } = entries
  const most = Math.min(count, from + PAGE_ROWS_MAX)
  if (repetitions === undefined) {
    const to = values.end(from, most)
    return { from, to, slotFrom, slotTo: to }
  }
  const whole = rowStart(repetitions, from, most)
  const slotTo = whole === count ? slots : slotBehind(entries, from, whole, slotFrom)
  const slotEnd = values.end(slotFrom, slotTo)
  if (slotEnd === slotTo) return { from, to: whole, slotFrom, slotTo }
  const to = rowStart(repetitions, from, entryOf(entries, from, slotFrom, slotEnd))
  const page = { from, to, slotFrom, slotTo: slotBehind(entries, from, to, slotFrom) }
  values.measure(page.slotFrom, page.slotTo)
  return page
}

/** The most entries that a page of these may have. */
export function pageEntriesMax({ repetitions, count }: Entries): number {
  if (repetitions === undefined || count <= PAGE_ROWS_MAX) return PAGE_ROWS_MAX
  let longest = PAGE_ROWS_MAX
  for (let start = 0, entry = 1; entry <= count; entry++) {
    if (entry < count && repetitions[entry] !== 0) continue
    longest = Math.max(longest, entry - start)
    start = entry
  }
  return longest
}

/** The last start of a row from `from` on to `entry`; where that is `from` itself, the end of its row. */
function rowStart(repetitions: Uint8Array, from: number, entry: number): number {
  let start = entry
  while (start > from && start < repetitions.length && repetitions[start] !== 0) start--
  if (start > from) return start
  start = Math.max(entry, from + 1)
  while (start < repetitions.length && repetitions[start] !== 0) start++
  return start
}

/** The slot behind those of the entries from `from` to `to`. */
function slotBehind({ definitions, level, live }: Entries, from: number, to: number, slotFrom: number): number {
  let slot = slotFrom
  for (let entry = from; entry < to; entry++) {
    if (definitions !== undefined && definitions[entry] !== level) continue
    if (live !== undefined) while (!getBit(live, slot)) slot++
    slot++
  }
  return slot
}

/** The entry of the first slot from `slotTo` on that is an entry's. */
function entryOf({ definitions, level, live }: Entries, from: number, slotFrom: number, slotTo: number): number {
  let slot = slotFrom
  for (let entry = from; ; entry++) {
    if (definitions !== undefined && definitions[entry] !== level) continue
    if (live !== undefined) while (!getBit(live, slot)) slot++
    if (slot++ >= slotTo) return entry
  }
}
