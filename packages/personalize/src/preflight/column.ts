import type { CsvRecord } from '@fletching/csv'
import type { PreflightCode } from './rules.ts'
import type { TextHash } from './text-hash.ts'

/** Looks at the fields of one column that are not empty; `hash` is that of the field. */
export interface ColumnCheck {
  take(record: CsvRecord, field: number, hash: TextHash): void
}

/** A field of the schema, and what is known of its column so far. */
export interface Column {
  readonly name: string
  readonly check: ColumnCheck | undefined
  readonly isRequired: boolean
  readonly isNullable: boolean
  readonly isTextual: boolean
  /** Rows without a value. */
  empty: number
}

/** Tells of what is found in the record that is looked at. */
export type Tell = (code: PreflightCode, column: string) => void
