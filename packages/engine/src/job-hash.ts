import { createHash } from 'node:crypto'
import { formatPath } from '@fletching/columns'
import type { Job, Params, ParamValue, ValuesOf } from '@fletching/job'
import { type FilterStep, optimize, type Write } from '@fletching/plan'
import type { RunOptions } from './options.ts'
import { plainAddress } from './outputs.ts'

/**
 * A hash of what a job makes of a line, and into which columns and folders of which outputs: two runs of the same hash may stand in one
 * table.
 *
 * It is taken of the plan over the columns of the scan, with every filter where the author put it, so that it depends on no location, on no option
 * of how the work is done, on no machine, and on nothing that only explains the job: verbs, names in between, reasons, columns that nothing
 * looks at.
 */
export function jobHash(sinks: readonly Write[], { partitionBy }: Pick<RunOptions, 'partitionBy'>): string {
  const plan = optimize(sinks, { rules: { foldConstants: false, pushPredicates: false, pruneColumns: true } })
  const { explode, dropDuplicates } = plan
  return sha256({
    format: plan.scan.format,
    scan: Object.fromEntries(
      plan.scan.columns.map(({ path, keys, type, required, contract, provenance }) => [
        formatPath(path),
        { keys: formatPath(keys) === formatPath(path) ? undefined : keys, type, required, contract, provenance },
      ]),
    ),
    filters: predicatesOf(plan.residual),
    explode: explode && { list: explode.list, outer: explode.outer, filters: predicatesOf(explode.filters) },
    dropDuplicates: dropDuplicates && { ...dropDuplicates, filters: predicatesOf(dropDuplicates.filters) },
    sinks: plan.sinks.map(({ sink, columns }) =>
      sink.format === 'csv'
        ? { format: sink.format, columns, dialect: sink.dialect }
        : { format: sink.format, columns, partitionBy: partitionBy ?? sink.partitionBy },
    ),
  })
}

/** The values of a job's parameters, with every address in one form. */
export function plainParams<P extends Params>(job: Job<P>, params: ValuesOf<P>): Readonly<Record<string, ParamValue>> {
  const values = Object.entries<ParamValue>(params)
  const isAddress = (name: string, value: ParamValue) =>
    job.params[name]?.kind === 'location' && typeof value === 'string'
  return Object.fromEntries(
    values.map(([name, value]) => [name, isAddress(name, value) ? plainAddress(String(value)) : value]),
  )
}

/** The values of a job's parameters as a report tells them: a schema by its name, and a hash of what it says. */
export function reportedParams<P extends Params>(job: Job<P>, params: ValuesOf<P>): Readonly<Record<string, unknown>> {
  const values = Object.entries<ParamValue>(params).map(([name, value]) => [
    name,
    job.params[name]?.kind === 'schema' && typeof value === 'object'
      ? { schema: value.name, sha256: sha256(value.fields) }
      : value,
  ])
  return Object.fromEntries(values)
}

/** A hash of the values of a job's parameters, and of the options that change the rows or the bytes of its outputs. */
export function paramsHash(params: Readonly<Record<string, unknown>>, options: RunOptions): string {
  return sha256({
    params,
    onMalformed: options.onMalformed ?? 'fail',
    redactRejects: options.redactRejects ?? false,
    onEmpty: options.onEmpty ?? 'fail',
    writeMode: options.writeMode ?? 'replace',
    csv: options.csv,
    exclude: options.exclude ?? [],
    fromDay: options.fromDay?.toISOString(),
    toDay: options.toDay?.toISOString(),
    csvDialect: options.csvDialect,
    partitionBy: options.partitionBy,
    parquetWriter: options.parquetWriter,
    parquetCompression: options.parquetCompression,
    rowGroupRows: options.rowGroupRows,
    lineBytesMax: options.lineBytesMax,
    depthMax: options.depthMax,
  })
}

function predicatesOf(filters: readonly FilterStep[]) {
  return filters.map(({ predicate }) => predicate)
}

function sha256(value: unknown): string {
  return createHash('sha256').update(canonicalJson(value)).digest('hex')
}

/** JSON in one form: keys in order, no blanks, and nothing for what is undefined. A value that JSON does not have is named in an object. */
function canonicalJson(value: unknown): string {
  if (typeof value === 'bigint') return `{"bigint":"${value}"}`
  if (typeof value === 'number' && (!Number.isFinite(value) || Object.is(value, -0)))
    return `{"number":"${Object.is(value, -0) ? '-0' : value}"}`
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const entries = Object.entries(value).filter(([, inner]) => inner !== undefined)
  const sorted = entries.sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${sorted.map(([name, inner]) => `${JSON.stringify(name)}:${canonicalJson(inner)}`).join(',')}}`
}
