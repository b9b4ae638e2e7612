import { DataType, type Schema } from 'apache-arrow'
import { glueTypeOf } from './glue-type.ts'
import { athenaNames } from './names.ts'
import type { TableSpec } from './table-spec.ts'

/** A view of a table, for Athena. */
export interface ViewSpec {
  readonly name: string
  /** Columns of epoch seconds, each with the name of the column that says them as a moment. */
  readonly moments?: Readonly<Record<string, string>>
}

/**
 * The statement that gives a table of text its types back, without the semicolon. What does not fit its type is null, and so is an empty
 * field. `schema` is that of the file, in the order of the table.
 *
 * A moment is one without a time zone, in UTC: Athena keeps no view with another, and does not cast one to the other.
 *
 * - Errors: NOT_IN_ATHENA (author).
 */
export function typedView(table: TableSpec, schema: Schema, { name, moments = {} }: ViewSpec): string {
  const columns = schema.fields.map(({ name, type }, index) => ({ name, type, from: table.columns[index].name }))
  const seconds = columns.filter(({ name }) => Object.hasOwn(moments, name))
  const names = athenaNames([...columns.map(({ from }) => from), ...seconds.map(({ name }) => moments[name])])
  const values = [
    ...columns.map(({ name, type, from }) => typed(from, type, name)),
    ...seconds.map(
      ({ from }) => `timestamp '1970-01-01 00:00:00' + ${cast(quoted(from), 'bigint')} * interval '1' second`,
    ),
  ]
  return [
    `CREATE OR REPLACE VIEW ${quoted(table.database)}.${quoted(name)} AS`,
    'SELECT',
    values.map((value, index) => `  ${value} AS ${quoted(names[index])}`).join(',\n'),
    `FROM ${quoted(table.database)}.${quoted(table.name)}`,
  ].join('\n')
}

function typed(from: string, type: DataType, place: string): string {
  const glueType = glueTypeOf(type, place)
  if (glueType === 'string') return `nullif(${quoted(from)}, '')`
  // Athena casts no text with a T or a Z, and the moments of our CSVs are all in UTC.
  const text = DataType.isTimestamp(type) ? `replace(replace(${quoted(from)}, 'T', ' '), 'Z', '')` : quoted(from)
  return cast(text, glueType)
}

function cast(text: string, type: string): string {
  return `try_cast(${text} AS ${type})`
}

function quoted(name: string): string {
  return `"${name}"`
}
