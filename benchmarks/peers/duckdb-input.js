// @ts-check
import { DuckDBInstance } from '@duckdb/node-api'

/**
 * A DuckDB of one thread that holds a table `input`.
 *
 * @param {Readonly<Record<string, { readonly type: 'VARCHAR' | 'INTEGER' | 'BOOLEAN', readonly values: readonly unknown[] }>>} columns
 */
export async function openDuckdb(columns) {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' })
  const connection = await instance.connect()
  await connection.run("SET TimeZone = 'UTC'")
  const entries = Object.entries(columns)
  await connection.run(`CREATE TEMP TABLE input (${entries.map(([name, { type }]) => `${name} ${type}`).join(', ')})`)
  const appender = await connection.createAppender('input')
  for (let row = 0; row < entries[0][1].values.length; row++) {
    for (const [, { type, values }] of entries) {
      const value = values[row]
      if (value === null) appender.appendNull()
      else if (type === 'VARCHAR') appender.appendVarchar(/** @type {string} */ (value))
      else if (type === 'INTEGER') appender.appendInteger(/** @type {number} */ (value))
      else appender.appendBoolean(/** @type {boolean} */ (value))
    }
    appender.endRow()
  }
  appender.closeSync()
  const close = () => {
    connection.closeSync()
    instance.closeSync()
  }
  return { connection, close }
}
