import { plainName } from '@fletching/catalog/names'
import { openGlue, type RegisterOptions } from '@fletching/catalog/register'
import { FletchingError } from '@fletching/columns/errors'
import { describeOutputs, type OutputDescription, type RunOptions } from '@fletching/engine'
import type { Job, Params, ValuesOf } from '@fletching/job'
import { formatLocation } from '@fletching/storage'
import type { Context } from '../../context.ts'
import { badOption, definedOnly } from '../../options.ts'
import { Interrupted } from '../../signals.ts'
import { registeredText } from './register.ts'
import { registerOutput, specOf } from './register-output.ts'

/**
 * Looks, before a run reads anything, at whether its table can come into the catalog as `run --catalog` asks; gives what is to be done
 * when the outputs are complete.
 *
 * - Errors: BAD_OPTION, NOT_IN_ATHENA (author); of what is given back, every error as one of the environment, since the run is done.
 */
export function planRegistration(
  text: string,
  job: Job,
  resolved: ValuesOf<Params>,
  { state, partitionBy }: RunOptions,
): (context: Context) => Promise<void> {
  const [, database, name] = /^([^.]+)\.([^.]+)$/.exec(text) ?? []
  if (name === undefined || plainName(database) !== database || plainName(name) !== name) {
    throw badOption(
      '--catalog',
      text,
      'expected a database and a table, as in segmentdata.events: lower-case letters, digits and _',
    )
  }
  const output = theTable(text, job, describeOutputs(job, resolved, definedOnly({ partitionBy })))
  const names = { database, name }
  specOf(output, names)
  return async ({ signal, voice }) => {
    const rest = `the outputs of the run are complete; fletching catalog register ${job.name} --database ${database} --table ${name} does the rest`
    const options: RegisterOptions = { keepsProjection: true }
    const onNote = (text: string) => voice.note(text)
    const glue = await openGlue({ signal })
    try {
      const registered = await registerOutput(glue, { job, resolved, output, state, names, options, onNote })
      for (const line of registeredText(registered).trimEnd().split('\n')) onNote(line)
    } catch (error) {
      throw afterRun(error, rest)
    } finally {
      glue.close()
    }
  }
}

function theTable(text: string, job: Job, outputs: readonly OutputDescription[]): OutputDescription {
  const tables = outputs.filter(({ format }) => format === 'parquet')
  const [table] = tables
  if (tables.length !== 1) {
    throw badOption(
      '--catalog',
      text,
      `it names one table, and the job ${job.name} writes ${tables.length === 0 ? 'none: give it the location of one' : `${tables.length}: fletching catalog register takes them all`}`,
    )
  }
  if (table.location.scheme === 's3') return table
  throw badOption(
    '--catalog',
    text,
    `Athena reads from S3 alone, and the table would lie at ${formatLocation(table.location)}`,
  )
}

function afterRun(error: unknown, rest: string): unknown {
  if (error instanceof Interrupted) return new Interrupted(error.signal, rest)
  if (!(error instanceof FletchingError) || error.kind === 'internal') return error
  const { code, what, at, help, details, cause } = error
  return new FletchingError('environment', code, what, { at, help: [...help, rest], details, cause })
}
