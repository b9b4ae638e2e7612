import type { Path } from '@fletching/columns'
import type { ColumnExpr, Expr } from './expr.ts'
import type { LastRow, NullKeys } from './logical.ts'
import type { WriteSink } from './sink.ts'
import type { Contract, FieldType, Provenance } from './types.ts'

/**
 * A plan made ready: one scan, the filters in order, and the sinks, all expressed over the columns of the scan. Plain data,
 * fit for `structuredClone`, so that it can be sent to a worker.
 *
 *     scan ─ steps ─▶ residual ─▶ explode ─▶ dropDuplicates ─▶ sink: columns
 *                                                        └──▶ sink: columns
 */
export interface OptimizedPlan {
  readonly scan: ScanPlan
  /** The filters above the scan, in order. */
  readonly residual: readonly FilterStep[]
  /** What follows when items of a list become rows. */
  readonly explode?: ExplodeStep
  /** What follows when repeated rows are dropped. */
  readonly dropDuplicates?: DropDuplicatesStep
  readonly sinks: readonly OptimizedSink[]
}

export interface ScanPlan {
  readonly format: 'ndjson'
  readonly location: string
  /** Name of the schema, for messages. */
  readonly schema: string
  /** The columns that the plan looks at, in the order of the schema. */
  readonly columns: readonly ScanColumn[]
  /** The filters that the scan answers for exactly, in order: a row that fails one is dropped there and nowhere else. */
  readonly steps: readonly FilterStep[]
}

export interface ScanColumn {
  /** Of names, as the plan knows it. */
  readonly path: Path
  /** The keys that lead to the value in JSON. */
  readonly keys: Path
  readonly type: FieldType
  /** A line without a value is set aside. */
  readonly required: boolean
  /** Whether anything above the steps needs it. */
  readonly output: boolean
  /** What becomes of a value that does not fit; undefined where the type alone says so. */
  readonly contract?: Contract
  /** What it tells of the place that a row came from; undefined for what is read from the line itself. */
  readonly provenance?: Provenance
}

export interface FilterStep {
  readonly predicate: Expr
  /** The word under which dropped rows are counted. */
  readonly reason: string
  /** The column whose dropped values the report names: of an `isIn` over a column of few distinct values. */
  readonly tally?: Path
}

/** Makes a row of each item of a list. What stands behind it looks at the item, and its position, under paths that no scan has. */
export interface ExplodeStep {
  readonly list: ColumnExpr
  /** The path of the item, `properties.products[]`. */
  readonly item: Path
  /** That of its place in the list, `properties.products[#]`, if anybody asks for it. */
  readonly position?: Path
  readonly outer: boolean
  /** The word under which lines without an item are counted, unless `outer`. */
  readonly reason: string
  /** The columns of the scan that are looked at behind it; no others are copied for each item. */
  readonly carried: readonly Path[]
  /** The filters behind it, in order. */
  readonly filters: readonly FilterStep[]
}

/** Drops the rows that repeat another in every key. */
export interface DropDuplicatesStep {
  readonly keys: readonly Expr[]
  readonly nulls: NullKeys
  /** Of a step that keeps the last of them; the first is kept otherwise. */
  readonly last?: LastRow
  /** The filters behind it, in order. */
  readonly filters: readonly FilterStep[]
}

export interface OptimizedSink {
  readonly sink: WriteSink
  readonly columns: readonly SinkColumn[]
}

export interface SinkColumn {
  readonly name: string
  readonly expr: Expr
  readonly type: FieldType
  readonly nullable: boolean
}
