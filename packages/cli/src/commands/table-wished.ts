import { plainName } from '@fletching/catalog/names'
import type { OptionValues } from '../option-specs.ts'
import { badOption } from '../options.ts'

/**
 * The database and the name of the table that are asked for; `--table` may give both, as `segmentdata.events`.
 *
 * - Errors: BAD_OPTION (author) for a name that Athena does not have, and for two databases.
 */
export function tableWished(values: OptionValues): {
  readonly database: string | undefined
  readonly name: string | undefined
} {
  const [database, table] = [values.database, values.table] as (string | undefined)[]
  const dot = table?.indexOf('.') ?? -1
  if (table === undefined || dot < 0)
    return { database: athenaName('database', database), name: athenaName('table', table) }
  if (database !== undefined)
    throw badOption('--table', table, `the database is that of --database: expected ${table.slice(dot + 1)}`)
  return { database: athenaName('table', table.slice(0, dot)), name: athenaName('table', table.slice(dot + 1)) }
}

function athenaName(option: 'database' | 'table', text: string | undefined): string | undefined {
  if (text === undefined) return undefined
  const name = plainName(text)
  if (name === text) return name
  throw badOption(
    `--${option}`,
    text,
    `expected lower-case letters, digits and _${name === '' ? '' : `, as in ${name}`}`,
  )
}
