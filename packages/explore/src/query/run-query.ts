import type { DuckDBConnection } from '@duckdb/node-api'
import { authorError, FletchingError } from '@fletching/columns/errors'
import { inScratchFolder } from '@fletching/storage'
import type { InputOptions } from '../files/open-input.ts'
import { loadDuckDb, lockDown, withDatabase } from './duckdb.ts'
import { rowsOf, shownValue } from './shown-value.ts'
import { sqlError } from './sql-error.ts'
import { identifier, literalPath } from './sql-text.ts'
import { prepareQuery } from './statement.ts'
import type { TableSource } from './table-source.ts'
import { viewOf } from './view.ts'

export interface QueryOptions extends InputOptions {
  /** The schema in which the tables stand; they are found without it as well. */
  readonly database: string
  /** Where a folder for what has to lie in files is made. Default: the system's. */
  readonly tmp?: string
  /** Lets an error of a value show it. */
  readonly showData?: boolean
  /** Is told what of a table is not shown. */
  readonly onNote?: (text: string) => void
}

/** Rows as they come. */
export interface QueryResult {
  readonly names: readonly string[]
  readonly rows: AsyncIterable<readonly (readonly unknown[])[]>
}

/**
 * Answers a statement that reads, with DuckDB, which holds the whole answer, beyond its memory in a file. Only the tables that it names are found, and brought to this machine where they are elsewhere;
 * nothing is left of them afterwards.
 *
 * - Errors: NO_DUCKDB (environment); NOT_A_QUERY, UNKNOWN_TABLE, SQL_ERROR (author); SQL_VALUE (data) and QUERY_FAILED (environment), without
 *   content; those of finding and reading tables; the signal's reason.
 */
export async function runQuery<T>(
  sql: string,
  sources: readonly TableSource[],
  options: QueryOptions,
  take: (result: QueryResult) => Promise<T>,
): Promise<T> {
  const duckDb = await loadDuckDb()
  return inScratchFolder(options.tmp, (folder) =>
    withDatabase(duckDb, async (connection) => {
      const files = await makeViews(connection, sql, sources, folder, options)
      await lockDown(connection, { database: options.database, files, scratch: folder })
      const statement = await prepareQuery(duckDb, connection, sql).catch((error: unknown) => {
        throw withTables(error, sources, options.database)
      })
      return interruptible(connection, options, async () => {
        // Not as a stream, which ends at an error as if all rows had come.
        const result = await statement.run()
        const types = result.columnTypes()
        const rows = async function* () {
          for await (const chunk of result) {
            options.signal?.throwIfAborted()
            yield rowsOf(chunk).map((row) => row.map((value, column) => shownValue(value, types[column])))
          }
        }
        return take({ names: result.columnNames(), rows: rows() })
      })
    }),
  )
}

/** Views of the tables whose names stand somewhere in the statement, and the files that they read. */
async function makeViews(
  connection: DuckDBConnection,
  sql: string,
  sources: readonly TableSource[],
  folder: string,
  options: QueryOptions,
): Promise<string[]> {
  const { database, onNote = () => {} } = options
  await connection.run(`CREATE SCHEMA IF NOT EXISTS ${identifier(database)}`)
  const files: string[] = []
  const text = sql.toLowerCase()
  for (const [number, { name, find }] of sources.entries()) {
    if (!text.includes(name.toLowerCase())) continue
    const view = await viewOf(name, await find(), `${folder}/${number}`, options)
    for (const note of view.notes) onNote(note)
    await connection
      .run(`CREATE VIEW ${identifier(database)}.${identifier(name)} AS ${view.select}`)
      .catch((error: unknown) => {
        throw sqlError(error, 'read', options.showData)
      })
    files.push(...view.files.flatMap((file) => [file, literalPath(file)]))
  }
  return [...new Set(files)]
}

async function interruptible<T>(
  connection: DuckDBConnection,
  { signal, showData }: QueryOptions,
  read: () => Promise<T>,
): Promise<T> {
  let again: NodeJS.Timeout | undefined
  const interrupt = () => {
    connection.interrupt()
    // DuckDB forgets what comes before it has begun.
    again ??= setInterval(() => connection.interrupt(), INTERRUPT_AGAIN_MS)
  }
  signal?.addEventListener('abort', interrupt)
  try {
    signal?.throwIfAborted()
    return await read()
  } catch (error) {
    signal?.throwIfAborted()
    throw sqlError(error, 'read', showData)
  } finally {
    signal?.removeEventListener('abort', interrupt)
    clearInterval(again)
  }
}

const INTERRUPT_AGAIN_MS = 50

function withTables(error: unknown, sources: readonly TableSource[], database: string): unknown {
  if (!(error instanceof FletchingError) || error.code !== 'UNKNOWN_TABLE') return error
  const { what, details, cause } = error
  const names = sources.map(({ name }) => name)
  return authorError('UNKNOWN_TABLE', what, {
    help:
      names.length === 0
        ? 'there is none: --job JOB with its parameters gives those of its last run, --table name=location any other'
        : `there are, in ${database}: ${names.join(', ')}`,
    details: { ...details, names },
    cause,
  })
}
