import { formatPath } from '@fletching/columns'
import type { CompareOperator, Expr, LiteralExpr } from './expr.ts'
import { formatType } from './types.ts'

/** The expression as `explain`, error messages and the reasons of filters write it. */
export function formatExpr(expr: Expr): string {
  switch (expr.op) {
    case 'column':
      return formatPath(expr.path)
    case 'literal':
      return formatLiteral(expr)
    case 'isIn':
      return `${operand(expr.input)} in (${expr.values.map(formatValue).join(', ')})`
    case 'isNull':
      return `${operand(expr.input)} is null`
    case 'isNotNull':
      return `${operand(expr.input)} is not null`
    case 'compare':
      return `${operand(expr.left)} ${operators[expr.operator]} ${operand(expr.right)}`
    case 'and':
    case 'or':
      return expr.inputs.map(operand).join(` ${expr.op} `)
    case 'not':
      return `not ${operand(expr.input)}`
    case 'cast':
      return `cast(${formatExpr(expr.input)} as ${formatType(expr.type)}${expr.onFailure === 'null' ? ', else null' : ''})`
    case 'mapValues':
      return `mapValues(${formatExpr(expr.input)}, ${expr.from.map((from, at) => `${formatValue(from)} → ${formatValue(expr.to[at])}`).join(', ')})`
    case 'call':
      return `${expr.name}(${expr.args.map(formatExpr).join(', ')})`
    case 'field':
      return `${operand(expr.input)}.${formatPath([expr.name])}`
  }
}

/** Names of columns; of many the first few, and how many more there are. */
export function formatNames(names: readonly string[]): string {
  if (names.length <= NAMES_MAX) return names.join(', ')
  return `${names.slice(0, NAMES_TOLD).join(', ')}, … ${names.length - NAMES_TOLD} more`
}

/** The columns by which rows are told apart. */
export function formatKeys(keys: readonly Expr[]): string {
  return keys.map(formatExpr).join(', ')
}

const operators: Readonly<Record<CompareOperator, string>> = {
  eq: '=',
  ne: '<>',
  lt: '<',
  le: '<=',
  gt: '>',
  ge: '>=',
  eqNullSafe: '<=>',
}

/** In brackets where it would run into its surroundings. */
function operand(expr: Expr): string {
  const alone =
    expr.op === 'column' ||
    expr.op === 'literal' ||
    expr.op === 'call' ||
    expr.op === 'cast' ||
    expr.op === 'field' ||
    expr.op === 'mapValues'
  return alone ? formatExpr(expr) : `(${formatExpr(expr)})`
}

function formatLiteral({ value, type }: LiteralExpr): string {
  if (value === null) return 'null'
  if (type.kind === 'timestamp') return `timestamp '${new Date(Number(value)).toISOString()}'`
  if (type.kind === 'date') return `date '${new Date(Number(value) * 86_400_000).toISOString().slice(0, 10)}'`
  return formatValue(value)
}

function formatValue(value: string | number | bigint | boolean): string {
  return typeof value === 'string' ? `'${value.replaceAll("'", "''")}'` : String(value)
}

const NAMES_MAX = 8
/** Of more than that. */
const NAMES_TOLD = 6
