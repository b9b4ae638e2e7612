import type { Side } from './row-counts.ts'
import type { Surplus } from './surplus.ts'

export type CauseCode = 'DUPLICATE' | 'TIMESTAMP_ZONE' | 'TIMESTAMP_EMPTY' | 'ID_NULL_LIKE'

/** Why rows differ, as far as the rows say it. */
export interface Cause {
  readonly code: CauseCode
  /** Rows only in A that it explains, and rows only in B. */
  readonly a: number
  readonly b: number
  /** Of TIMESTAMP_ZONE: by how many seconds B is later than A, the most frequent first. */
  readonly shifts?: readonly { readonly seconds: number; readonly rows: number }[]
}

/** Columns that hold a moment or a day, by their names: `TIMESTAMP`, `timestamp_s`, `event_time`, `dt`. */
export function timeColumns(names: readonly string[]): number[] {
  return places(names, /timestamp|(^|_)(time|date|dt|ts)($|_)|[a-z](Time|Date)$/i)
}

function idColumns(names: readonly string[]): number[] {
  return places(names, /(^|_)id$/i).concat(places(names, /[a-z]I[dD]$/))
}

function places(names: readonly string[], pattern: RegExp): number[] {
  return names.flatMap((name, n) => (pattern.test(name) ? [n] : []))
}

/**
 * Finds causes among rows that are grouped by all columns but those of time. A row has one cause at most, the first of these that holds:
 *
 * - DUPLICATE: the other input has the row too, less often.
 * - TIMESTAMP_ZONE: the other input has it with a numeric timestamp that is some quarter hours away, up to 26 hours.
 * - TIMESTAMP_EMPTY: a column of time is empty; and so for as many rows of the other input that are like it but for the time.
 * - ID_NULL_LIKE: a column of ids is empty, `null` or `[object Object]`.
 */
export class Causes {
  readonly #times: readonly number[]
  readonly #ids: readonly number[]
  readonly #counts = new Map<CauseCode, [number, number]>()
  readonly #shifts = new Map<number, number>()

  constructor(names: readonly string[]) {
    this.#times = timeColumns(names)
    this.#ids = idColumns(names)
  }

  /** Takes groups; the more come together, the surer it tells which of several shifts there was. */
  take(groups: readonly (readonly Surplus[])[]): void {
    const open = groups.map((group) => group.filter((row) => !this.#takeDuplicate(row)).map(openRow))
    const votes = new Map<number, number>()
    const pairs = open.map((group) => this.#momentsOf(group))
    for (const { a, b } of pairs) {
      eachShift(a, b, (shift, rows) => votes.set(shift, (votes.get(shift) ?? 0) + rows))
    }
    const byVotes = [...votes].sort(([x, m], [y, n]) => n - m || Math.abs(x) - Math.abs(y) || y - x).map(([of]) => of)
    for (const { a, b } of pairs) this.#takeShifted(a, b, byVotes)
    for (const group of open) this.#takeSingle(group)
  }

  get found(): Cause[] {
    const shifts = [...this.#shifts]
      .map(([seconds, rows]) => ({ seconds, rows }))
      .sort((x, y) => y.rows - x.rows || x.seconds - y.seconds)
    return CODES.flatMap((code) => {
      const [a, b] = this.#counts.get(code) ?? [0, 0]
      return a + b === 0 ? [] : [{ code, a, b, ...(code === 'TIMESTAMP_ZONE' ? { shifts } : {}) }]
    })
  }

  #takeDuplicate({ isInBoth, side, times }: Surplus): boolean {
    if (isInBoth) this.#count('DUPLICATE', side, times)
    return isInBoth
  }

  #takeShifted(a: Moments, b: Moments, shifts: readonly number[]): void {
    if (a.size === 0 || b.size === 0) return
    for (const shift of shifts) {
      for (const [moment, row] of a) {
        const other = b.get(moment + shift)
        const rows = Math.min(row.left, other?.left ?? 0)
        if (other === undefined || rows === 0) continue
        row.left -= rows
        other.left -= rows
        this.#count('TIMESTAMP_ZONE', 0, rows)
        this.#count('TIMESTAMP_ZONE', 1, rows)
        this.#shifts.set(shift, (this.#shifts.get(shift) ?? 0) + rows)
      }
    }
  }

  #takeSingle(group: readonly OpenRow[]): void {
    const isEmpty = ({ texts }: OpenRow) => this.#times.some((column) => texts[column] === '')
    const [empty, dated] = [group.filter(isEmpty), group.filter((row) => !isEmpty(row))]
    for (const row of empty) {
      this.#count('TIMESTAMP_EMPTY', row.side, row.left)
      for (const other of dated) {
        const rows = other.side === row.side ? 0 : Math.min(row.left, other.left)
        row.left -= rows
        other.left -= rows
        this.#count('TIMESTAMP_EMPTY', other.side, rows)
      }
    }
    for (const { texts, side, left } of dated) {
      if (this.#ids.some((column) => NULL_LIKE.has(texts[column]))) this.#count('ID_NULL_LIKE', side, left)
    }
  }

  /** The rows of a group by their moments in seconds, those that have one in a column that holds numbers. */
  #momentsOf(group: readonly OpenRow[]): { readonly a: Moments; readonly b: Moments } {
    const moments = [new Map<number, OpenRow>(), new Map<number, OpenRow>()] as const
    const numeric = this.#times.find((column) => group.some(({ texts }) => /^\d{9,16}$/.test(texts[column])))
    for (const row of numeric === undefined ? [] : group) {
      const seconds = secondsOf(row.texts[numeric as number])
      if (seconds !== undefined && !moments[row.side].has(seconds)) moments[row.side].set(seconds, row)
    }
    return { a: moments[0], b: moments[1] }
  }

  #count(code: CauseCode, side: Side, rows: number): void {
    const counts = this.#counts.get(code) ?? [0, 0]
    counts[side] += rows
    this.#counts.set(code, counts)
  }
}

interface OpenRow {
  readonly side: Side
  readonly texts: readonly string[]
  /** Of its times, those that have no cause yet. */
  left: number
}

type Moments = ReadonlyMap<number, OpenRow>

function openRow({ side, times, texts }: Surplus): OpenRow {
  return { side, texts, left: times }
}

function eachShift(a: Moments, b: Moments, found: (shift: number, rows: number) => void): void {
  if (a.size === 0 || b.size === 0) return
  for (const [moment, row] of a) {
    for (let shift = -SHIFT_MAX; shift <= SHIFT_MAX; shift += QUARTER_HOUR) {
      const other = shift === 0 ? undefined : b.get(moment + shift)
      if (other !== undefined) found(shift, Math.min(row.left, other.left))
    }
  }
}

/** Of seconds, or of milliseconds with twelve digits or more. */
function secondsOf(text: string): number | undefined {
  if (!/^-?\d{1,16}$/.test(text)) return undefined
  return text.length >= MILLIS_DIGITS ? Number(text) / 1000 : Number(text)
}

const CODES = ['DUPLICATE', 'TIMESTAMP_ZONE', 'TIMESTAMP_EMPTY', 'ID_NULL_LIKE'] as const
const NULL_LIKE: ReadonlySet<string> = new Set(['', 'null', '[object Object]'])
const QUARTER_HOUR = 900
/** From one end of the world's time zones to the other. */
const SHIFT_MAX = 26 * 3600
const MILLIS_DIGITS = 12
