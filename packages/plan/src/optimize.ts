import { formatPath, type Path } from '@fletching/columns'
import { authorError } from '@fletching/columns/errors'
import { columnsIn, type Expr, freeze, sameTree } from './expr.ts'
import { foldConstants, isTrue } from './fold-constants.ts'
import { formatExpr, formatKeys } from './format-expr.ts'
import { type ExplodeNode, fieldsOf, type LogicalPlan, type ScanNode } from './logical.ts'
import type { DropDuplicatesStep, ExplodeStep, FilterStep, OptimizedPlan, SinkColumn } from './optimized.ts'
import { scanColumns } from './prune-columns.ts'
import { pushablePrefix } from './push-predicates.ts'
import type { Write } from './sink.ts'
import {
  columnsOfScan,
  type Environment,
  environmentOf,
  environmentOfExplode,
  explodedPaths,
  substitute,
} from './substitute.ts'
import type { Field } from './types.ts'

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
 * - Errors: NO_SINKS (author) without a sink; NOT_SUPPORTED_YET when the sinks read or filter differently, or where a plan
 *   explodes or drops duplicates twice, or explodes behind that.
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
  const [{ scan, filters, explode, dropDuplicates }] = folded
  const pushed = rules.pushPredicates ? pushablePrefix(filters, scan.schema.fields) : 0
  const steps = filters.slice(0, pushed)
  const residual = filters.slice(pushed)
  const behind = readersBehind(folded)
  const readers = {
    below: predicatesOf(steps),
    above: [...predicatesOf(residual), ...listOf(explode), ...behind],
    written: [...predicatesOf(written[0].filters), ...listOf(written[0].explode), ...readersBehind(written)],
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
    ...(explode === undefined ? {} : { explode: { ...explode, carried: carriedBy(explode, behind) } }),
    ...(dropDuplicates === undefined ? {} : { dropDuplicates }),
    sinks: sinks.map(({ sink }, index) => ({ sink, columns: folded[index].columns })),
  }
}

/** A sink's plan with its projections gone: everything is said over the columns of the scan. */
interface Merged {
  readonly scan: ScanNode
  readonly filters: readonly FilterStep[]
  readonly explode: ExplodeStep | undefined
  readonly dropDuplicates: DropDuplicatesStep | undefined
  readonly columns: readonly SinkColumn[]
}

function merge(write: Write): Merged {
  const { environment, ...walked } = walk(write.input)
  const columns = fieldsOf(write.input).map(({ name, type, required }) => {
    const expr = substitute(freeze({ op: 'column', path: Object.freeze([name]), type }), environment)
    return { name, expr, type, nullable: !required }
  })
  return { ...walked, columns }
}

/** What is known of a plan so far, and what each name stands for. */
interface Walked extends Omit<Merged, 'columns'> {
  readonly environment: Environment
}

/** From the scan up. */
function walk(plan: LogicalPlan): Walked {
  if (plan.node === 'scan') {
    return { scan: plan, environment: columnsOfScan, filters: [], explode: undefined, dropDuplicates: undefined }
  }
  const below = walk(plan.input)
  const { environment, filters, explode, dropDuplicates } = below
  if (plan.node === 'project') return { ...below, environment: environmentOf(plan, environment) }
  if (plan.node === 'filter') {
    const step = stepOf(substitute(plan.predicate, environment), plan.reason)
    if (dropDuplicates !== undefined) {
      return { ...below, dropDuplicates: { ...dropDuplicates, filters: [...dropDuplicates.filters, step] } }
    }
    return explode === undefined
      ? { ...below, filters: [...filters, step] }
      : { ...below, explode: { ...explode, filters: [...explode.filters, step] } }
  }
  if (plan.node === 'explode') return exploding(plan, below)
  if (dropDuplicates !== undefined) {
    throw authorError('NOT_SUPPORTED_YET', 'a job drops duplicates twice', {
      at: [dropDuplicates, plan].map(({ keys }) => `dropDuplicates ${formatKeys(keys)}`),
      help: 'name all the columns in one dropDuplicates where one will do, or make two jobs of it',
    })
  }
  const keys = plan.keys.map((key) => substitute(key, environment))
  const by = plan.last?.by
  const last = plan.last && (by === undefined ? {} : { by: substitute(by, environment) })
  return { ...below, dropDuplicates: { keys, nulls: plan.nulls, ...(last === undefined ? {} : { last }), filters: [] } }
}

function exploding(plan: ExplodeNode, below: Walked): Walked {
  const { environment, scan, explode, dropDuplicates } = below
  if (explode !== undefined || dropDuplicates !== undefined) {
    throw authorError(
      'NOT_SUPPORTED_YET',
      `a job explodes ${explode === undefined ? 'behind dropDuplicates' : 'twice'}`,
      {
        at: `explode ${formatExpr(plan.list)}`,
        help:
          explode === undefined
            ? 'explode first, and name the position among the columns that tell rows apart'
            : 'make two jobs of it',
      },
    )
  }
  const list = substitute(plan.list, environment)
  if (list.op !== 'column') {
    throw authorError('NOT_SUPPORTED_YET', 'explode needs a list that events hold, but this one is computed', {
      at: `explode ${formatExpr(plan.list)} = ${formatExpr(list)}`,
      help: 'name the list by its path in the events',
    })
  }
  const paths = explodedPaths(list.path)
  for (const path of [paths.item, paths.position]) assertUnused(path, scan)
  const { outer, reason, position } = plan
  return {
    ...below,
    environment: environmentOfExplode(plan, paths, environment),
    explode: {
      list,
      item: paths.item,
      ...(position === undefined ? {} : { position: paths.position }),
      outer,
      reason,
      // Known when all that looks at rows above is.
      carried: [],
      filters: [],
    },
  }
}

/** An event may have a key of any name. */
function assertUnused(path: Path, { schema }: ScanNode): void {
  const isField = (fields: readonly Field[], [name, ...rest]: Path): boolean => {
    const field = fields.find((one) => one.name === name)
    if (field === undefined || rest.length === 0) return field !== undefined
    return field.type.kind === 'struct' && isField(field.type.fields, rest)
  }
  if (!isField(schema.fields, path)) return
  throw authorError(
    'NOT_SUPPORTED_YET',
    `${schema.name} has a column "${formatPath(path)}", as explode calls what it makes`,
    {
      help: 'leave it out of the schema',
    },
  )
}

/** The columns of the scan that are looked at behind an explode. */
function carriedBy({ item, position }: ExplodeStep, behind: readonly Expr[]): readonly Path[] {
  const made = [item, position].flatMap((path) => (path === undefined ? [] : [formatPath(path)]))
  const paths = new Map(behind.flatMap(columnsIn).map(({ path }) => [formatPath(path), path]))
  return [...paths].flatMap(([text, path]) =>
    made.some((name) => text === name || text.startsWith(`${name}.`)) ? [] : [path],
  )
}

function folding({ scan, filters, explode, dropDuplicates, columns }: Merged): Merged {
  return {
    scan,
    filters: foldFilters(filters),
    explode: explode && { ...explode, filters: foldFilters(explode.filters) },
    dropDuplicates: dropDuplicates && {
      ...dropDuplicates,
      keys: dropDuplicates.keys.map(foldConstants),
      ...(dropDuplicates.last?.by === undefined ? {} : { last: { by: foldConstants(dropDuplicates.last.by) } }),
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

function listOf(step: ExplodeStep | undefined): readonly Expr[] {
  return step === undefined ? [] : [step.list]
}

/** Everything that looks at rows above the filters that stand first. */
function readersBehind(merged: readonly Merged[]): readonly Expr[] {
  const [{ explode, dropDuplicates }] = merged
  return [...predicatesOf(explode?.filters ?? []), ...readersOf(dropDuplicates), ...merged.flatMap(expressionsOf)]
}

function readersOf(step: DropDuplicatesStep | undefined): readonly Expr[] {
  if (step === undefined) return []
  return [...step.keys, ...(step.last?.by === undefined ? [] : [step.last.by]), ...predicatesOf(step.filters)]
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
  const [one, another] = [first, other].map(({ filters, explode, dropDuplicates }) => ({
    filters,
    explode,
    dropDuplicates,
  }))
  if (sameTree(one, another)) return
  const difference = [first, other].map(({ filters, explode, dropDuplicates }) => {
    const before = predicatesOf(filters).map(formatExpr)
    const exploded = explode === undefined ? [] : [`explode ${formatExpr(explode.list)}`]
    const behindExplode = predicatesOf(explode?.filters ?? []).map(formatExpr)
    const dropped = dropDuplicates === undefined ? [] : [`dropDuplicates ${formatKeys(dropDuplicates.keys)}`]
    const behind = predicatesOf(dropDuplicates?.filters ?? []).map(formatExpr)
    return [...before, ...exploded, ...behindExplode, ...dropped, ...behind].join(', ') || 'no filter'
  })
  throw authorError('NOT_SUPPORTED_YET', 'the sinks of one job filter differently', {
    at: between.map((place, index) => `${place}: ${difference[index]}`),
    help: 'filter once and select from that frame for each sink, or make two jobs of it',
  })
}
