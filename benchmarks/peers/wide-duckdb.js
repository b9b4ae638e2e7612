// @ts-check
// DuckDB: one scan with all columns and their types, copied as it is read.
import { DuckDBInstance } from '@duckdb/node-api'
import { inputGlob, makeFolders, table, threadCount } from './task.js'
import { fields, keyOf, moments, scalarOf } from './wide-task.js'

const scalars = { text: 'VARCHAR', int64: 'BIGINT', float64: 'DOUBLE', bool: 'BOOLEAN', timestamp: 'TIMESTAMPTZ' }

makeFolders()
const instance = await DuckDBInstance.create(':memory:', {
  threads: String(threadCount),
  preserve_insertion_order: 'false',
})
const connection = await instance.connect()
// A time without an offset is UTC, not the machine's.
await connection.run("SET TimeZone = 'UTC'")
const columns = fields.map((field) => `${quoted(keyOf(field))}: '${typeOf(field).replaceAll("'", "''")}'`)
await connection.run(`
  COPY (
    SELECT *, strftime(coalesce(${moments.map(quoted).join(', ')}), '%Y-%m-%d') AS dt
    FROM read_ndjson('${inputGlob}', auto_detect = false, columns = {${columns.join(', ')}})
  ) TO '${table}' (FORMAT parquet, COMPRESSION snappy, PARTITION_BY (dt), OVERWRITE_OR_IGNORE)`)
connection.closeSync()
instance.closeSync()

/** @param {import('./wide-task.js').Field} field @returns {string} */
function typeOf(field) {
  if (field.item !== undefined) return `${typeOf(field.item)}[]`
  if (field.fields === undefined) return scalarOf(scalars, field)
  return `STRUCT(${field.fields.map((inner) => `${quoted(keyOf(inner))} ${typeOf(inner)}`).join(', ')})`
}

/** @param {string} name */
function quoted(name) {
  return `"${name.replaceAll('"', '""')}"`
}
