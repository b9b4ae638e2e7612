import { formatPath, type Path } from '@fletching/columns'
import { internal } from '@fletching/columns/errors'
import { and, not, or } from '@fletching/kernels/boolean'
import { cast } from '@fletching/kernels/cast'
import { coalesce } from '@fletching/kernels/coalesce'
import { eq, eqNullSafe, ge, gt, le, lt, ne } from '@fletching/kernels/compare'
import { concatText } from '@fletching/kernels/concat-text'
import { contains } from '@fletching/kernels/contains'
import { date } from '@fletching/kernels/date'
import { epochSeconds, fromEpochSeconds } from '@fletching/kernels/epoch-seconds'
import { ifElse } from '@fletching/kernels/if-else'
import { isIn } from '@fletching/kernels/is-in'
import { isNotNull, isNull } from '@fletching/kernels/is-null'
import { length } from '@fletching/kernels/length'
import { lower } from '@fletching/kernels/lower'
import { parseTimestamp } from '@fletching/kernels/parse-timestamp'
import type { Scalar } from '@fletching/kernels/scalar'
import { startsWith } from '@fletching/kernels/starts-with'
import { structField } from '@fletching/kernels/struct-field'
import { trim } from '@fletching/kernels/trim'
import { upper } from '@fletching/kernels/upper'
import type { CallName, CompareOperator, Expr } from '@fletching/plan'
import type { Bool, RecordBatch, Struct, Vector } from 'apache-arrow'
import { arrowType } from './arrow-type.ts'
import { scalarVector } from './scalar-vector.ts'

/**
 * The values of an expression for every row of a batch.
 *
 * - Shape: as many rows as the batch.
 * - Nulls: as each kernel says.
 * - Cost: one kernel for each node of the tree and batch; what is nothing but a column is handed on as it is.
 */
export function evaluate(expr: Expr, batch: RecordBatch): Vector {
  switch (expr.op) {
    case 'column':
      return columnAt(batch, expr.path)
    case 'literal':
      return scalarVector(expr.value, arrowType(expr.type), batch.numRows)
    case 'isIn':
      return isIn(evaluate(expr.input, batch), expr.values)
    case 'isNull':
      return isNull(evaluate(expr.input, batch))
    case 'isNotNull':
      return isNotNull(evaluate(expr.input, batch))
    case 'compare':
      return COMPARE[expr.operator](evaluate(expr.left, batch), operand(expr.right, batch))
    case 'and':
      return expr.inputs.map((input) => truths(input, batch)).reduce((left, right) => and(left, right))
    case 'or':
      return expr.inputs.map((input) => truths(input, batch)).reduce((left, right) => or(left, right))
    case 'not':
      return not(truths(expr.input, batch))
    case 'cast':
      return cast(evaluate(expr.input, batch), arrowType(expr.type), { onFailure: expr.onFailure }) as Vector
    case 'field':
      return structField(evaluate(expr.input, batch) as Vector<Struct>, expr.name)
    case 'call':
      return call(expr.name, expr.args, batch)
  }
}

/** The plan has made sure that a predicate stands where one is wanted. */
function truths(expr: Expr, batch: RecordBatch): Vector<Bool> {
  return evaluate(expr, batch) as Vector<Bool>
}

/** A literal stays the one value that it is, which kernels take in place of a vector. */
function operand(expr: Expr, batch: RecordBatch): Vector | Scalar {
  return expr.op === 'literal' ? expr.value : evaluate(expr, batch)
}

/** The first argument, and of `ifElse` what stands behind its condition, is a vector, which says the type of the result. */
function call(name: CallName, args: readonly Expr[], batch: RecordBatch): Vector {
  const kernel = CALLS[name] as (...inputs: unknown[]) => Vector
  const vectors = name === 'ifElse' ? 2 : 1
  return kernel(...args.map((arg, index) => (index < vectors ? evaluate(arg, batch) : operand(arg, batch))))
}

/** A scan names its columns by their whole paths; what lies deeper is a field of a struct. */
function columnAt(batch: RecordBatch, path: Path): Vector {
  for (let names = path.length; names > 0; names--) {
    const column = batch.getChild(formatPath(path.slice(0, names)))
    if (column !== null)
      return path.slice(names).reduce((struct: Vector, name) => structField(struct as Vector<Struct>, name), column)
  }
  throw internal(
    `the plan looks at ${formatPath(path)}, but the batch has ${batch.schema.fields.map(({ name }) => name).join(', ')}`,
  )
}

const COMPARE = { eq, ne, lt, le, gt, ge, eqNullSafe } satisfies Record<CompareOperator, unknown>
/** Their inputs have the types that the plan has checked. */
const CALLS: Record<CallName, (...inputs: never[]) => Vector> = {
  coalesce,
  concatText,
  contains,
  date,
  epochSeconds,
  fromEpochSeconds,
  ifElse,
  length,
  lower,
  parseTimestamp,
  startsWith,
  trim,
  upper,
}
