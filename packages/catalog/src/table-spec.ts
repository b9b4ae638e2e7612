/** A table as Athena and the Glue Data Catalog know it: plain data, from which DDL and calls of Glue's API are made. */
export interface TableSpec {
  readonly database: string
  readonly name: string
  /** How its files are read. */
  readonly form: 'parquet' | 'opencsv' | 'openx-json'
  /** The folder of its files; ends in `/`. */
  readonly location: string
  readonly columns: readonly TableColumn[]
  /** The columns whose values name folders. */
  readonly partitions: readonly TableColumn[]
  /** The key in the JSON of each name that differs from it: of a column, and of a field in whatever struct. */
  readonly mappings?: Readonly<Record<string, string>>
  /** What stands before a quote within quotes of a CSV; undefined where the quote is doubled instead. */
  readonly escape?: '\\'
  /** Whether Athena computes the partitions instead of looking them up. */
  readonly isProjected: boolean
  /** The first day of a projection, as in `2012-01-01`. */
  readonly firstDay?: string
}

export interface TableColumn {
  readonly name: string
  /** In Glue's words, as in `array<struct<sku:string>>`. */
  readonly type: string
  readonly comment?: string
}
