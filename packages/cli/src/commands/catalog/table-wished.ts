import { plainName } from '@fletching/catalog/names'
import type { OptionValues } from '../../option-specs.ts'
import { badOption, day } from '../../options.ts'

/** What is asked of a table in the catalog. */
export interface TableWished {
  readonly database: string
  /** Undefined where its folder gives it one. */
  readonly name: string | undefined
  readonly isProjected: boolean
  readonly firstDay: string | undefined
}

/**
 * The table that the options ask for; `--table` may give its database too, as `segmentdata.events`.
 *
 * - Errors: BAD_OPTION (author) for a name that Athena does not have, for two databases, and for a day that there is not.
 */
export function tableWished(values: OptionValues): TableWished {
  return {
    ...namesWished(values),
    isProjected: values['no-projection'] !== true,
    firstDay: day('first-day', values['first-day'] as string | undefined)
      ?.toISOString()
      .slice(0, 'yyyy-mm-dd'.length),
  }
}

/** The database where none is given. */
export const DATABASE = 'segmentdata'

function namesWished(values: OptionValues): Pick<TableWished, 'database' | 'name'> {
  const [database, table] = [values.database, values.table] as (string | undefined)[]
  const dot = table?.indexOf('.') ?? -1
  if (table === undefined || dot < 0)
    return { database: athenaName('database', database) ?? DATABASE, name: athenaName('table', table) }
  if (database !== undefined)
    throw badOption('--table', table, `the database is that of --database: expected ${table.slice(dot + 1)}`)
  return {
    database: athenaName('table', table.slice(0, dot)) ?? DATABASE,
    name: athenaName('table', table.slice(dot + 1)),
  }
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
