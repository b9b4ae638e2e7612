import { internal } from '@fletching/columns/errors'

/** How often each thing happened, by its name. Made by `newTally`, since a name may be `__proto__`. */
export type Tally = Record<string, number>

export function newTally(): Tally {
  return Object.create(null) as Tally
}

/**
 * What became of the lines of one object, or of all of them. The words are those of the documentation: a line is a source
 * row, filtered (by reason), a duplicate, set aside (by code), malformed (by code), or blank.
 */
export interface Accounting {
  lines: number
  rows: number
  filtered: Tally
  duplicates: number
  setAside: Tally
  malformed: Tally
  blank: number
  /** Of a plan that explodes: the rows that came out beside the first of each line. `rows` counts lines of which one came out. */
  exploded?: number
  /** Of such a plan: the rows that were dropped behind the explode, by reason, also those of lines of which another row came out. */
  dropped?: Tally
}

/** What became of the rows that a scan let pass. */
export type RowCounts = Pick<Accounting, 'rows' | 'filtered' | 'duplicates' | 'setAside' | 'exploded' | 'dropped'>

/** - `explodes`: whether the plan does. */
export function newRowCounts(explodes: boolean): RowCounts {
  const counts = { rows: 0, filtered: newTally(), duplicates: 0, setAside: newTally() }
  return explodes ? { ...counts, exploded: 0, dropped: newTally() } : counts
}

/** How many rows came out. */
export function rowsOut({ rows, exploded = 0 }: Pick<Accounting, 'rows' | 'exploded'>): number {
  return rows + exploded
}

export function emptyAccounting(): Accounting {
  return {
    lines: 0,
    rows: 0,
    filtered: newTally(),
    duplicates: 0,
    setAside: newTally(),
    malformed: newTally(),
    blank: 0,
  }
}

export function addAccounting(total: Accounting, part: Accounting): void {
  total.lines += part.lines
  total.rows += part.rows
  total.duplicates += part.duplicates
  total.blank += part.blank
  addTally(total.filtered, part.filtered)
  addTally(total.setAside, part.setAside)
  addTally(total.malformed, part.malformed)
  if (part.exploded === undefined || part.dropped === undefined) return
  total.exploded = (total.exploded ?? 0) + part.exploded
  total.dropped ??= newTally()
  addTally(total.dropped, part.dropped)
}

export function addTally(total: Tally, part: Readonly<Tally>): void {
  for (const [name, count] of Object.entries(part)) addTo(total, name, count)
}

export function addTo(tally: Tally, name: string, count: number): void {
  tally[name] = (tally[name] ?? 0) + count
}

export function sum(tally: Readonly<Tally>): number {
  let total = 0
  for (const count of Object.values(tally)) total += count
  return total
}

/**
 * Fails when a line is unaccounted for.
 *
 * - Errors: InternalError with every figure; it means that a row was lost or made up, and nothing may be committed.
 */
export function assertAddsUp(accounting: Accounting, place: string): void {
  const { lines, rows, duplicates, blank } = accounting
  const filtered = sum(accounting.filtered)
  const setAside = sum(accounting.setAside)
  const malformed = sum(accounting.malformed)
  if (lines === rows + filtered + duplicates + setAside + malformed + blank) return
  throw internal(
    `the lines do not add up: ${lines} lines, but ${rows} rows + ${filtered} filtered + ${duplicates} duplicates + ${setAside} set aside + ${malformed} malformed + ${blank} blank`,
    {
      at: place,
      help: 'nothing was written; please report this with the version and the job',
      details: { accounting },
    },
  )
}
