import { formatPath, type Path } from '@fletching/columns'
import type { FieldType } from './types.ts'

/**
 * What a value is computed from: a plain tree, frozen through and through. Nothing in it can run, so it can be printed,
 * compared, moved below another operator, sent to a worker, and written down in another language.
 */
export type Expr =
  | ColumnExpr
  | LiteralExpr
  | IsInExpr
  | NullTestExpr
  | CompareExpr
  | LogicExpr
  | NotExpr
  | CastExpr
  | MapValuesExpr
  | CallExpr
  | FieldExpr

/** The value at a path of the operator's input. */
export interface ColumnExpr {
  readonly op: 'column'
  readonly path: Path
  readonly type: FieldType
}

/**
 * One value standing for every row.
 *
 * - Units: an int64 is a bigint, a timestamp the milliseconds and a date the days since 1970 as a number.
 */
export interface LiteralExpr {
  readonly op: 'literal'
  readonly value: LiteralValue
  readonly type: FieldType
}
export type LiteralValue = string | number | bigint | boolean | null

/** Whether the input is one of the values. Nulls propagate. */
export interface IsInExpr {
  readonly op: 'isIn'
  readonly input: Expr
  readonly values: readonly Exclude<LiteralValue, null>[]
}

/** Never null. */
export interface NullTestExpr {
  readonly op: 'isNull' | 'isNotNull'
  readonly input: Expr
}

/** Two values of the same type. Nulls propagate, but for `eqNullSafe`, to which null is a value. */
export interface CompareExpr {
  readonly op: 'compare'
  readonly operator: CompareOperator
  readonly left: Expr
  readonly right: Expr
}
export type CompareOperator = 'eq' | 'ne' | 'lt' | 'le' | 'gt' | 'ge' | 'eqNullSafe'

/** Kleene: a null input does not matter where the others decide. */
export interface LogicExpr {
  readonly op: 'and' | 'or'
  readonly inputs: readonly Expr[]
}

export interface NotExpr {
  readonly op: 'not'
  readonly input: Expr
}

export interface CastExpr {
  readonly op: 'cast'
  readonly input: Expr
  readonly type: FieldType
  readonly onFailure: OnFailure
}
/** A value that the target type cannot hold stops the run, or becomes null. */
export type OnFailure = 'error' | 'null'

/** Texts for others: one that is listed in `from` becomes the one at its place in `to`, any other stays. Nulls propagate. */
export interface MapValuesExpr {
  readonly op: 'mapValues'
  readonly input: Expr
  readonly from: readonly string[]
  readonly to: readonly string[]
}

/** A kernel by name. */
export interface CallExpr {
  readonly op: 'call'
  readonly name: CallName
  readonly args: readonly Expr[]
}
export type CallName =
  | 'coalesce'
  | 'concatText'
  | 'contains'
  | 'date'
  | 'epochSeconds'
  | 'fromEpochSeconds'
  | 'ifElse'
  | 'length'
  | 'lower'
  | 'parseTimestamp'
  | 'startsWith'
  | 'times'
  | 'trim'
  | 'upper'

/** A field of a struct that is itself computed; one of a column is a longer path. */
export interface FieldExpr {
  readonly op: 'field'
  readonly input: Expr
  readonly name: string
}

/** Freezes a node whose inputs are frozen already, and the lists in it. */
export function freeze<E extends Expr>(expr: E): E {
  for (const value of Object.values(expr)) if (Array.isArray(value)) Object.freeze(value)
  return Object.freeze(expr)
}

/** The expressions that a node is computed from. */
export function inputsOf(expr: Expr): readonly Expr[] {
  switch (expr.op) {
    case 'column':
    case 'literal':
      return []
    case 'compare':
      return [expr.left, expr.right]
    case 'and':
    case 'or':
      return expr.inputs
    case 'call':
      return expr.args
    default:
      return [expr.input]
  }
}

/** The node over other inputs; the node itself when they are the ones it has. */
export function withInputs(expr: Expr, inputs: readonly Expr[]): Expr {
  if (inputsOf(expr).every((input, index) => input === inputs[index])) return expr
  switch (expr.op) {
    case 'column':
    case 'literal':
      return expr
    case 'compare':
      return freeze({ ...expr, left: inputs[0], right: inputs[1] })
    case 'and':
    case 'or':
      return freeze({ ...expr, inputs: [...inputs] })
    case 'call':
      return freeze({ ...expr, args: [...inputs] })
    default:
      return freeze({ ...expr, input: inputs[0] })
  }
}

/** Rewrites a tree from its leaves up. */
export function rewrite(expr: Expr, change: (node: Expr) => Expr): Expr {
  const inputs = inputsOf(expr)
  return change(
    withInputs(
      expr,
      inputs.map((input) => rewrite(input, change)),
    ),
  )
}

/** The columns that a tree looks at, each path once, in the order in which they are met. */
export function columnsIn(expr: Expr): ColumnExpr[] {
  const found = new Map<string, ColumnExpr>()
  const visit = (node: Expr): void => {
    if (node.op === 'column' && !found.has(formatPath(node.path))) found.set(formatPath(node.path), node)
    for (const input of inputsOf(node)) visit(input)
  }
  visit(expr)
  return [...found.values()]
}

/** Whether two plain trees, of expressions, types or fields, say the same. */
export function sameTree(left: unknown, right: unknown): boolean {
  if (left === right) return true
  if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null)
    return Object.is(left, right)
  const names = Object.keys(left)
  return (
    names.length === Object.keys(right).length &&
    names.every((name) => Object.hasOwn(right, name) && sameTree(left[name as never], right[name as never]))
  )
}
