import type { Cause } from './causes.ts'

export type RowTexts = Readonly<Record<string, string>>

/** Rows of one input that the other does not have, or not as often. */
export interface RowsOnlyIn {
  readonly count: number
  readonly first: readonly { readonly times: number; readonly row: RowTexts }[]
}

export interface DiffSide {
  readonly location: string
  readonly rows: number
  /** Columns that the other input does not have; they are not compared. */
  readonly columnsOnly: readonly string[]
  readonly rowsOnly: RowsOnlyIn
}

export interface ChangedRows {
  readonly count: number
  /** In how many of them each column differs. */
  readonly byColumn: Readonly<Record<string, number>>
  readonly first: readonly {
    readonly times: number
    readonly key: RowTexts
    readonly columns: Readonly<Record<string, { readonly a: string; readonly b: string }>>
  }[]
}

export interface Difference {
  /** Those that were compared. */
  readonly columns: readonly string[]
  readonly a: DiffSide
  readonly b: DiffSide
  /** Undefined without a key. */
  readonly changed: ChangedRows | undefined
  /** Of rows that stand in one input alone or changed. */
  readonly causes: readonly Cause[]
  /** Such rows for which there is none of the causes. */
  readonly unexplained: { readonly a: number; readonly b: number }
}
