import type { TableColumn, TableSpec } from '@fletching/catalog'
import { createDatabase, createTable, repairTable } from '@fletching/catalog/ddl'
import { tableSpec } from '@fletching/catalog/spec-of'
import { typedView } from '@fletching/catalog/view'
import { authorError } from '@fletching/columns/errors'
import type { OutputDescription } from '@fletching/engine'
import { formatLocation } from '@fletching/storage'
import { findJob } from '../../find-job.ts'
import { givenParams } from '../../params.ts'
import type { ToolCall } from '../../tools.ts'
import { jobOutputs } from '../job-outputs.ts'
import { datasetOf } from '../personalize/dataset-of.ts'
import { comments, reservedNotes, statement } from './ddl-text.ts'
import { type NamedOutput, namedOutputs, WHOLE_FOLDERS } from './named-outputs.ts'
import { rawDdl } from './raw-ddl.ts'
import { type TableWished, tableWished } from './table-wished.ts'

/** `fletching catalog ddl [job]`: SQL, and what is worth knowing as its comments. */
export async function execute(call: ToolCall): Promise<void> {
  const { words, values, out } = call
  if (values.raw !== undefined || values.schema !== undefined) return rawDdl(call)
  if (words.job === undefined)
    throw authorError('USAGE', 'the job is missing', {
      help: 'or give --raw and --schema, for a table of the events themselves',
    })
  const job = await findJob(words.job)
  const resolved = await givenParams(job, call)
  const wished = tableWished(values)
  const outputs = jobOutputs(job, resolved, values)
  if (outputs.every(({ folder }) => folder === undefined)) throw noTable(outputs)
  const texts = namedOutputs(outputs, wished.name).map((output) => statementsOf(output, wished))
  out.write([statement(createDatabase(wished.database)), ...texts.flat()].join('\n'))
}

function noTable(outputs: readonly OutputDescription[]) {
  return authorError('NO_TABLE', 'no output of the job has a folder of its own', {
    at: outputs.map(({ location }) => formatLocation(location)),
    help: WHOLE_FOLDERS,
  })
}

/** The statements of an output, each with what is worth knowing of it. */
function statementsOf(output: NamedOutput, wished: TableWished): readonly string[] {
  const { folder, location, schema, name, view } = output
  if (folder === undefined) {
    return [comments([`no table of ${formatLocation(location)}: ${WHOLE_FOLDERS}`])]
  }
  const table = tableSpec({ ...output, folder: formatLocation(folder) }, { ...wished, name })
  const create = statement(createTable(table), notesOf(output, table))
  if (view !== undefined) {
    const moments = datasetOf(output) === 'interactions' ? { TIMESTAMP: 'event_time' } : {}
    return [create, statement(typedView(table, schema, { name: view, moments }))]
  }
  if (table.partitions.length === 0 || table.isProjected) return [create]
  return [create, statement(repairTable(table), ['again after each run that adds a partition'])]
}

function notesOf({ folder, schema }: NamedOutput, table: TableSpec): string[] {
  const { form, columns, escape: escapes } = table
  return [
    ...(folder?.scheme === 's3' ? [] : ['Athena reads S3 alone, and this table lies elsewhere']),
    ...reservedNotes(table),
    ...(form === 'opencsv' ? renamed(schema, columns) : []),
    ...(form === 'opencsv' && escapes === undefined
      ? ['a text with a line break comes out as two rows: run the job with --csv-dialect personalize or athena-opencsv']
      : []),
  ]
}

function renamed(schema: OutputDescription['schema'], columns: readonly TableColumn[]): string[] {
  return schema.fields.flatMap(({ name }, index) => {
    const column = columns[index].name
    return name.toLowerCase() === column ? [] : [`the column ${JSON.stringify(name)} is ${column}`]
  })
}
