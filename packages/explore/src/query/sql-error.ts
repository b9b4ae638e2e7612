import { authorError, dataError, environmentError, FletchingError, internal } from '@fletching/columns/errors'

/**
 * What DuckDB says, as an error that says who must act. Its words are shown where they are about the statement; what it says of values may
 * hold event content, and is shown with `showData` alone.
 */
export function sqlError(error: unknown, phase: 'prepare' | 'read', showData = false): FletchingError {
  if (error instanceof FletchingError) return error
  const message = (error instanceof Error ? error.message : String(error)).replace(/^Failed to \w+ \w+: /, '')
  const [kind] = /^[A-Z][A-Za-z-]*(?: [A-Za-z]+)*?(?= Error: )/.exec(message) ?? []
  if (kind === undefined) return internal('DuckDB ended a query without saying why', { cause: error })
  const table = /^Catalog Error: Table with name "?(.+?)"? does not exist/.exec(message)?.[1]
  if (table !== undefined)
    return authorError('UNKNOWN_TABLE', `no table ${table}`, { details: { table }, cause: error })
  if (kind === 'Permission') {
    return authorError(
      'NOT_A_QUERY',
      'the statement is not one that is run here: it reads or writes a file that is no table',
      {
        help: 'give the file a name with --table name=location, and read that',
        cause: error,
      },
    )
  }
  const lines = message.split('\n').filter((line) => line !== '')
  if (phase === 'prepare' && OF_STATEMENT.has(kind)) {
    return authorError('SQL_ERROR', lines[0], { help: lines.slice(1), cause: error })
  }
  const shown = showData ? lines.slice(1) : []
  const what = showData ? lines[0] : `DuckDB ended the query with a ${kind} Error`
  if (!OF_MACHINE.has(kind)) {
    const way = 'a value has another form than the statement expects: try_cast gives null there'
    return dataError('SQL_VALUE', what, {
      help: [...shown, showData ? way : `${way}; --show-data shows it`],
      cause: error,
    })
  }
  return environmentError('QUERY_FAILED', what, {
    help: [
      ...shown,
      'what has no room in memory lies in a folder that --tmp gives',
      ...(showData ? [] : ['--show-data shows all that DuckDB says']),
    ],
    cause: error,
  })
}

const OF_STATEMENT: ReadonlySet<string> = new Set(['Parser', 'Syntax', 'Binder', 'Catalog', 'Not implemented'])
const OF_MACHINE: ReadonlySet<string> = new Set([
  'IO',
  'Out of Memory',
  'HTTP',
  'Connection',
  'Internal',
  'INTERNAL',
  'Fatal',
  'FATAL',
])
