import type { ExplodeStep, FilterStep } from '@fletching/plan'
import type { RowCounts } from './accounting.ts'
import { countFiltered, linesLeft } from './counted-rows.ts'
import { explodeRows } from './exploder.ts'
import { type Meter, metered, operatorName } from './meter.ts'
import { applyFilter, type Rows } from './operators.ts'

/** Filters of a plan; each line that one of them drops is counted for its object. */
export type Filters = (rows: Rows, counts: readonly RowCounts[]) => Rows

/** - `before`: how many filters of the plan stand before them. */
export function openFilters(steps: readonly FilterStep[], before: number, meter: Meter | undefined): Filters {
  const filters = steps.map((step, number) => {
    const operator = operatorName.filter(before + number)
    const apply = metered(meter, operator, (rows: Rows) => applyFilter(rows, step), passed)
    return { reason: step.reason, operator, apply }
  })
  return (rows, counts) => {
    let kept = rows
    for (const { reason, operator, apply } of filters) {
      const after = apply(kept)
      countFiltered(reason, kept, after, counts)
      if (after.lines !== undefined) countLines(meter, operator, kept, after)
      kept = after
    }
    return kept
  }
}

/** Makes rows of the items of a list; a line without any is counted for its object, unless it stays. */
export function openExplode(step: ExplodeStep, meter: Meter | undefined): Filters {
  const apply = metered(meter, operatorName.explode, (rows: Rows) => explodeRows(rows, step), passed)
  return (rows, counts) => {
    const made = apply(rows)
    countFiltered(step.reason, rows, made, counts)
    countLines(meter, operatorName.explode, rows, made)
    return made
  }
}

/** What a meter is told of an operator that lets rows pass. */
export function passed(before: Rows, after: Rows) {
  return { rowsIn: before.batch.numRows, rowsOut: after.batch.numRows }
}

function countLines(meter: Meter | undefined, operator: string, before: Rows, after: Rows): void {
  if (meter === undefined) return
  meter.count(operatorName.lines(operator), { rowsIn: linesLeft(before), rowsOut: linesLeft(after) })
}
