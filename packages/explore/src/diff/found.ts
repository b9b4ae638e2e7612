import { type Cause, Causes, timeColumns } from './causes.ts'
import { changesOf } from './changes.ts'
import type { ChangedRows, RowTexts } from './difference.ts'
import { type Surplus, SurplusGroups } from './surplus.ts'

export interface FoundOptions {
  readonly key?: readonly string[] | undefined
  /** So many rows of each kind are kept. */
  readonly limit: number
  readonly tmp?: string | undefined
}

/** What is found of rows that differ: they come one by one, then `finish` looks at those that belong together. */
export class Found {
  readonly only: [Tally, Tally] = [new Tally(), new Tally()]
  changed: { count: number; byColumn: Record<string, number>; first: ChangedRows['first'][number][] } | undefined
  causes: readonly Cause[] = []
  unexplained = { a: 0, b: 0 }
  readonly #columns: readonly string[]
  readonly #key: readonly string[] | undefined
  readonly #limit: number
  readonly #differing: [number, number] = [0, 0]
  readonly #byAllButTime: SurplusGroups
  readonly #byKey: SurplusGroups | undefined

  constructor(columns: readonly string[], options: FoundOptions, parts: number) {
    const { key, limit, tmp } = options
    this.#columns = columns
    this.#key = key
    this.#limit = limit
    const times = timeColumns(columns)
    const rest = columns.map((_, column) => column).filter((column) => !times.includes(column))
    this.#byAllButTime = new SurplusGroups(rest, parts, tmp)
    if (key === undefined) return
    this.#byKey = new SurplusGroups(
      key.map((name) => columns.indexOf(name)),
      parts,
      tmp,
    )
    this.changed = { count: 0, byColumn: {}, first: [] }
  }

  take(row: Surplus): void {
    this.#differing[row.side] += row.times
    this.#byAllButTime.add(row)
    if (this.#byKey === undefined) this.#takeOnly(row)
    else this.#byKey.add(row)
  }

  async settle(): Promise<void> {
    await this.#byAllButTime.settle()
    await this.#byKey?.settle()
  }

  async finish(): Promise<void> {
    const causes = new Causes(this.#columns)
    for await (const groups of this.#byAllButTime.groups()) causes.take(groups)
    this.causes = causes.found
    const explained = (side: 'a' | 'b') => this.causes.reduce((rows, cause) => rows + cause[side], 0)
    const [a, b] = this.#differing
    this.unexplained = { a: a - explained('a'), b: b - explained('b') }
    for await (const groups of this.#byKey?.groups() ?? []) for (const group of groups) this.#takeKey(group)
  }

  async close(): Promise<void> {
    await this.#byAllButTime.close()
    await this.#byKey?.close()
  }

  #takeOnly({ side, times, texts }: Surplus): void {
    const tally = this.only[side]
    tally.count += times
    if (tally.first.length < this.#limit) tally.first.push({ times, row: this.#named(this.#columns, texts) })
  }

  #takeKey(group: readonly Surplus[]): void {
    const { changes, left } = changesOf(group)
    for (const row of left) this.#takeOnly(row)
    const changed = this.changed as NonNullable<typeof this.changed>
    for (const { a, b, times, columns } of changes) {
      const names = columns.map((column) => this.#columns[column])
      changed.count += times
      for (const name of names) changed.byColumn[name] = (changed.byColumn[name] ?? 0) + times
      if (changed.first.length === this.#limit) continue
      const pairs = columns.map((column) => [this.#columns[column], { a: a[column], b: b[column] }])
      changed.first.push({ times, key: this.#named(this.#key ?? [], a), columns: Object.fromEntries(pairs) })
    }
  }

  #named(names: readonly string[], texts: readonly string[]): RowTexts {
    return Object.fromEntries(names.map((name) => [name, texts[this.#columns.indexOf(name)]]))
  }
}

class Tally {
  count = 0
  readonly first: { times: number; row: RowTexts }[] = []
}
