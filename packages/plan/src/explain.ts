import { formatPath, type Path } from '@fletching/columns'
import { formatExpr, formatKeys, formatNames } from './format-expr.ts'
import type { DropDuplicatesNode, ExplodeNode, LogicalPlan, ProjectedColumn } from './logical.ts'
import { type OptimizeOptions, optimize } from './optimize.ts'
import type { DropDuplicatesStep, ExplodeStep, FilterStep, OptimizedPlan, ScanColumn, SinkColumn } from './optimized.ts'
import type { Write, WriteSink } from './sink.ts'
import { canSetAside, type Field, type FieldType, formatType, type Provenance } from './types.ts'

/**
 * The plan of a job's sinks as text, as it was written and as it will be done. The same plan gives the same text.
 *
 * - Order: each node stands above what it reads. What several sinks share is printed once and has a number.
 * - Errors: those of `optimize`.
 */
export function explain(sinks: readonly Write[], options: OptimizeOptions = {}): string {
  const optimized = optimize(sinks, options)
  return `Logical plan\n${indent(explainLogical(sinks))}\n\nOptimized plan\n${indent(explainOptimized(optimized))}\n`
}

/** The plan as the author wrote it. */
export function explainLogical(sinks: readonly Write[]): string {
  const readers = new Map<LogicalPlan, number>()
  for (const { input } of sinks) count(input, readers)
  const numbers = new Map<LogicalPlan, number>()
  const lines: string[] = []
  for (const { sink, input } of sinks) {
    lines.push(formatSink(sink))
    printNode(input, 1, readers, numbers, lines)
  }
  return lines.join('\n')
}

/** The plan as it will be done. */
export function explainOptimized({ scan, residual, explode, dropDuplicates, sinks }: OptimizedPlan): string {
  const lines: string[] = []
  for (const { sink, columns } of sinks) {
    lines.push(formatSink(sink), ...columns.map((column) => `  ${formatSinkColumn(column)}`))
  }
  if (dropDuplicates !== undefined) {
    lines.push(...formatSteps('filters', dropDuplicates.filters, ''), formatDropDuplicates(dropDuplicates))
  }
  if (explode !== undefined) {
    lines.push(...formatSteps('filters', explode.filters, ''), formatExplodeStep(explode))
  }
  lines.push(...formatSteps('filters', residual, ''))
  lines.push(`scan ndjson ${scan.location} as ${scan.schema}`)
  lines.push(...formatSteps('filters in the scan', scan.steps, '  '))
  lines.push(`  columns`, ...scan.columns.map((column) => `    ${formatScanColumn(column)}`))
  return lines.join('\n')
}

function printNode(
  plan: LogicalPlan,
  depth: number,
  readers: ReadonlyMap<LogicalPlan, number>,
  numbers: Map<LogicalPlan, number>,
  lines: string[],
): void {
  const margin = '  '.repeat(depth)
  const seen = numbers.get(plan)
  if (seen !== undefined) {
    lines.push(`${margin}(${seen}) as above`)
    return
  }
  let label = ''
  if ((readers.get(plan) ?? 0) > 1) {
    numbers.set(plan, numbers.size + 1)
    label = `(${numbers.size}) `
  }
  lines.push(`${margin}${label}${formatNode(plan)}`)
  if (plan.node !== 'scan') printNode(plan.input, depth + 1, readers, numbers, lines)
}

/** Counts who reads a node. Below a node that was met before, nothing is counted again. */
function count(plan: LogicalPlan, readers: Map<LogicalPlan, number>): void {
  const before = readers.get(plan) ?? 0
  readers.set(plan, before + 1)
  if (before === 0 && plan.node !== 'scan') count(plan.input, readers)
}

function formatNode(plan: LogicalPlan): string {
  switch (plan.node) {
    case 'scan':
      return `scan ndjson ${plan.location} as ${plan.schema.name}`
    case 'filter':
      return `filter ${formatExpr(plan.predicate)}, else "${plan.reason}"`
    case 'explode':
      return formatExplode(plan)
    case 'dropDuplicates':
      return formatDropDuplicates(plan)
    case 'project':
      return `${plan.verb} ${formatColumns(plan.columns)}`
  }
}

function formatExplode({ list, as, position, outer, reason }: ExplodeNode): string {
  const place = position === undefined ? '' : ` at ${formatPath([position])}`
  return `explode ${formatExpr(list)} as ${formatPath([as])}${place}${withoutItem(outer, reason)}`
}

function formatExplodeStep({ list, item, position, outer, reason, carried }: ExplodeStep): string {
  const made = [item, ...(position === undefined ? [] : [position])].map(formatPath).join(', ')
  const beside = carried.length === 0 ? '' : `, beside ${formatNames(carried.map(formatPath))}`
  return `explode ${formatExpr(list)} into ${made}${beside}${withoutItem(outer, reason)}`
}

function withoutItem(outer: boolean, reason: string): string {
  return outer ? ', outer' : `, else "${reason}"`
}

function formatDropDuplicates({ keys, nulls, last }: DropDuplicatesNode | DropDuplicatesStep): string {
  const by = last?.by === undefined ? '' : ` by ${formatExpr(last.by)}`
  return `dropDuplicates ${formatKeys(keys)}, keep ${last === undefined ? 'first' : 'last'}${by}, nulls ${nulls}`
}

/** Columns that are made are all told of; of many beside each other that stay as they are, the first few. */
function formatColumns(columns: readonly ProjectedColumn[]): string {
  const told: string[] = []
  let same: string[] = []
  for (const { name, expr } of columns) {
    const made = formatExpr(expr)
    const named = formatPath([name])
    if (made === named) same.push(named)
    else {
      told.push(...formatRun(same), `${named} = ${made}`)
      same = []
    }
  }
  return [...told, ...formatRun(same)].join(', ')
}

function formatRun(names: readonly string[]): string[] {
  return names.length === 0 ? [] : [formatNames(names)]
}

function formatSink(sink: WriteSink): string {
  const schema = sink.schema === undefined ? '' : ` as ${sink.schema.name}`
  if (sink.format === 'csv') return `write csv ${sink.to}${schema}, dialect ${sink.dialect}`
  const folders = sink.partitionBy.length === 0 ? '' : `, partitioned by ${sink.partitionBy.join(', ')}`
  return `write parquet ${sink.to}${schema}${folders}`
}

function formatSinkColumn({ name, type, nullable, expr }: SinkColumn): string {
  return `${formatPath([name])}: ${formatType(type)}${nullable ? ' or null' : ''} = ${formatExpr(expr)}`
}

function formatSteps(title: string, steps: readonly FilterStep[], margin: string): string[] {
  if (steps.length === 0) return []
  return [
    `${margin}${title}`,
    ...steps.map(({ predicate, reason, tally }, index) => {
      const named = tally === undefined ? '' : `, naming ${formatPath(tally)}`
      return `${margin}  ${index + 1}. ${formatExpr(predicate)}, else "${reason}"${named}`
    }),
  ]
}

function formatScanColumn({ path, keys, type, required, output, contract, provenance }: ScanColumn): string {
  if (provenance !== undefined) {
    return `${formatPath(path)}: ${shortType(type)}, ${ORIGINS[provenance]}`
  }
  const notes = [
    ...(formatPath(keys) === formatPath(path) ? [] : [`from ${formatPath(keys)}`]),
    ...(required ? ['required'] : []),
    ...(type.kind === 'text' && type.encoding === 'dictionary' ? ['dictionary'] : []),
    otherwise(type, contract),
    ...(contract === 'freeze' ? [] : frozenIn(type, path)).map((inner) => `the run fails at ${inner}`),
    ...(output ? [] : ['for the filters only']),
  ]
  return `${formatPath(path)}: ${shortType(type)}, ${notes.join(', ')}`
}

function otherwise(type: FieldType, contract: ScanColumn['contract']): string {
  if (contract === 'freeze') return 'else the run fails'
  if (type.otherwise === 'setAside') return 'else set aside'
  return canSetAside(type) ? 'else null, values within else set aside' : 'else null'
}

/** Where within a column a value that does not fit fails the run. */
function frozenIn(type: FieldType, path: Path): readonly string[] {
  if (type.kind === 'list') return frozenIn(type.item, path)
  if (type.kind !== 'struct') return []
  return type.fields.flatMap((field) => {
    const inner = [...path, field.name]
    return field.contract === 'freeze' ? [formatPath(inner)] : frozenIn(field.type, inner)
  })
}

const ORIGINS: Readonly<Record<Provenance, string>> = {
  file: 'the name of the object',
  line: 'the number of the line in the object',
  offset: 'the offset of the line in the uncompressed object',
  keyDay: "the received day in the object's key, else null",
}

/** The type with no more than a hint of what is inside a struct. */
function shortType(type: FieldType): string {
  if (type.kind === 'list') return `list<${shortType(type.item)}>`
  return type.kind === 'struct'
    ? `struct<${type.fields.map((field: Field) => formatPath([field.name])).join(', ')}>`
    : formatType(type)
}

function indent(text: string): string {
  return text.replaceAll(/^/gm, '  ')
}
