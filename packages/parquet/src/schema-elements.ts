import { authorError } from '@fletching/columns/errors'
import { type DataType, type Schema, TimeUnit, DataType as Types } from 'apache-arrow'
import type { SchemaElement } from 'hyparquet'
import { checkColumnName } from './column-name.ts'

/**
 * The Parquet schema of an Arrow schema: flat, with both the converted and the logical type of every column.
 *
 * - Nulls: a nullable field is OPTIONAL, another REQUIRED.
 * - Units: timestamps are INT64 milliseconds, adjusted to UTC.
 * - Errors: BAD_COLUMN_NAME (author) for a name that Athena would not find, or two of one name; NO_COLUMNS (author); NOT_IN_PARQUET
 *   (author) for a type we do not write.
 */
export function schemaElements(schema: Schema): SchemaElement[] {
  const names = new Set<string>()
  if (schema.fields.length === 0) throw authorError('NO_COLUMNS', 'a Parquet file needs a column')
  const columns = schema.fields.map(({ name, type, nullable }): SchemaElement => {
    checkColumnName(name)
    if (names.has(name)) throw authorError('BAD_COLUMN_NAME', `two columns are named "${name}"`)
    names.add(name)
    return { name, repetition_type: nullable ? 'OPTIONAL' : 'REQUIRED', ...annotations(name, type) }
  })
  return [{ name: 'schema', num_children: columns.length }, ...columns]
}

function annotations(name: string, type: DataType): Omit<SchemaElement, 'name'> {
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
