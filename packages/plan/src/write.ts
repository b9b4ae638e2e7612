import { formatPath, type Path } from '@fletching/columns'
import { authorError } from '@fletching/columns/errors'
import type { Rows } from './frame.ts'
import { fieldsOf, type LogicalPlan } from './logical.ts'
import { assertMatches, type Matching } from './match-schema.ts'
import type { Schema } from './schema.ts'
import { type CsvDialect, csvDialects, type Write, type WriteSink } from './sink.ts'
import { type ColumnTypes, type Field, type FieldType, isScalar } from './types.ts'

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
  assertLocation(options, 'writeCsv')
  if (options.to === undefined) return undefined
  const { to, schema, dialect = 'personalize', files = 1 } = options
  const place = `writeCsv(${to})`
  if (!csvDialects.includes(dialect)) {
    throw authorError('BAD_OPTION', `no CSV dialect "${String(dialect)}"`, {
      at: place,
      help: `the dialects are: ${csvDialects.join(', ')}`,
    })
  }
  if (files !== 1) {
    throw authorError('BAD_OPTION', `a CSV is one file, not ${String(files)}`, {
      at: place,
      help: 'leave files out, or give files: 1',
    })
  }
  return write(frame.plan, place, { format: 'csv', to, schema, dialect, files: 1 })
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
 * - Errors: SINK_MISMATCH (author) when columns and schema differ, a name at any depth is not lower case, a struct has no field, or rows are to be
 *   partitioned by structs or lists; UNKNOWN_COLUMN for a partition column that there is not.
 */
export function writeParquet<C extends ColumnTypes, S extends ColumnTypes = C>(
  frame: Rows<C> & Matching<C, S>,
  options: ParquetOptions<C, S>,
): Write | undefined {
  assertLocation(options, 'writeParquet')
  if (options.to === undefined) return undefined
  const { to, schema, partitionBy = [] } = options
  const place = `writeParquet(${to})`
  const fields = fieldsOf(frame.plan)
  assertPartitions(partitionBy, fields, place)
  for (const field of fields) assertNamed(field, [], place)
  return write(frame.plan, place, {
    format: 'parquet',
    to,
    schema,
    partitionBy: Object.freeze([...partitionBy]),
  })
}

/** Refuses what no Parquet column can be called, and a struct that holds nothing. */
function assertNamed({ name, type }: Field, holder: Path, place: string): void {
  const path = [...holder, name]
  const within = holder.length === 0 ? '' : `, in ${formatPath(holder)}`
  if (!/^[a-z0-9_]+$/.test(name)) {
    throw authorError('SINK_MISMATCH', `"${name}" is no name for a Parquet column${within}`, {
      at: place,
      help: `Athena wants lower-case letters, digits and _ only: ${name.toLowerCase().replaceAll(/[^a-z0-9_]/g, '_')}`,
    })
  }
  const inner = innermost(type)
  if (inner.kind !== 'struct') return
  if (inner.fields.length === 0) {
    throw authorError('SINK_MISMATCH', `${formatPath(path)} is a struct without fields, which no Parquet file holds`, {
      at: place,
      help: 'leave it out, or declare it as json()',
    })
  }
  for (const field of inner.fields) assertNamed(field, path, place)
}

/** What the lists of a type hold in the end. */
function innermost(type: FieldType): FieldType {
  return type.kind === 'list' ? innermost(type.item) : type
}

/** An author in plain JavaScript has no compiler to say so. */
function assertLocation(options: { readonly to?: unknown } | undefined, at: string): void {
  const to = options?.to
  if (options !== undefined && (to === undefined || typeof to === 'string')) return
  throw authorError('BAD_LOCATION', `${String(to)} is not a place to write to`, {
    at,
    help: `expected ${at}(frame, { to: 's3://bucket/folder/' })`,
  })
}

function write(plan: LogicalPlan, place: string, sink: WriteSink): Write {
  const fields = fieldsOf(plan)
  if (sink.schema !== undefined) assertMatches(plan, sink.schema, place)
  for (const field of sink.format === 'csv' ? fields : []) {
    if (isScalar(field.type) || field.type.kind === 'json') continue
    throw authorError('SINK_MISMATCH', `${field.name} is a ${field.type.kind}, which csv cannot hold yet`, {
      at: place,
      help: `leave it out with .dropFields('${formatPath([field.name])}'), or take single values out of it with select`,
    })
  }
  return Object.freeze({ node: 'write', sink: Object.freeze(sink), input: plan })
}

function assertPartitions(partitionBy: readonly string[], fields: readonly Field[], place: string): void {
  for (const name of partitionBy) {
    const type = fields.find((field) => field.name === name)?.type
    if (type !== undefined && (isScalar(type) || type.kind === 'json')) continue
    if (type !== undefined) {
      throw authorError('SINK_MISMATCH', `${name} is a ${type.kind}, by which no folder can be named`, {
        at: place,
        help: 'partition by a column of plain values, such as the day of a timestamp',
      })
    }
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
