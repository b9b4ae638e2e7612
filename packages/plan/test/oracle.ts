import type {
  DropDuplicatesStep,
  Expr,
  FilterStep,
  LogicalPlan,
  OptimizedPlan,
  ScanColumn,
  Write,
} from '@fletching/plan'

/**
 * What plans mean, the slow obvious way: one row at a time, values as JavaScript has them, null for none.
 *
 * A cell of the input is a value, null, or `Unfit`: a value of another type than the column's.
 */
export class Unfit {
  /** What stands in the cell when the column sets such lines aside: the row goes on to the last filter. */
  readonly standsFor: Value
  constructor(standsFor: Value) {
    this.standsFor = standsFor
  }
}
export type Value = string | bigint | boolean | null
export type Cell = Value | Unfit
export type Line = ReadonlyMap<string, Cell>

/** What becomes of the lines: the rows of each sink, how many lines each reason dropped, were repeats, and were set aside. */
export interface Outcome {
  readonly rows: readonly (readonly (readonly Value[])[])[]
  readonly filtered: Readonly<Record<string, number>>
  readonly duplicates: number
  readonly setAside: number
}

type Lookup = (path: string) => Value

/** Runs the plan as it was written. */
export function runLogical(sinks: readonly Write[], lines: readonly Line[]): Outcome {
  const used = new Set(sinks.flatMap(({ input }) => [...usedBy(input, new Set(namesOf(input)))]))
  const steps = stepsOf(sinks[0].input)
  const isRepeated = newMemory()
  return tally(sinks.length, lines, (line) => {
    const cell: Lookup = (path) => readLeniently(line, path)
    const isUnfit = [...used].some((path) => needsSetAside(line, path))
    for (const step of steps) {
      const lookup = lookupAt(step.input, cell)
      if (step.node === 'filter') {
        if (evaluate(step.predicate, lookup) !== true) return step.reason
      } else if (!isUnfit && isRepeated(step, lookup)) return REPEATED
    }
    if (isUnfit) return undefined
    return sinks.map(({ input }) => namesOf(input).map((name) => lookupAt(input, cell)(name)))
  })
}

/** Runs the plan as it was optimized: the scan hands on what its columns say and no more. */
export function runOptimized(plan: OptimizedPlan, lines: readonly Line[]): Outcome {
  const isRepeated = newMemory()
  return tally(plan.sinks.length, lines, (line) => {
    const refusing = (steps: readonly FilterStep[], lookup: Lookup) =>
      steps.find((step) => evaluate(step.predicate, lookup) !== true)
    const scanned = refusing(plan.scan.steps, lookupIn(plan.scan.columns, line))
    if (scanned !== undefined) return scanned.reason
    const output = plan.scan.columns.filter((column) => column.output)
    const above = lookupIn(output, line)
    const refused = refusing(plan.residual, above)
    if (refused !== undefined) return refused.reason
    const isUnfit = output.some((column) => isSetAside(column, line))
    if (plan.dropDuplicates !== undefined) {
      if (!isUnfit && isRepeated(plan.dropDuplicates, above)) return REPEATED
      const refusedBehind = refusing(plan.dropDuplicates.filters, above)
      if (refusedBehind !== undefined) return refusedBehind.reason
    }
    if (isUnfit) return undefined
    return plan.sinks.map(({ columns }) => columns.map(({ expr }) => evaluate(expr, above)))
  })
}

const REPEATED = Symbol('repeated')

/** Tells of each row, in order, whether an earlier one has the same keys. */
function newMemory() {
  const seen = new Set<string>()
  return ({ keys, nulls }: Pick<DropDuplicatesStep, 'keys' | 'nulls'>, lookup: Lookup): boolean => {
    const values = keys.map((key) => evaluate(key, lookup))
    if (nulls === 'distinct' && values.includes(null)) return false
    const text = JSON.stringify(values, (_, value: unknown) => (typeof value === 'bigint' ? [String(value)] : value))
    if (seen.has(text)) return true
    seen.add(text)
    return false
  }
}

function tally(
  sinks: number,
  lines: readonly Line[],
  run: (line: Line) => string | typeof REPEATED | readonly (readonly Value[])[] | undefined,
): Outcome {
  const rows: (readonly Value[])[][] = Array.from({ length: sinks }, () => [])
  const filtered: Record<string, number> = {}
  let setAside = 0
  let duplicates = 0
  for (const line of lines) {
    const result = run(line)
    if (result === undefined) setAside++
    else if (result === REPEATED) duplicates++
    else if (typeof result === 'string') filtered[result] = (filtered[result] ?? 0) + 1
    else for (const [sink, row] of result.entries()) rows[sink].push(row)
  }
  return { rows, filtered, duplicates, setAside }
}

/** The columns of the random tests: `kind` is set aside for nothing, `at` is required. */
const LENIENT = new Set(['kind'])
const REQUIRED = new Set(['at'])

function readLeniently(line: Line, path: string): Value {
  const cell = line.get(path) ?? null
  if (!(cell instanceof Unfit)) return cell
  return LENIENT.has(path) ? null : cell.standsFor
}

function needsSetAside(line: Line, path: string): boolean {
  const cell = line.get(path) ?? null
  return (cell instanceof Unfit && !LENIENT.has(path)) || (REQUIRED.has(path) && cell === null)
}

function lookupIn(columns: readonly ScanColumn[], line: Line): Lookup {
  return (path) => {
    const column = columns.find((one) => one.path.join('.') === path)
    if (column === undefined) throw new Error(`the scan does not hand on ${path}`)
    const cell = line.get(path) ?? null
    if (!(cell instanceof Unfit)) return cell
    return column.type.otherwise === 'null' ? null : cell.standsFor
  }
}

function isSetAside(column: ScanColumn, line: Line): boolean {
  const cell = line.get(column.path.join('.')) ?? null
  if (cell instanceof Unfit) return column.type.otherwise === 'setAside'
  return column.required && cell === null
}

function namesOf(plan: LogicalPlan): string[] {
  if (plan.node === 'project') return plan.columns.map(({ name }) => name)
  return plan.node === 'scan' ? plan.schema.fields.map(({ name }) => name) : namesOf(plan.input)
}

/** From the scan up, what drops rows. */
function stepsOf(plan: LogicalPlan): (LogicalPlan & { readonly node: 'filter' | 'dropDuplicates' })[] {
  if (plan.node === 'scan') return []
  if (plan.node === 'explode') throw explodes()
  return plan.node === 'project' ? stepsOf(plan.input) : [...stepsOf(plan.input), plan]
}

/** The value of a path in the rows that come out of a node. */
function lookupAt(plan: LogicalPlan, cell: Lookup): Lookup {
  if (plan.node === 'scan') return cell
  const below = lookupAt(plan.input, cell)
  if (plan.node === 'explode') throw explodes()
  if (plan.node !== 'project') return below
  return (path) => {
    const [name, ...rest] = path.split('.')
    const column = plan.columns.find((one) => one.name === name)
    if (column === undefined) throw new Error(`no column ${name}`)
    if (rest.length === 0) return evaluate(column.expr, below)
    if (column.expr.op !== 'column') throw new Error(`${name} is no struct`)
    return below([...column.expr.path, ...rest].join('.'))
  }
}

/** The paths of the scan that a node needs so that the paths `wanted` come out. */
function usedBy(plan: LogicalPlan, wanted: ReadonlySet<string>): ReadonlySet<string> {
  if (plan.node === 'scan') return wanted
  if (plan.node === 'filter') return usedBy(plan.input, new Set([...wanted, ...pathsIn(plan.predicate)]))
  if (plan.node === 'dropDuplicates') return usedBy(plan.input, new Set([...wanted, ...plan.keys.flatMap(pathsIn)]))
  if (plan.node === 'explode') throw explodes()
  const below = [...wanted].flatMap((path) => {
    const [name, ...rest] = path.split('.')
    const expr = plan.columns.find((one) => one.name === name)?.expr
    if (expr === undefined) throw new Error(`no column ${name}`)
    return expr.op === 'column' ? [[...expr.path, ...rest].join('.')] : pathsIn(expr)
  })
  return usedBy(plan.input, new Set(below))
}

/** Rows of several for a line are held against an oracle where they are made, in the engine. */
function explodes(): Error {
  return new Error('this oracle has one row for each line')
}

function pathsIn(expr: Expr): string[] {
  switch (expr.op) {
    case 'column':
      return [expr.path.join('.')]
    case 'literal':
      return []
    case 'compare':
      return [...pathsIn(expr.left), ...pathsIn(expr.right)]
    case 'and':
    case 'or':
      return expr.inputs.flatMap(pathsIn)
    case 'call':
      return expr.args.flatMap(pathsIn)
    default:
      return pathsIn(expr.input)
  }
}

/** The value of an expression in one row, for the operations that the random tests use. */
function evaluate(expr: Expr, lookup: Lookup): Value {
  switch (expr.op) {
    case 'column':
      return lookup(expr.path.join('.'))
    case 'literal':
      return expr.value as Value
    case 'isIn': {
      const value = evaluate(expr.input, lookup)
      return value === null ? null : expr.values.includes(value)
    }
    case 'isNull':
      return evaluate(expr.input, lookup) === null
    case 'isNotNull':
      return evaluate(expr.input, lookup) !== null
    case 'compare': {
      const left = evaluate(expr.left, lookup)
      const right = evaluate(expr.right, lookup)
      if (expr.operator === 'eqNullSafe') return left === right
      return left === null || right === null ? null : left === right
    }
    case 'and':
      return kleene(expr.inputs, false, lookup)
    case 'or':
      return kleene(expr.inputs, true, lookup)
    case 'not': {
      const value = evaluate(expr.input, lookup)
      return value === null ? null : !value
    }
    case 'call': {
      const args = expr.args.map((arg) => evaluate(arg, lookup))
      if (expr.name === 'coalesce') return args.find((arg) => arg !== null) ?? null
      if (expr.name === 'ifElse') return args[0] === true ? args[1] : args[2]
      break
    }
  }
  throw new Error(`the oracle does not know ${JSON.stringify(expr)}`)
}

function kleene(inputs: readonly Expr[], decides: boolean, lookup: Lookup): Value {
  const values = inputs.map((input) => evaluate(input, lookup))
  if (values.includes(decides)) return decides
  return values.includes(null) ? null : !decides
}
