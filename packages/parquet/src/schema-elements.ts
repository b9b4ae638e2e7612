import { authorError } from '@fletching/columns/errors'
import { type DataType, type Schema, TimeUnit, DataType as Types } from 'apache-arrow'
import type { ParquetType, SchemaElement } from 'hyparquet'
import { checkColumnName } from './column-name.ts'

/** What the schema says about a column. */
export type ColumnElement = SchemaElement & { readonly type: ParquetType }

/** The Parquet schema of an Arrow schema: a root, and the columns as `columnElements` has them. */
export function schemaElements(schema: Schema): SchemaElement[] {
  const columns = columnElements(schema)
  return [{ name: 'schema', num_children: columns.length }, ...columns]
}

/**
 * The columns of the Parquet schema of an Arrow schema: flat, with both the converted and the logical type of every column.
 *
 * - Nulls: a nullable field is OPTIONAL, another REQUIRED.
 * - Units: timestamps are INT64 milliseconds, adjusted to UTC.
 * - Errors: BAD_COLUMN_NAME (author) for a name that Athena would not find, or two of one name; NO_COLUMNS (author); NOT_IN_PARQUET
 *   (author) for a type we do not write.
 */
export function columnElements(schema: Schema): ColumnElement[] {
  const names = new Set<string>()
  if (schema.fields.length === 0) throw authorError('NO_COLUMNS', 'a Parquet file needs a column')
  return schema.fields.map(({ name, type, nullable }): ColumnElement => {
    checkColumnName(name)
    if (names.has(name)) throw authorError('BAD_COLUMN_NAME', `two columns are named "${name}"`)
    names.add(name)
    return { name, repetition_type: nullable ? 'OPTIONAL' : 'REQUIRED', ...annotations(name, type) }
  })
}

function annotations(name: string, type: DataType): Omit<ColumnElement, 'name'> {
  if (Types.isDictionary(type) && Types.isUtf8(type.dictionary)) return annotations(name, type.dictionary)
  if (Types.isUtf8(type)) return { type: 'BYTE_ARRAY', converted_type: 'UTF8', logical_type: { type: 'STRING' } }
  if (Types.isBool(type)) return { type: 'BOOLEAN' }
  if (Types.isInt(type) && type.isSigned && type.bitWidth === 32) return { type: 'INT32' }
  if (Types.isInt(type) && type.isSigned && type.bitWidth === 64) return { type: 'INT64' }
  if (Types.isFloat(type) && type.precision === 2) return { type: 'DOUBLE' }
  if (Types.isDate(type) && type.unit === 0)
    return { type: 'INT32', converted_type: 'DATE', logical_type: { type: 'DATE' } }
  if (Types.isTimestamp(type) && type.unit === TimeUnit.MILLISECOND) {
    return {
      type: 'INT64',
      converted_type: 'TIMESTAMP_MILLIS',
      logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'MILLIS' },
    }
  }
  throw authorError('NOT_IN_PARQUET', `Parquet files are not written with ${String(type)}`, {
    at: `column ${name}`,
    help: 'cast it, or leave it out',
  })
}
