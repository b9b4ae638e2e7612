import { type Job, type Params, resolveParams, schemaFiles, type ValuesOf } from '@fletching/job'
import type { Context } from './context.ts'

/** The job's parameters that the environment holds under their own names; an empty one counts as absent. */
function paramsFromEnvironment<P extends Params>(job: Job<P>, environment: NodeJS.ProcessEnv): Record<string, string> {
  const found: Record<string, string> = {}
  for (const name of Object.keys(job.params)) {
    const value = environment[name]
    if (value !== undefined && value !== '') found[name] = value
  }
  return found
}

/**
 * The values of a job's parameters: those of the command line, and where a flag is absent those of the environment. The schema files that they
 * name are read.
 *
 * - Errors: those of `resolveParams` and of `readSchemaFiles` (author); those of the store (environment).
 */
export async function givenParams<P extends Params>(
  job: Job<P>,
  { params, environment }: Pick<Context, 'params' | 'environment'>,
): Promise<ValuesOf<P>> {
  const given = { ...paramsFromEnvironment(job, environment), ...params }
  const places = schemaFiles(job, given)
  if (Object.keys(places).length === 0) return resolveParams(job, given)
  const { readSchemaFiles } = await import('./schema-files.ts')
  return resolveParams(job, given, await readSchemaFiles(places))
}

/** A line for each parameter of a job. */
export function paramLines(job: Job): string[] {
  return Object.entries(job.params).map(
    ([name, { kind, description, required }]) =>
      `  --${name}  ${description}${kind === 'schema' ? ': a schema file, local or s3://' : ''}${required ? '' : ' (optional)'}`,
  )
}
