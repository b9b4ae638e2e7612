import { authorError } from '@fletching/columns/errors'
import { ddlWords } from './reserved-words.ts'
import { formOf } from './table-form.ts'
import type { TableColumn, TableSpec } from './table-spec.ts'

/** The statement that makes a database, without the semicolon, as all of these. */
export function createDatabase(name: string): string {
  return `CREATE DATABASE IF NOT EXISTS ${quoted(name)}`
}

/**
 * The statement that makes a table in Athena, Hive or Spark; a table of that name is left as it is.
 *
 * - Errors: BAD_LOCATION (author) for a location that no statement can hold.
 */
export function createTable(spec: TableSpec): string {
  const { columns, partitions, location } = spec
  const { serde, inputFormat, outputFormat, serdeParameters, parameters } = formOf(spec)
  if (/\p{Cc}/u.test(location)) {
    throw authorError('BAD_LOCATION', `the location ${location} holds a control character`, {
      at: `table ${spec.database}.${spec.name}`,
      help: 'no statement of Athena can hold it: give the job another output folder',
    })
  }
  return [
    `CREATE EXTERNAL TABLE IF NOT EXISTS ${tableName(spec)} ${list(columns.map(columnText))}`,
    ...(partitions.length === 0 ? [] : [`PARTITIONED BY ${list(partitions.map(columnText))}`]),
    `ROW FORMAT SERDE ${literal(serde)}`,
    `WITH SERDEPROPERTIES ${list(pairs(serdeParameters))}`,
    `STORED AS INPUTFORMAT ${literal(inputFormat)}`,
    `OUTPUTFORMAT ${literal(outputFormat)}`,
    `LOCATION ${literal(location)}`,
    `TBLPROPERTIES ${list(pairs(parameters))}`,
  ].join('\n')
}

/** The statement that makes the partitions of all folders known that are there by then. */
export function repairTable(spec: TableSpec): string {
  return `MSCK REPAIR TABLE ${tableName(spec)}`
}

function tableName({ database, name }: TableSpec): string {
  return `${quoted(database)}.${quoted(name)}`
}

function columnText({ name, type, comment }: TableColumn): string {
  const text = `${quoted(name)} ${type.replace(STRUCT_FIELD, (word) => (ddlWords.has(word) ? quoted(word) : word))}`
  return comment === undefined ? text : `${text} COMMENT ${literal(comment)}`
}

/** The name of a field in the type of a struct. */
const STRUCT_FIELD = /(?<=[<,])\w+(?=:)/g

function pairs(values: Readonly<Record<string, string>>): string[] {
  return Object.entries(values).map(([name, value]) => `${literal(name)} = ${literal(value)}`)
}

function list(items: readonly string[]): string {
  return `(\n  ${items.join(',\n  ')}\n)`
}

/** In backticks, where no word is reserved; no name of Athena's holds one. */
function quoted(name: string): string {
  return `\`${name}\``
}

/** Hive's literal: a backslash escapes, and a doubled quote would be the end of one text and the start of another. */
function literal(text: string): string {
  const escaped = text.replace(/[\\']/g, (character) => `\\${character}`)
  return `'${escaped.replace(/\p{Cc}/gu, (control) => `\\u${control.charCodeAt(0).toString(16).padStart(4, '0')}`)}'`
}
