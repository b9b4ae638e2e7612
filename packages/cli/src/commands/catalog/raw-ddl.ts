import { createDatabase, createTable } from '@fletching/catalog/ddl'
import { tableNameOf } from '@fletching/catalog/names'
import { rawTableSpec } from '@fletching/catalog/raw-spec'
import { authorError } from '@fletching/columns/errors'
import { parseSchemaFile } from '@fletching/plan'
import { asFolder, formatLocation, parseLocation } from '@fletching/storage'
import type { OptionValues } from '../../option-specs.ts'
import { readSchemaFiles } from '../../schema-files.ts'
import type { ToolCall } from '../../tools.ts'
import { reservedNotes, statement } from './ddl-text.ts'
import { tableWished } from './table-wished.ts'

/** `fletching catalog ddl --raw <location> --schema <file>`: the table over the events themselves. */
export async function rawDdl({ words, values, out }: ToolCall): Promise<void> {
  const { raw, schema: place } = values
  assertRawAlone(words.job, values)
  if (typeof raw !== 'string' || typeof place !== 'string') {
    throw usage(
      '--raw and --schema go together',
      'fletching catalog ddl --raw s3://logs/segment-logs --schema logs.schema.json',
    )
  }
  const folder = asFolder(parseLocation(raw))
  const { database, name = tableNameOf(raw) } = tableWished(values)
  const schema = parseSchemaFile((await readSchemaFiles({ schema: place })).schema, place)
  const { spec, renamed } = rawTableSpec(
    { location: formatLocation(folder), fields: schema.fields },
    { database, name },
  )
  const notes = [
    ...(folder.scheme === 's3' ? [] : ['Athena reads S3 alone, and this table lies elsewhere']),
    ...reservedNotes(spec),
    ...renamed.map(
      ({ column, is }) =>
        `${column} of the schema is ${is}: its name has another key elsewhere, or is none of Athena's`,
    ),
  ]
  out.write([statement(createDatabase(database)), statement(createTable(spec), notes)].join('\n'))
}

/** What is said of a job's outputs has no meaning for its input. */
function assertRawAlone(job: string | undefined, values: OptionValues): void {
  if (job !== undefined)
    throw usage('--raw and --schema take no job', 'the table is that of the events, whatever a job makes of them')
  const odd = OF_OUTPUTS.find((name) => values[name] !== undefined)
  if (odd !== undefined) throw usage(`--${odd} has no meaning with --raw`, 'it is about what a job writes')
}

const OF_OUTPUTS = ['no-projection', 'first-day', 'csv-dialect', 'partition-by']

function usage(what: string, help: string) {
  return authorError('USAGE', what, { help })
}
