import { type DropDuplicatesStep, type FilterStep, formatExpr, formatKeys } from '@fletching/plan'
import { keyTexts, type RowPlace } from './kept-rows.ts'
import type { Undecided } from './morsel.ts'
import { applyFilter } from './operators.ts'

/** A step of a plan, and whether the event got over it. */
export interface TracedStep {
  /** In the words of the plan. */
  readonly step: string
  readonly passed: boolean
}

/** What became of an event, or of a row that one of its items made. */
export type TraceEnd =
  | { readonly kind: 'row' }
  /** With the word under which a report counts it. */
  | { readonly kind: 'filtered'; readonly reason: string }
  /** With the place of the first that is its like. */
  | { readonly kind: 'duplicate'; readonly of: RowPlace }
  /** Where the last of those that are alike is kept, with its place; a report counts it as a duplicate too. */
  | { readonly kind: 'replaced'; readonly by: RowPlace }
  | { readonly kind: 'setAside'; readonly column: string; readonly code: string }
  /** Not JSON: its bytes hold the id, and nothing more is known. */
  | { readonly kind: 'malformed'; readonly code: string; readonly message: string; readonly errorOffset: number }

/** A step that tells of single rows why they end at it. */
export interface Judge {
  readonly step: string
  /** Undefined for a row that goes on. */
  readonly endOf: (row: Undecided, place: RowPlace) => TraceEnd | undefined
}

/** How far a row got. */
export interface Passage {
  readonly steps: readonly TracedStep[]
  /** Undefined when it got over every step. */
  readonly end: TraceEnd | undefined
}

/** Sends a row over steps, up to the one at which it ends. */
export function walk(judges: readonly Judge[], row: Undecided, place: RowPlace): Passage {
  const steps: TracedStep[] = []
  for (const { step, endOf } of judges) {
    const end = endOf(row, place)
    steps.push({ step, passed: end === undefined })
    if (end !== undefined) return { steps, end }
  }
  return { steps, end: undefined }
}

export function filterJudge(filter: FilterStep): Judge {
  return {
    step: formatExpr(filter.predicate),
    endOf: (row) =>
      applyFilter(row, filter).batch.numRows === 0 ? { kind: 'filtered', reason: filter.reason } : undefined,
  }
}

/** - `kept`: the rows that are kept, by their keys. What is not known yet is the first of its like, and known from then on. */
export function duplicateJudge(step: DropDuplicatesStep, kept: Map<string, RowPlace>): Judge {
  const { keys, last } = step
  const by = last?.by === undefined ? '' : ` by ${formatExpr(last.by)}`
  return {
    step: `${last === undefined ? 'first' : `last${by}`} with its ${formatKeys(keys)}`,
    endOf: (row, place) => {
      const [key] = keyTexts(row, step)
      if (key === undefined) return undefined
      const other = kept.get(key) ?? place
      kept.set(key, other)
      if (isSame(other, place)) return undefined
      return last === undefined ? { kind: 'duplicate', of: other } : { kind: 'replaced', by: other }
    },
  }
}

/** Behind the last filter. */
export const fitJudge: Judge = {
  step: 'every value fits its column',
  endOf: ({ unfit: [unfit] }) =>
    unfit === undefined ? undefined : { kind: 'setAside', column: unfit.column, code: unfit.code },
}

function isSame(left: RowPlace, right: RowPlace): boolean {
  return left.object === right.object && left.line === right.line && left.item === right.item
}
