import type { ObjectInfo, Store } from '@fletching/storage'
import type { Schema } from 'apache-arrow'

/** A table that a statement may name; where its objects are is found out when one does. */
export interface TableSource {
  readonly name: string
  readonly find: () => Promise<FoundTable>
}

export interface FoundTable {
  readonly store: Store
  readonly objects: readonly ObjectInfo[]
  /** What is known of them; what is not is found in what they hold. */
  readonly declared?: DeclaredTable
}

export interface DeclaredTable {
  readonly form: 'csv' | 'parquet'
  /** Every column, those that name folders included. */
  readonly schema: Schema
  readonly partitionBy: readonly string[]
  readonly csvEscape: '"' | '\\'
}
