import type { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import { environmentError } from '@fletching/columns/errors'
import { quoted } from './sql-text.ts'

export type DuckDb = typeof import('@duckdb/node-api')

/**
 * DuckDB, which is installed beside this package by those who want it.
 *
 * - Errors: NO_DUCKDB (environment).
 */
export async function loadDuckDb(): Promise<DuckDb> {
  try {
    return await import('@duckdb/node-api')
  } catch (cause) {
    throw environmentError('NO_DUCKDB', 'DuckDB, which answers queries, is not installed', {
      help: 'npm install @duckdb/node-api@1.5.6-r.1 where fletching is installed; it takes 70 MB',
      cause,
    })
  }
}

/** Gives work a database in memory, which goes with it. */
export async function withDatabase<T>(duckDb: DuckDb, work: (connection: DuckDBConnection) => Promise<T>): Promise<T> {
  const instance: DuckDBInstance = await duckDb.DuckDBInstance.create(':memory:', {
    // Nothing is ever fetched from the network.
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
  })
  const connection = await instance.connect()
  try {
    return await work(connection)
  } finally {
    connection.closeSync()
    instance.closeSync()
  }
}

/** From here on nothing is read but these files, nothing is written but what has no room in memory, and no setting is changed. */
export async function lockDown(
  connection: DuckDBConnection,
  {
    database,
    files,
    scratch,
  }: { readonly database: string; readonly files: readonly string[]; readonly scratch: string },
): Promise<void> {
  const settings = [
    `allowed_paths = [${files.map(quoted).join(', ')}]`,
    `temp_directory = ${quoted(scratch)}`,
    "TimeZone = 'UTC'",
    `search_path = ${quoted(database)}`,
    'enable_external_access = false',
    'lock_configuration = true',
  ]
  for (const setting of settings) await connection.run(`SET ${setting}`)
}
