import { authorError } from '@fletching/columns/errors'

/**
 * Refuses a name that Athena would change or not find.
 *
 * - `at`: of a field within a column, where that is.
 */
export function checkColumnName(name: string, at?: string): void {
  if (/^[a-z0-9_]+$/.test(name)) return
  throw authorError('BAD_COLUMN_NAME', `"${name}" is no name for a Parquet column`, {
    ...(at === undefined ? {} : { at }),
    help: 'Athena wants lower-case letters, digits and _ only',
  })
}
