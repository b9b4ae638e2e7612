import { authorError } from '@fletching/columns/errors'
import type { Expr } from './expr.ts'
import { formatExpr } from './format-expr.ts'
import { article } from './literal.ts'
import { type FieldType, formatType, isScalar, sameType } from './types.ts'

/** An expression whose type is known. */
interface Typed {
  readonly expr: Expr
  readonly type: FieldType
}

/** Refuses an operand of another kind than the operation takes: TYPE_MISMATCH (author). */
export function wantKind(what: string, { expr, type }: Typed, kinds: readonly FieldType['kind'][]): void {
  if (kinds.includes(type.kind)) return
  throw authorError('TYPE_MISMATCH', `${what} needs ${kinds.join(' or ')}, but ${formatExpr(expr)} is ${type.kind}`, {
    help: wayTo(kinds, type),
  })
}

/** Refuses two operands of different types: TYPE_MISMATCH (author). */
export function wantSameType(what: string, left: Typed, right: Typed): void {
  if (sameType(left.type, right.type)) return
  const [first, second] = [left, right].map(({ expr, type }) => `${formatExpr(expr)}, ${article(formatType(type))}`)
  throw authorError('TYPE_MISMATCH', `${what} got ${first}, and ${second}`, {
    help: `cast one to the other's type, as in .cast(${formatType(left.type)}())`,
  })
}

/** Refuses a list, a struct and JSON, which cannot be compared: TYPE_MISMATCH (author). */
export function wantScalar(what: string, { expr, type }: Typed): void {
  if (isScalar(type)) return
  throw authorError('TYPE_MISMATCH', `${what} needs a plain value, but ${formatExpr(expr)} is ${type.kind}`, {
    help:
      type.kind === 'struct'
        ? 'name one of its fields with a dotted path'
        : 'only isNull and isNotNull look at such a column',
  })
}

function wayTo(kinds: readonly FieldType['kind'][], type: FieldType): string {
  if (kinds.includes('bool')) return 'expected a predicate, as .isNotNull() or .eq(…) make one'
  if (type.kind === 'text' && kinds.includes('timestamp')) return 'parse the text first: .parseTimestamp()'
  if (kinds.includes('struct') || kinds.includes('list') || !isScalar(type)) return `expected ${kinds.join(' or ')}`
  return `cast it first: .cast(${kinds[0]}())`
}
