import { authorError, FletchingError } from '@fletching/columns/errors'
import { formatRows } from '@fletching/explore/files'
import { runQuery, type TableSource } from '@fletching/explore/query'
import { nearest } from '@fletching/plan'
import type { OptionValues } from '../option-specs.ts'
import { badOption } from '../options.ts'
import type { ToolCall } from '../tools.ts'
import { DATABASE } from './catalog/table-wished.ts'
import { jobTables, tableAt } from './job-tables.ts'
import { formatFor, inputOptions, looking, write } from './look.ts'

/** `fletching query SQL`: rows go to standard output as they come, and nothing that they hold anywhere else. */
export async function execute(call: ToolCall): Promise<void> {
  const { words, values, out, err, signal } = call
  const given = givenTables(values)
  const ofJob = typeof values.job === 'string' ? await jobTables(values.job, call) : []
  const names = new Set(given.map(({ name }) => name.toLowerCase()))
  const sources = [...given, ...ofJob.filter(({ name }) => !names.has(name))]
  const options = {
    ...inputOptions(values, signal),
    database: databaseOf(values),
    ...(typeof values.tmp === 'string' ? { tmp: values.tmp } : {}),
    showData: values['show-data'] === true,
    onNote: (text: string) => err.write(`${text}\n`),
  }
  await looking('query', () =>
    runQuery(words.sql ?? '', sources, options, async ({ names, rows }) => {
      const print = formatRows(formatFor(values, out), names)
      let hasRows = false
      for await (const part of rows) {
        hasRows = true
        if (!(await write(out, print(part)))) break
      }
      // Names are printed also where there are no rows.
      if (!hasRows) out.write(print([]))
    }).catch((error: unknown) => {
      throw withNearest(error)
    }),
  )
}

function givenTables(values: OptionValues): TableSource[] {
  const taken = new Set<string>()
  const exclude = (values.exclude as readonly string[] | undefined) ?? []
  return ((values.table as readonly string[] | undefined) ?? []).map((text) => {
    const [, name, location] = /^([A-Za-z_]\w*)=(.+)$/s.exec(text) ?? []
    if (name === undefined) {
      throw badOption(
        '--table',
        text,
        'expected a name of letters, digits and _, and a location, such as raw=data/events',
      )
    }
    if (taken.has(name.toLowerCase()))
      throw badOption('--table', text, 'expected every name once, in any case of letters')
    taken.add(name.toLowerCase())
    return tableAt(name, location, exclude)
  })
}

function databaseOf({ database = DATABASE }: OptionValues): string {
  if (typeof database === 'string' && /^[A-Za-z_]\w*$/.test(database)) return database
  throw badOption('--database', String(database), 'expected a name of letters, digits and _')
}

function withNearest(error: unknown): unknown {
  if (!(error instanceof FletchingError) || error.code !== 'UNKNOWN_TABLE') return error
  const { what, details, help, cause } = error
  const { table, names } = details as { readonly table: string; readonly names: readonly string[] }
  const near = nearest(table, names)
  const hint = near === undefined ? [] : [`did you mean ${near}?`]
  return authorError('UNKNOWN_TABLE', what, { help: [...hint, ...help], details, cause })
}
