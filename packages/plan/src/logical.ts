import { formatPath, type Path } from '@fletching/columns'
import { type ColumnExpr, type Expr, freeze } from './expr.ts'
import { formatExpr } from './format-expr.ts'
import { omitField, requireField } from './resolve.ts'
import type { Schema } from './schema.ts'
import { type Field, type FieldType, INT32 } from './types.ts'

/** What is wanted, as a tree of plain nodes, the scan at the bottom. Frames that grew from one frame share its nodes. */
export type LogicalPlan = ScanNode | FilterNode | ProjectNode | ExplodeNode | DropDuplicatesNode

export interface ScanNode {
  readonly node: 'scan'
  readonly format: 'ndjson'
  readonly location: string
  readonly schema: Schema
}

/** Keeps the rows for which the predicate is true. */
export interface FilterNode {
  readonly node: 'filter'
  readonly input: LogicalPlan
  readonly predicate: Expr
  /** The word under which the report counts the rows that are dropped here. */
  readonly reason: string
}

/** Computes the columns of a new row from each row. */
export interface ProjectNode {
  readonly node: 'project'
  /** The verb that the author wrote. */
  readonly verb: string
  readonly input: LogicalPlan
  readonly columns: readonly ProjectedColumn[]
}

export interface ProjectedColumn {
  readonly name: string
  readonly expr: Expr
  readonly type: FieldType
  readonly nullable: boolean
}

/** Makes a row of each item of a list; the list's column gives way to one for the item. */
export interface ExplodeNode {
  readonly node: 'explode'
  readonly input: LogicalPlan
  readonly list: ColumnExpr
  /** The name and the type of the item's column. */
  readonly as: string
  readonly item: FieldType
  /** The name of a column for the item's place in its list, from 0. */
  readonly position: string | undefined
  /** Whether a row with a null or an empty list stays, without an item. */
  readonly outer: boolean
  /** The word under which the report counts the lines that have no item, unless `outer` keeps them. */
  readonly reason: string
}

/** Keeps one of the rows that are equal in every key: the first in the order of the input, or the last. */
export interface DropDuplicatesNode {
  readonly node: 'dropDuplicates'
  readonly input: LogicalPlan
  readonly keys: readonly Expr[]
  readonly nulls: NullKeys
  /** Of a node that keeps the last. */
  readonly last?: LastRow
}

/** Which row is the last: the one with the greatest value, if one is named, and of those with the same the last in the order of the input. */
export interface LastRow {
  readonly by?: Expr
}

/** Whether rows without a value in a key may be equal, or each of them is a row of its own. */
export type NullKeys = 'equal' | 'distinct'

/** The columns of the rows that come out of a node. A filter on `isNotNull` makes its column required. */
export function fieldsOf(plan: LogicalPlan): readonly Field[] {
  if (plan.node === 'scan') return plan.schema.fields
  if (plan.node === 'project') {
    return plan.columns.map(({ name, type, nullable }) => ({ name, type, required: !nullable }))
  }
  if (plan.node === 'explode') return explodedFields(plan)
  const path = plan.node === 'filter' ? provesNotNull(plan.predicate) : undefined
  return path === undefined ? fieldsOf(plan.input) : requireField(fieldsOf(plan.input), path)
}

function explodedFields({ input, list, as, item, position, outer }: ExplodeNode): readonly Field[] {
  const place = position === undefined ? [] : [{ name: position, type: INT32, required: !outer }]
  return [...omitField(fieldsOf(input), list.path), { name: as, type: item, required: false }, ...place]
}

/** How error messages call the rows that come out of a node. */
export function ownerOf(plan: LogicalPlan): string {
  if (plan.node === 'scan') return plan.schema.name
  if (plan.node === 'explode') return 'the result of explode'
  return plan.node === 'project' ? `the result of ${plan.verb}` : ownerOf(plan.input)
}

/** The word for the rows that a predicate drops, when the author gave none. */
export function reasonFor(predicate: Expr): string {
  const chosen = choosesBy(predicate)
  if (chosen !== undefined) return `${formatPath(chosen)} not wanted`
  if (predicate.op === 'not') return formatExpr(predicate.input)
  const path = provesNotNull(predicate)
  return path === undefined ? formatExpr(freeze({ op: 'not', input: predicate })) : `${formatPath(path)} missing`
}

/** The column that must be one of some values, or the one value. */
function choosesBy(predicate: Expr): Path | undefined {
  if (predicate.op === 'isIn') return predicate.input.op === 'column' ? predicate.input.path : undefined
  if (predicate.op !== 'compare' || predicate.operator !== 'eq' || predicate.right.op !== 'literal') return undefined
  return predicate.left.op === 'column' ? predicate.left.path : undefined
}

function provesNotNull(predicate: Expr): Path | undefined {
  return predicate.op === 'isNotNull' && predicate.input.op === 'column' ? predicate.input.path : undefined
}
