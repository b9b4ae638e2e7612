import { type CompareExpr, columnsIn, type Expr } from './expr.ts'
import type { FilterStep } from './optimized.ts'
import type { Field } from './types.ts'

/**
 * How many of the first filters the scan can answer for, exactly.
 *
 * The first filter that it cannot answer for ends the prefix, although later ones might do: a row that two filters refuse
 * counts under the first of them. Where a line stands is no part of it, so the scan cannot tell by that.
 */
export function pushablePrefix(filters: readonly FilterStep[], fields: readonly Field[]): number {
  const outside = new Set(fields.flatMap(({ name, provenance }) => (provenance === undefined ? [] : [name])))
  const isInLine = (predicate: Expr) => columnsIn(predicate).every(({ path }) => !outside.has(path[0]))
  const end = filters.findIndex(({ predicate }) => !isPushable(predicate) || !isInLine(predicate))
  return end < 0 ? filters.length : end
}

/**
 * What a scan of JSON can tell while it looks at the line: `isIn` of a text, a comparison with a value of the column's type, `isNull`,
 * `isNotNull`, and `and`/`or` of these. Where null and false differ, in `not`, it cannot.
 */
function isPushable(predicate: Expr): boolean {
  switch (predicate.op) {
    case 'isIn':
      return predicate.input.op === 'column' && predicate.input.type.kind === 'text'
    case 'compare':
      return isComparable(predicate)
    case 'isNull':
    case 'isNotNull':
      return predicate.input.op === 'column'
    case 'and':
    case 'or':
      return predicate.inputs.every(isPushable)
    default:
      return false
  }
}

function isComparable({ operator, left, right }: CompareExpr): boolean {
  return (
    operator !== 'eqNullSafe' &&
    left.op === 'column' &&
    right.op === 'literal' &&
    typeof right.value === COMPARABLE[left.type.kind]
  )
}

/** The columns that a scan compares, and what their values are in JavaScript. */
const COMPARABLE: Readonly<Record<string, string>> = {
  text: 'string',
  int64: 'bigint',
  float64: 'number',
  bool: 'boolean',
  timestamp: 'number',
}
