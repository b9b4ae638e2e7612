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
import { mapValues } from '@fletching/kernels/map-values'
import { parseTimestamp } from '@fletching/kernels/parse-timestamp'
import { isVector, type Scalar } from '@fletching/kernels/scalar'
import { startsWith } from '@fletching/kernels/starts-with'
import { structField } from '@fletching/kernels/struct-field'
import type { Texts } from '@fletching/kernels/text-chunks'
import { times } from '@fletching/kernels/times'
import { trim } from '@fletching/kernels/trim'
import { upper } from '@fletching/kernels/upper'
import { type CallName, type CompareOperator, type Expr, inputsOf } from '@fletching/plan'
import { type Bool, DataType, type RecordBatch, type Struct, type Vector } from 'apache-arrow'
import { arrowType } from './arrow-type.ts'
import { scalarVector } from './scalar-vector.ts'

/** Values of a batch by the expressions that they were computed from. */
export type Computed = Map<Expr, Vector>

/**
 * The values of an expression for every row of a batch.
 *
 * - Shape: as many rows as the batch.
 * - Nulls: as each kernel says.
 * - Cost: one kernel for each node of the tree and batch; what is nothing but a column is handed on as it is. A node that stands in several places, as
 *   where an author names a computed column twice, is computed once for all that are given the same `computed`.
 */
export function evaluate(expr: Expr, batch: RecordBatch, computed: Computed = new Map()): Vector {
  const known = computed.get(expr)
  if (known !== undefined) return known
  const values = compute(expr, batch, (input) => evaluate(input, batch, computed))
  computed.set(expr, values)
  return values
}

/** Gives the values of the expressions below. */
type Inputs = (input: Expr) => Vector

function compute(expr: Expr, batch: RecordBatch, valuesOf: Inputs): Vector {
  switch (expr.op) {
    case 'column':
      return columnAt(batch, expr.path)
    case 'literal':
      return scalarVector(expr.value, arrowType(expr.type), batch.numRows)
    case 'isIn':
      return isIn(valuesOf(expr.input), expr.values)
    case 'isNull':
      return isNull(valuesOf(expr.input))
    case 'isNotNull':
      return isNotNull(valuesOf(expr.input))
    case 'compare':
      return COMPARE[expr.operator](valuesOf(expr.left), operand(expr.right, valuesOf))
    case 'and':
      return expr.inputs.map((input) => truths(input, valuesOf)).reduce((left, right) => and(left, right))
    case 'or':
      return expr.inputs.map((input) => truths(input, valuesOf)).reduce((left, right) => or(left, right))
    case 'not':
      return not(truths(expr.input, valuesOf))
    case 'cast':
      return cast(valuesOf(expr.input), arrowType(expr.type), { onFailure: expr.onFailure }) as Vector
    case 'mapValues':
      return mapValues(valuesOf(expr.input) as Texts, new Map(expr.from.map((from, at) => [from, expr.to[at]])))
    case 'field':
      return structField(valuesOf(expr.input) as Vector<Struct>, expr.name)
    case 'call':
      return call(expr.name, expr.args, valuesOf)
  }
}

/** The plan has made sure that a predicate stands where one is wanted. */
function truths(expr: Expr, valuesOf: Inputs): Vector<Bool> {
  return valuesOf(expr) as Vector<Bool>
}

/** A literal stays the one value that it is, which kernels take in place of a vector. */
function operand(expr: Expr, valuesOf: Inputs): Vector | Scalar {
  return expr.op === 'literal' ? expr.value : valuesOf(expr)
}

/** The first argument, and of `ifElse` what stands behind its condition, is a vector, which says the type of the result. */
function call(name: CallName, args: readonly Expr[], valuesOf: Inputs): Vector {
  if (name === 'coalesce') return coalesced(args, valuesOf)
  const kernel = CALLS[name] as (...inputs: unknown[]) => Vector
  const vectors = name === 'ifElse' ? 2 : 1
  return kernel(...args.map((arg, index) => (index < vectors ? valuesOf(arg) : operand(arg, valuesOf))))
}

/** Behind values for every row nothing is computed, but for what may fail: whether it does must not depend on where batches end. */
function coalesced([first, ...others]: readonly Expr[], valuesOf: Inputs): Vector {
  const inputs: (Vector | Scalar)[] = [valuesOf(first)]
  let isDecided = isWhole(inputs[0])
  for (const other of others) {
    if (isDecided && !mayFail(other)) continue
    const input = operand(other, valuesOf)
    inputs.push(input)
    isDecided ||= isWhole(input)
  }
  return coalesce(...inputs)
}

function mayFail(expr: Expr): boolean {
  return (expr.op === 'cast' && expr.onFailure === 'error') || inputsOf(expr).some(mayFail)
}

/** Whether there is a value for every row; a dictionary may hold a null. */
function isWhole(input: Vector | Scalar): boolean {
  return isVector(input) ? input.nullCount === 0 && !DataType.isDictionary(input.type) : input !== null
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
  times,
  trim,
  upper,
}
