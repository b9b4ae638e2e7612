// @ts-check
import { DuckDBInstance } from '@duckdb/node-api'

/**
 * A DuckDB for the time of `work`, to count and to hash what others wrote.
 *
 * @template Result
 * @param {(connection: import('@duckdb/node-api').DuckDBConnection) => Promise<Result>} work
 */
export async function withDuckdb(work) {
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  try {
    await connection.run("SET TimeZone = 'UTC'")
    return await work(connection)
  } finally {
    connection.closeSync()
    instance.closeSync()
  }
}
