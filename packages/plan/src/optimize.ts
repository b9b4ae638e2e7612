import { authorError } from '@fletching/columns/errors'
import { type Expr, sameTree } from './expr.ts'
import { foldConstants } from './fold-constants.ts'
import { formatExpr } from './format-expr.ts'
import { fieldsOf, type LogicalPlan, type ScanNode } from './logical.ts'
import type { FilterStep, OptimizedPlan, SinkColumn } from './optimized.ts'
import { scanColumns } from './prune-columns.ts'
import { pushablePrefix } from './push-predicates.ts'
import type { Write } from './sink.ts'
import { columnsOfScan, type Environment, environmentOf, substitute } from './substitute.ts'

/** The rules that may be switched off. Which rows come out, and what is counted, never depends on them. */
export interface Rules {
  /** Computes what has no column in it, and simplifies `and`, `or`, `not`. */
  readonly foldConstants: boolean
  /** Lets the scan drop the rows that the first filters refuse. */
  readonly pushPredicates: boolean
  /** Lets the scan skip the columns that nothing looks at. */
  readonly pruneColumns: boolean
}

export interface OptimizeOptions {
  /** Every rule is on unless it is switched off here. */
  readonly rules?: Partial<Rules>
}

/**
 * Makes the sinks of one job ready to run in one pass: merges the projections into the sinks' expressions, pushes the
 * first filters into the scan, and leaves out columns that nothing needs.
 *
 * - Order: filters keep theirs, so that a row counts under the same reason whatever the rules.
 * - Errors: NO_SINKS (author) without a sink; NOT_SUPPORTED_YET when the sinks read or filter differently.
 *
 * Advice for the next person: a rule may move work, never change which filter refuses a row first.
 */
export function optimize(sinks: readonly Write[], options: OptimizeOptions = {}): OptimizedPlan {
  const rules: Rules = { foldConstants: true, pushPredicates: true, pruneColumns: true, ...options.rules }
  if (sinks.length === 0) {
    throw authorError('NO_SINKS', 'the job has no sink', {
      help: 'return at least one writeCsv(…) or writeParquet(…) whose location is given',
    })
  }
  const fold = rules.foldConstants ? foldConstants : (expr: Expr) => expr
  const merged = sinks.map((sink) => merge(sink, fold))
  const [{ scan, filters }] = merged
  for (const [index, other] of merged.entries()) assertShared(merged[0], other, sinks[0], sinks[index])

  const pushed = rules.pushPredicates ? pushablePrefix(filters) : 0
  const steps = filters.slice(0, pushed)
  const residual = filters.slice(pushed)
  const above = [
    ...residual.map((step) => step.predicate),
    ...merged.flatMap(({ columns }) => columns.map((column) => column.expr)),
  ]
  const below = steps.map((step) => step.predicate)
  return {
    scan: {
      format: scan.format,
      location: scan.location,
      schema: scan.schema.name,
      columns: scanColumns(scan.schema.fields, below, above, rules.pruneColumns),
      steps,
    },
    residual,
    sinks: sinks.map(({ sink }, index) => ({ sink, columns: merged[index].columns })),
  }
}

/** A sink's plan with its projections gone: everything is said over the columns of the scan. */
interface Merged {
  readonly scan: ScanNode
  readonly filters: readonly FilterStep[]
  readonly columns: readonly SinkColumn[]
}

function merge(write: Write, fold: (expr: Expr) => Expr): Merged {
  const filters: FilterStep[] = []
  const { scan, environment } = walk(write.input, filters, fold)
  const columns = fieldsOf(write.input).map(({ name, type, required }) => {
    const expr = fold(substitute({ op: 'column', path: [name], type }, environment))
    return { name, expr, type, nullable: !required }
  })
  return { scan, filters, columns }
}

/** From the scan up: collects the filters, and what each name stands for. */
function walk(
  plan: LogicalPlan,
  filters: FilterStep[],
  fold: (expr: Expr) => Expr,
): { scan: ScanNode; environment: Environment } {
  if (plan.node === 'scan') return { scan: plan, environment: columnsOfScan }
  const { scan, environment } = walk(plan.input, filters, fold)
  if (plan.node === 'project') return { scan, environment: environmentOf(plan, environment) }
  filters.push(stepOf(fold(substitute(plan.predicate, environment)), plan.reason))
  return { scan, environment }
}

function stepOf(predicate: Expr, reason: string): FilterStep {
  if (predicate.op !== 'isIn' || predicate.input.op !== 'column') return { predicate, reason }
  const { type, path } = predicate.input
  return type.kind === 'text' && type.encoding === 'dictionary'
    ? { predicate, reason, tally: path }
    : { predicate, reason }
}

/** One pass serves every sink, so all of them must read and filter alike. */
function assertShared(first: Merged, other: Merged, firstSink: Write, otherSink: Write): void {
  const between = [
    `${firstSink.sink.format} to ${firstSink.sink.to}`,
    `${otherSink.sink.format} to ${otherSink.sink.to}`,
  ]
  if (!sameTree(first.scan, other.scan)) {
    throw authorError('NOT_SUPPORTED_YET', 'the sinks of one job read different inputs', {
      at: between,
      help: 'begin both frames with the same scan, or make two jobs of it',
    })
  }
  if (sameTree(first.filters, other.filters)) return
  const difference = [first, other].map(
    ({ filters }) => filters.map((step) => formatExpr(step.predicate)).join(', ') || 'no filter',
  )
  throw authorError('NOT_SUPPORTED_YET', 'the sinks of one job filter differently', {
    at: between.map((place, index) => `${place}: ${difference[index]}`),
    help: 'filter once and select from that frame for each sink, or make two jobs of it',
  })
}
