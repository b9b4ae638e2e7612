import { dryGlue, openGlue, type Policy, type Registered } from '@fletching/catalog/register'
import { authorError } from '@fletching/columns/errors'
import type { OutputDescription } from '@fletching/engine'
import type { Job } from '@fletching/job'
import { formatLocation } from '@fletching/storage'
import { formatCount } from '../../figures.ts'
import { findJob } from '../../find-job.ts'
import { badOption } from '../../options.ts'
import { givenParams } from '../../params.ts'
import { Interrupted } from '../../signals.ts'
import type { ToolCall } from '../../tools.ts'
import { jobOutputs } from '../job-outputs.ts'
import { type NamedOutput, namedOutputs, WHOLE_FOLDERS } from './named-outputs.ts'
import { registerOutput } from './register-output.ts'
import { tableWished } from './table-wished.ts'

/** `fletching catalog register <job>`: what became of each table, in words for a person at a terminal and as JSON for a program. */
export async function execute(call: ToolCall): Promise<void> {
  const { words, values, out, voice, signal } = call
  const job = await findJob(words.job as string)
  const resolved = await givenParams(job, call)
  const state = values.state as string | undefined
  const wished = tableWished(values)
  const outputs = tablesOf(job, jobOutputs(job, resolved, values), {
    name: wished.name,
    hasCsv: values['include-csv'] === true,
  })
  const glue = await openGlue({ signal })
  const tell = (line: object) => out.write(`${JSON.stringify(line)}\n`)
  const isDry = values['dry-run'] === true
  try {
    for (const output of outputs) {
      const registered = await registerOutput(isDry ? dryGlue(glue, (call, input) => tell({ call, input })) : glue, {
        job,
        resolved,
        output,
        state,
        names: { ...wished, name: output.name },
        options: {
          policy: (values.policy as Policy | undefined) ?? 'add-columns',
          takesOver: values['take-over'] === true,
          keepsProjection: wished.isProjected && wished.firstDay === undefined,
        },
        onNote: (text) => voice.note(text),
      })
      if (isDry) continue
      if (out.isTTY) out.write(registeredText(registered))
      else tell(registered)
    }
  } catch (error) {
    if (!(error instanceof Interrupted)) throw error
    throw new Interrupted(error.signal, 'catalog register was ended on its way; run it again, and it does the rest')
  } finally {
    glue.close()
  }
}

/** What became of a table: a line, one for each difference, and one for the partitions. */
export function registeredText({ database, table, outcome, differences, partitions, unseen }: Registered): string {
  const { added, changed, unchanged, withoutFiles } = partitions
  const counts = [
    `${formatCount(added)} added`,
    `${formatCount(changed)} changed`,
    `${formatCount(unchanged)} as they were`,
  ]
  return [
    `${database}.${table}: ${outcome}`,
    ...differences.map((difference) => `  ${difference}`),
    ...(added + changed + unchanged === 0 ? [] : [`  partitions: ${counts.join(', ')}`]),
    ...(withoutFiles.length === 0 ? [] : [`  in the catalog without files, and kept: ${firstOf(withoutFiles)}`]),
    ...(unseen.length === 0 ? [] : [`  outside of the projection, and unseen by Athena: ${firstOf(unseen)}`]),
    '',
  ].join('\n')
}

function firstOf(names: readonly string[]): string {
  const more = names.length > 5 ? ` and ${formatCount(names.length - 5)} more` : ''
  return `${names.slice(0, 5).join(', ')}${more}`
}

/**
 * The outputs that come into the catalog, with their names: Parquet tables, and with `--include-csv` the CSV.
 *
 * - Errors: NO_TABLE, BAD_OPTION, those of `namedOutputs` (author).
 */
function tablesOf(
  job: Job,
  outputs: readonly OutputDescription[],
  { name, hasCsv }: { readonly name: string | undefined; readonly hasCsv: boolean },
): readonly NamedOutput[] {
  const tables = outputs.filter(({ format }) => format === 'parquet' || hasCsv)
  if (tables.length === 0) {
    throw authorError('NO_TABLE', `the job ${job.name} writes no Parquet table`, {
      help: [
        'give it the location of one, such as S3_PARQUET_OUTPUT_PATH of segment-to-personalize',
        '--include-csv brings the CSV into the catalog, a table of text',
      ],
    })
  }
  const beside = tables.find(({ folder }) => folder === undefined)
  if (beside !== undefined) {
    throw authorError('NO_TABLE', 'the CSV has no folder of its own', {
      at: formatLocation(beside.location),
      help: WHOLE_FOLDERS,
    })
  }
  const parquetTables = tables.filter(({ format }) => format === 'parquet').length
  if (name !== undefined && parquetTables > 1) {
    throw badOption(
      '--table',
      name,
      `the job ${job.name} writes ${parquetTables} tables, which have the names of their folders`,
    )
  }
  return namedOutputs(tables, name)
}
