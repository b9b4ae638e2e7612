import { dataError } from '@fletching/columns/errors'
import { plural } from '@fletching/columns/plural'
import { type Accounting, sum, type Tally } from './accounting.ts'
import type { Reject } from './morsel.ts'
import type { RunOptions } from './options.ts'

/** Lines of which there may be a limit. */
export interface LineKind {
  readonly are: string
  readonly code: string
  readonly option: string
  max(options: RunOptions): RunOptions['malformedMax']
  tallies(accounting: Accounting): readonly Tally[]
}

export const malformedLines: LineKind = {
  are: 'malformed',
  code: 'TOO_MANY_MALFORMED',
  option: '--max-malformed',
  max: ({ malformedMax }) => malformedMax,
  tallies: ({ malformed }) => [malformed],
}

export const rejectedLines: LineKind = {
  are: 'malformed or set aside',
  code: 'TOO_MANY_REJECTS',
  option: '--max-rejects',
  max: ({ rejectsMax }) => rejectsMax,
  tallies: ({ malformed, setAside }) => [malformed, setAside],
}

/**
 * Counts lines of a kind while they are read.
 *
 * Of limits in percent only 0% is one in lines. No share of the lines so far says what that of all will be, and of the lines to come nothing is known
 * but that each has a byte, of which an archive may hold a thousand in one.
 */
export class LineLimit {
  readonly #kind: LineKind
  readonly #max: number
  #count = 0

  constructor(kind: LineKind, options: RunOptions) {
    const max = kind.max(options)
    this.#kind = kind
    this.#max = max === undefined ? Number.POSITIVE_INFINITY : linesAllowed(max)
  }

  /**
   * More of them have come; their numbers are those of their objects once so many are added.
   *
   * - Errors: TOO_MANY_MALFORMED and TOO_MANY_REJECTS (data), with the line that is one too many.
   */
  add(lines: readonly Reject[], linesBefore: number): void {
    const first = this.#max - this.#count
    this.#count += lines.length
    if (this.#count <= this.#max) return
    const { object, line } = lines[first]
    throw tooMany(this.#kind, `more than ${this.#max} ${plural(this.#max, 'line is', 'lines are')} ${this.#kind.are}`, [
      `${object} line ${line + linesBefore}, the first beyond the limit`,
    ])
  }
}

function linesAllowed(max: NonNullable<RunOptions['malformedMax']>): number {
  if ('lines' in max) return max.lines
  return max.percent === 0 ? 0 : Number.POSITIVE_INFINITY
}

/**
 * Holds lines of a kind against a limit in percent of all lines, once all are known.
 *
 * - Errors: TOO_MANY_MALFORMED and TOO_MANY_REJECTS (data).
 */
export function assertShare(kind: LineKind, accounting: Accounting, options: RunOptions): void {
  const max = kind.max(options)
  if (max === undefined || !('percent' in max)) return
  const { lines } = accounting
  const tallies = kind.tallies(accounting)
  const count = tallies.reduce((all, tally) => all + sum(tally), 0)
  // In doubles, 0.57% of 10,000 is a little less than 57.
  if (count <= Number(((max.percent * lines) / 100).toPrecision(12))) return
  const codes = tallies.flatMap((tally) => Object.entries(tally)).map(([code, times]) => `${times} ${code}`)
  throw tooMany(
    kind,
    `${count} of ${lines} ${plural(lines, 'line is', 'lines are')} ${kind.are}, more than ${max.percent}%`,
    codes,
  )
}

function tooMany({ code, option }: LineKind, what: string, at: string[]) {
  return dataError(code, what, { at, help: `nothing was written; mend the producer, or raise ${option}` })
}
