import { type CompareExpr, type Expr, freeze, type LogicExpr, rewrite } from './expr.ts'
import { BOOL } from './types.ts'

/**
 * The same expression with less to do: nested `and`, `or` flattened, `not(not(x))` and constants in them decided, tests of
 * constants computed, and a column that is compared with one text looked up in a list of one, which a scan can answer for.
 *
 * - Nulls: nothing is decided that Kleene's logic does not decide.
 */
export function foldConstants(expr: Expr): Expr {
  return rewrite(expr, fold)
}

/** Whether the expression is the constant `true`. */
export function isTrue(expr: Expr): boolean {
  return isTruth(expr) && expr.value
}

function fold(expr: Expr): Expr {
  switch (expr.op) {
    case 'and':
      return foldLogic(expr, true)
    case 'or':
      return foldLogic(expr, false)
    case 'not':
      if (expr.input.op === 'not') return expr.input.input
      return isTruth(expr.input) ? truth(!expr.input.value) : expr
    case 'compare':
      return listOfOne(expr)
    case 'isNull':
      return expr.input.op === 'literal' ? truth(expr.input.value === null) : expr
    case 'isNotNull':
      return expr.input.op === 'literal' ? truth(expr.input.value !== null) : expr
    default:
      return expr
  }
}

function listOfOne(expr: CompareExpr): Expr {
  const { operator, left, right } = expr
  const isTest = operator === 'eq' && left.op === 'column' && right.op === 'literal' && typeof right.value === 'string'
  return isTest ? freeze({ op: 'isIn', input: left, values: [right.value] }) : expr
}

/** `neutral` may be left out, its contrary decides. */
function foldLogic(expr: LogicExpr, neutral: boolean): Expr {
  const inputs = expr.inputs.flatMap((input) => (input.op === expr.op ? input.inputs : [input]))
  if (inputs.some((input) => isTruth(input) && input.value === !neutral)) return truth(!neutral)
  const rest = inputs.filter((input) => !isTruth(input))
  if (rest.length === 0) return truth(neutral)
  if (rest.length === 1) return rest[0]
  return rest.length === expr.inputs.length ? expr : freeze({ op: expr.op, inputs: rest })
}

function isTruth(expr: Expr): expr is Expr & { readonly op: 'literal'; readonly value: boolean } {
  return expr.op === 'literal' && typeof expr.value === 'boolean'
}

function truth(value: boolean): Expr {
  return freeze({ op: 'literal', value, type: BOOL })
}
