import { formatPath } from '@fletching/columns'
import { authorError } from '@fletching/columns/errors'
import type { Rows } from './frame.ts'
import { fieldsOf, type LogicalPlan, type ProjectNode } from './logical.ts'
import type { IsKnown } from './path-types.ts'
import type { Schema } from './schema.ts'
import { type ColumnTypes, type Field, type FieldType, formatType, isScalar, sameType } from './types.ts'

/** How a CSV is quoted and its lines are ended. */
export type CsvDialect = 'personalize' | 'glue' | 'rfc4180' | 'athena-opencsv'

/** Where rows go and in which form, without the rows. Plain data. */
export type WriteSink = CsvSink | ParquetSink

export interface CsvSink {
  readonly format: 'csv'
  readonly to: string
  /** The columns that the sink demands. */
  readonly schema: SinkSchema | undefined
  readonly dialect: CsvDialect
  /** One file, whatever the number of rows. */
  readonly files: 1
}

export interface ParquetSink {
  readonly format: 'parquet'
  readonly to: string
  readonly schema: SinkSchema | undefined
  /** Columns whose values become folders, as in `dt=2019-05-18/`; they are not stored in the files. */
  readonly partitionBy: readonly string[]
}

export interface SinkSchema {
  readonly name: string
  readonly fields: readonly Field[]
}

/** A sink and the rows that it writes: what a job returns. */
export interface Write {
  readonly node: 'write'
  readonly sink: WriteSink
  readonly input: LogicalPlan
}

/** A frame that does not have the columns of a sink's schema. The text says what is wrong. */
export interface SinkMismatch<What extends string> {
  readonly mismatch: What
}

/** Nothing to add when columns `C` are those of the schema `S`, else a type that no frame has and that names the fault. */
export type Matching<C, S> =
  IsKnown<C> extends false ? unknown : [Fault<C, S>] extends [never] ? unknown : SinkMismatch<Fault<C, S>>

type Fault<C, S> = Lacking<C, S> | Surplus<C, S>
type Lacking<C, S> = {
  [K in keyof S & string]: K extends keyof C ? FaultIn<K, C[K], S[K]> : `${K} is missing`
}[keyof S & string]
type Surplus<C, S> = { [K in keyof C & string]: K extends keyof S ? never : `${K} is not in the schema` }[keyof C &
  string]
type FaultIn<K extends string, Given, Wanted> =
  KindOf<Given> extends KindOf<Wanted>
    ? null extends Given
      ? null extends Wanted
        ? never
        : `${K} may be null, but the schema needs a value in every row`
      : never
    : `${K} is ${KindOf<Given>}, but the schema needs ${KindOf<Wanted>}`
type KindOf<T> = NonNullable<T> extends { readonly kind: infer Kind extends string } ? Kind : never

export interface CsvOptions<S extends ColumnTypes> {
  /** A folder, or an object whose name ends in `.csv`. Undefined, as for a parameter that was not given: no sink. */
  readonly to: string | undefined
  /** The columns that must come out: their names, order and types, and which may not be null. */
  readonly schema?: Schema<S>
  /** `personalize` by default. */
  readonly dialect?: CsvDialect
  /** One file: the only number there is. */
  readonly files?: 1
}

/**
 * Declares a CSV of the frame's rows. Nothing is written before the job runs.
 *
 * - Nulls: an empty field; a column that may be null is refused where the schema requires it.
 * - Order: that of the input.
 * - Errors: SINK_MISMATCH (author) when columns and schema differ, or a column has a type that CSV has no form for.
 */
export function writeCsv<C extends ColumnTypes, S extends ColumnTypes = C>(
  frame: Rows<C> & Matching<C, S>,
  options: CsvOptions<S>,
): Write | undefined {
  if (options.to === undefined) return undefined
  const { to, schema, dialect = 'personalize' } = options
  return write(frame.plan, `writeCsv(${to})`, { format: 'csv', to, schema: sinkSchema(schema), dialect, files: 1 })
}

export interface ParquetOptions<C extends ColumnTypes, S extends ColumnTypes> {
  /** A folder. Undefined, as for a parameter that was not given: no sink. */
  readonly to: string | undefined
  readonly schema?: Schema<S>
  /** Columns whose values become folders. */
  readonly partitionBy?: readonly (keyof C & string)[]
}

/**
 * Declares a folder of Parquet files of the frame's rows. Nothing is written before the job runs.
 *
 * - Order: that of the input, within each partition.
 * - Errors: SINK_MISMATCH (author) when columns and schema differ, a name is not lower case, or a column holds structs or
 *   lists; UNKNOWN_COLUMN for a partition column that there is not.
 */
export function writeParquet<C extends ColumnTypes, S extends ColumnTypes = C>(
  frame: Rows<C> & Matching<C, S>,
  options: ParquetOptions<C, S>,
): Write | undefined {
  if (options.to === undefined) return undefined
  const { to, schema, partitionBy = [] } = options
  const place = `writeParquet(${to})`
  const fields = fieldsOf(frame.plan)
  assertPartitions(partitionBy, fields, place)
  for (const { name } of fields) {
    if (/^[a-z0-9_]+$/.test(name)) continue
    throw authorError('SINK_MISMATCH', `"${name}" is no name for a Parquet column`, {
      at: place,
      help: `Athena wants lower-case letters, digits and _ only: ${name.toLowerCase().replaceAll(/[^a-z0-9_]/g, '_')}`,
    })
  }
  return write(frame.plan, place, {
    format: 'parquet',
    to,
    schema: sinkSchema(schema),
    partitionBy: Object.freeze([...partitionBy]),
  })
}

function write(plan: LogicalPlan, place: string, sink: WriteSink): Write {
  const fields = fieldsOf(plan)
  if (sink.schema !== undefined) assertMatches(fields, sink.schema, plan, place)
  for (const field of fields) {
    if (isScalar(field.type) || field.type.kind === 'json') continue
    throw authorError('SINK_MISMATCH', `${field.name} is a ${field.type.kind}, which ${sink.format} cannot hold yet`, {
      at: place,
      help: `leave it out with .dropFields('${formatPath([field.name])}'), or take single values out of it with select`,
    })
  }
  return Object.freeze({ node: 'write', sink: Object.freeze(sink), input: plan })
}

function assertMatches(fields: readonly Field[], schema: SinkSchema, plan: LogicalPlan, place: string): void {
  const names = fields.map((field) => field.name)
  const wanted = schema.fields.map((field) => field.name)
  for (const { name, type, required } of schema.fields) {
    const field = fields.find((one) => one.name === name)
    if (field === undefined) {
      throw authorError('SINK_MISMATCH', `${name} is missing, but ${schema.name} needs it`, {
        at: place,
        help: `expected the columns ${wanted.join(', ')}; got ${names.join(', ')}`,
      })
    }
    if (!sameType(field.type, type)) throw wrongType(field, type, schema, place)
    if (required && !field.required) {
      throw authorError('SINK_MISMATCH', `${name} may be null, but ${schema.name} needs a value in every row`, {
        at: place,
        help: howToFill(name, plan),
      })
    }
  }
  if (names.join('\n') === wanted.join('\n')) return
  throw authorError(
    'SINK_MISMATCH',
    `the columns are ${names.join(', ')}, but ${schema.name} is ${wanted.join(', ')}`,
    {
      at: place,
      help: 'select the same columns in the same order',
    },
  )
}

function wrongType(field: Field, type: FieldType, schema: SinkSchema, place: string) {
  return authorError(
    'SINK_MISMATCH',
    `${field.name} is ${formatType(field.type)}, but ${schema.name} needs ${formatType(type)}`,
    {
      at: place,
      help:
        field.type.kind === 'timestamp' && type.kind === 'int64'
          ? 'take its .epochSeconds()'
          : `cast it: .cast(${formatType(type)}())`,
    },
  )
}

/** The way out for a column that may be null: where it came from, as the author wrote it. */
function howToFill(name: string, plan: LogicalPlan): string {
  const project = lastProject(plan)
  const expr = project?.columns.find((column) => column.name === name)?.expr
  if (project === undefined || expr?.op !== 'column')
    return `add .dropNulls('${formatPath([name])}'), or fill it with .fillNull`
  return `add .dropNulls('${formatPath(expr.path)}') before ${project.verb}, or fill it with .fillNull`
}

function lastProject(plan: LogicalPlan): ProjectNode | undefined {
  if (plan.node === 'project') return plan
  return plan.node === 'scan' ? undefined : lastProject(plan.input)
}

function assertPartitions(partitionBy: readonly string[], fields: readonly Field[], place: string): void {
  for (const name of partitionBy) {
    if (fields.some((field) => field.name === name)) continue
    throw authorError('UNKNOWN_COLUMN', `no column "${name}" to partition by`, {
      at: place,
      help: `the columns are: ${fields.map((field) => field.name).join(', ')}`,
    })
  }
  if (new Set(partitionBy).size < fields.length) return
  throw authorError('SINK_MISMATCH', 'every column is a partition column, so the files would be empty', {
    at: place,
    help: 'partition by fewer columns: they are not stored in the files',
  })
}

function sinkSchema(schema: Schema | undefined): SinkSchema | undefined {
  return schema === undefined ? undefined : Object.freeze({ name: schema.name, fields: schema.fields })
}
