import type { DuckDBConnection, DuckDBPreparedStatement } from '@duckdb/node-api'
import { authorError } from '@fletching/columns/errors'
import type { DuckDb } from './duckdb.ts'
import { sqlError } from './sql-error.ts'

/**
 * Prepares a statement that reads: one `SELECT` or what DuckDB takes for one, or `EXPLAIN` of one.
 *
 * - Errors: NOT_A_QUERY, UNKNOWN_TABLE, SQL_ERROR (author).
 */
export async function prepareQuery(
  { StatementType }: DuckDb,
  connection: DuckDBConnection,
  sql: string,
): Promise<DuckDBPreparedStatement> {
  if (SETTINGS.test(sql)) throw notAQuery('it calls a function that changes settings or hides a statement')
  const explained = sql.replace(EXPLAIN, '')
  const read = await prepared(connection, explained)
  if (read.statementType !== StatementType.SELECT) throw notAQuery('it does more than read')
  if (read.parameterCount > 0) throw notAQuery('it has parameters, and there are no values for them')
  return explained === sql ? read : prepared(connection, sql)
}

async function prepared(connection: DuckDBConnection, sql: string): Promise<DuckDBPreparedStatement> {
  if (sql.trim() === '') throw notAQuery('there is no statement')
  const statements = await connection.extractStatements(sql).catch((error: unknown) => {
    throw /native callback/.test(String(error)) ? notAQuery('there is no statement') : sqlError(error, 'prepare')
  })
  if (statements.count !== 1) throw notAQuery(`there are ${statements.count} statements`)
  return statements.prepare(0).catch((error: unknown) => {
    // Files are all that DuckDB opens while it prepares one, and COPY is prepared only where it may write.
    throw sqlError(error, 'prepare')
  })
}

function notAQuery(why: string) {
  return authorError('NOT_A_QUERY', `the statement is not one that is run here: ${why}`, {
    help: 'query reads: give one SELECT, or EXPLAIN SELECT',
  })
}

/** Of EXPLAIN ANALYZE, which runs what it explains, and EXPLAIN with options, nothing is taken away: they are no SELECT. */
const EXPLAIN = /^\s*explain\s+(?!analyze\b|\()/i

/** What DuckDB takes for reading and is not, and functions that run a text. */
const SETTINGS =
  /\b((enable|disable)_\w+|(force_)?checkpoint|truncate_duckdb_logs|write_log|query|json_execute_serialized_sql|add_parquet_key|import_database)"?\s*\(/i
