/** Row numbers in any order; -1 makes a null. */
export type Rows = Int32Array

/** The runs of the rows, where there are any worth copying as one: see `runsOf`. */
export type Runs = Int32Array | undefined

/**
 * Where runs of neighbours begin among row numbers, and behind the last of them how many there are. Undefined when the runs are so short that
 * copying row by row is as fast, or when a number is less than zero.
 */
export function runsOf(rows: Rows): Runs {
  const runsMax = Math.floor(rows.length / RUN_ROWS)
  const runs = new Int32Array(runsMax + 1)
  let count = 0
  let next = 0
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i]
    if (i === 0 || row !== next) {
      if (count === runsMax || row < 0) return undefined
      runs[count++] = i
    }
    next = row + 1
  }
  runs[count] = rows.length
  return runs.subarray(0, count + 1)
}

/** Rows of a run, on average. Measured: with half as many, numbers and texts are copied more slowly by runs than row by row. */
const RUN_ROWS = 16
