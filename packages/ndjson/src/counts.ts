/** How often each thing happened, by its name. Made by `newTally`, since a name may be `__proto__`. */
export type Tally = Record<string, number>

/** What became of the lines since the counts were last taken: the lines of one object, when they are taken after each. */
export interface LineCounts {
  /** Uncompressed. */
  bytes: number
  lines: number
  blank: number
  /** By code. */
  malformed: Tally
  /** By the reason of the step that refused the line, in the order of the steps. */
  filtered: Tally
  /** Lines that became rows of a batch, those with a value that does not fit among them. */
  rows: number
}

/** What is worth telling of all lines since it was last taken, whichever objects they are of. */
export interface Remarks {
  /** Lines that the scanner in WebAssembly left to the strict one: they were read a few times slower. */
  slowLines: number
  /** Values that were changed on their way into a row, or are worth knowing of, as `column: what`. */
  converted: Tally
  /** By reason, the refused values of the step's column. Beyond a bound, values that were not seen before are counted as `…`. */
  tallies: Record<string, Tally>
  /** How many values each tally tells apart. */
  distinct: Tally
}

export function newTally(): Tally {
  return Object.create(null) as Tally
}

export function newCounts(): LineCounts {
  return {
    bytes: 0,
    lines: 0,
    blank: 0,
    malformed: newTally(),
    filtered: newTally(),
    rows: 0,
  }
}

export function newRemarks(): Remarks {
  return {
    slowLines: 0,
    converted: newTally(),
    tallies: Object.create(null) as Record<string, Tally>,
    distinct: newTally(),
  }
}

export function addOne(tally: Tally, name: string): void {
  addMany(tally, name, 1)
}

export function addMany(tally: Tally, name: string, count: number): void {
  tally[name] = (tally[name] ?? 0) + count
}

/** The same tally in the order of its names. */
export function sortTally(tally: Tally): Tally {
  const sorted = newTally()
  for (const name of Object.keys(tally).sort()) sorted[name] = tally[name]
  return sorted
}
