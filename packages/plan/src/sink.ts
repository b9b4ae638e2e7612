import type { LogicalPlan } from './logical.ts'
import type { Schema } from './schema.ts'

/** How a CSV is quoted and its lines are ended. */
export type CsvDialect = (typeof csvDialects)[number]
export const csvDialects = Object.freeze(['personalize', 'glue', 'rfc4180', 'athena-opencsv'] as const)

/** Where rows go and in which form, without the rows. Plain data. */
export type WriteSink = CsvSink | ParquetSink

export interface CsvSink {
  readonly format: 'csv'
  readonly to: string
  /** The columns that the sink demands. */
  readonly schema: Schema | undefined
  readonly dialect: CsvDialect
  /** One file, whatever the number of rows. */
  readonly files: 1
}

export interface ParquetSink {
  readonly format: 'parquet'
  readonly to: string
  readonly schema: Schema | undefined
  /** Columns whose values become folders, as in `dt=2019-05-18/`; they are not stored in the files. */
  readonly partitionBy: readonly string[]
}

/** A sink and the rows that it writes: what a job returns. */
export interface Write {
  readonly node: 'write'
  readonly sink: WriteSink
  readonly input: LogicalPlan
}
