import { authorError } from '@fletching/columns/errors'
import { type Expr, freeze, sameTree } from './expr.ts'
import { foldConstants, isTrue } from './fold-constants.ts'
import { formatExpr, formatKeys } from './format-expr.ts'
import { fieldsOf, type LogicalPlan, type ScanNode } from './logical.ts'
import type { DropDuplicatesStep, FilterStep, OptimizedPlan, SinkColumn } from './optimized.ts'
import { scanColumns } from './prune-columns.ts'
import { pushablePrefix } from './push-predicates.ts'
import type { Write } from './sink.ts'
import { columnsOfScan, type Environment, environmentOf, substitute } from './substitute.ts'

/** The rules that may be switched off. Which rows come out, and what is counted, never depends on them. */
export interface Rules {
  /** Decides what does not depend on the row, simplifies `and`, `or`, `not`, and leaves out filters that refuse no row. */
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
 * - Errors: NO_SINKS (author) without a sink; NOT_SUPPORTED_YET when the sinks read or filter differently, or drop duplicates twice.
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
  const written = sinks.map(merge)
  for (const [index, other] of written.entries()) assertShared(written[0], other, sinks[0], sinks[index])

  const folded = rules.foldConstants ? written.map(folding) : written
  const [{ scan, filters, dropDuplicates }] = folded
  const pushed = rules.pushPredicates ? pushablePrefix(filters, scan.schema.fields) : 0
  const steps = filters.slice(0, pushed)
  const residual = filters.slice(pushed)
  const readers = {
    below: predicatesOf(steps),
    above: [...predicatesOf(residual), ...readersOf(dropDuplicates), ...folded.flatMap(expressionsOf)],
    written: [
      ...predicatesOf(written[0].filters),
      ...readersOf(written[0].dropDuplicates),
      ...written.flatMap(expressionsOf),
    ],
  }
  return {
    scan: {
      format: scan.format,
      location: scan.location,
      schema: scan.schema.name,
      columns: scanColumns(scan.schema.fields, readers, rules.pruneColumns),
      steps,
    },
    residual,
    ...(dropDuplicates === undefined ? {} : { dropDuplicates }),
    sinks: sinks.map(({ sink }, index) => ({ sink, columns: folded[index].columns })),
  }
}

/** A sink's plan with its projections gone: everything is said over the columns of the scan. */
interface Merged {
  readonly scan: ScanNode
  readonly filters: readonly FilterStep[]
  readonly dropDuplicates: DropDuplicatesStep | undefined
  readonly columns: readonly SinkColumn[]
}

function merge(write: Write): Merged {
  const { scan, environment, filters, dropDuplicates } = walk(write.input)
  const columns = fieldsOf(write.input).map(({ name, type, required }) => {
    const expr = substitute(freeze({ op: 'column', path: Object.freeze([name]), type }), environment)
    return { name, expr, type, nullable: !required }
  })
  return { scan, filters, dropDuplicates, columns }
}

/** What is known of a plan so far, and what each name stands for. */
interface Walked extends Omit<Merged, 'columns'> {
  readonly environment: Environment
}

/** From the scan up. */
function walk(plan: LogicalPlan): Walked {
  if (plan.node === 'scan') return { scan: plan, environment: columnsOfScan, filters: [], dropDuplicates: undefined }
  const below = walk(plan.input)
  const { environment, filters, dropDuplicates } = below
  if (plan.node === 'project') return { ...below, environment: environmentOf(plan, environment) }
  if (plan.node === 'filter') {
    const step = stepOf(substitute(plan.predicate, environment), plan.reason)
    return dropDuplicates === undefined
      ? { ...below, filters: [...filters, step] }
      : { ...below, dropDuplicates: { ...dropDuplicates, filters: [...dropDuplicates.filters, step] } }
  }
  if (dropDuplicates !== undefined) {
    throw authorError('NOT_SUPPORTED_YET', 'a job drops duplicates twice', {
      at: [dropDuplicates, plan].map(({ keys }) => `dropDuplicates ${formatKeys(keys)}`),
      help: 'name all the columns in one dropDuplicates where one will do, or make two jobs of it',
    })
  }
  const keys = plan.keys.map((key) => substitute(key, environment))
  return { ...below, dropDuplicates: { keys, nulls: plan.nulls, filters: [] } }
}

function folding({ scan, filters, dropDuplicates, columns }: Merged): Merged {
  return {
    scan,
    filters: foldFilters(filters),
    dropDuplicates: dropDuplicates && {
      ...dropDuplicates,
      keys: dropDuplicates.keys.map(foldConstants),
      filters: foldFilters(dropDuplicates.filters),
    },
    columns: columns.map((column) => ({ ...column, expr: foldConstants(column.expr) })),
  }
}

function foldFilters(filters: readonly FilterStep[]): readonly FilterStep[] {
  return filters
    .map(({ predicate, reason }) => stepOf(foldConstants(predicate), reason))
    .filter(({ predicate }) => !isTrue(predicate))
}

function readersOf(step: DropDuplicatesStep | undefined): readonly Expr[] {
  return step === undefined ? [] : [...step.keys, ...predicatesOf(step.filters)]
}

function predicatesOf(steps: readonly FilterStep[]): readonly Expr[] {
  return steps.map((step) => step.predicate)
}

function expressionsOf({ columns }: Merged): readonly Expr[] {
  return columns.map((column) => column.expr)
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
  if (sameTree(first.filters, other.filters) && sameTree(first.dropDuplicates, other.dropDuplicates)) return
  const difference = [first, other].map(({ filters, dropDuplicates }) => {
    const before = predicatesOf(filters).map(formatExpr)
    const dropped = dropDuplicates === undefined ? [] : [`dropDuplicates ${formatKeys(dropDuplicates.keys)}`]
    const behind = predicatesOf(dropDuplicates?.filters ?? []).map(formatExpr)
    return [...before, ...dropped, ...behind].join(', ') || 'no filter'
  })
  throw authorError('NOT_SUPPORTED_YET', 'the sinks of one job filter differently', {
    at: between.map((place, index) => `${place}: ${difference[index]}`),
    help: 'filter once and select from that frame for each sink, or make two jobs of it',
  })
}
