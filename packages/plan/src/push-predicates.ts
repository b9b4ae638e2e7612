import type { CompareExpr, Expr } from './expr.ts'
import type { FilterStep } from './optimized.ts'

/**
 * How many of the first filters the scan can answer for, exactly.
 *
 * The first filter that it cannot answer for ends the prefix, although later ones might do: a row that two filters refuse
 * counts under the first of them.
 */
export function pushablePrefix(filters: readonly FilterStep[]): number {
  const end = filters.findIndex((step) => !isPushable(step.predicate))
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
