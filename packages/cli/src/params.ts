import { type Job, type Params, resolveParams, type ValuesOf } from '@fletching/job'
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
 * The values of a job's parameters: those of the command line, and where a flag is absent those of the environment.
 *
 * - Errors: those of `resolveParams` (author).
 */
export function givenParams<P extends Params>(
  job: Job<P>,
  { params, environment }: Pick<Context, 'params' | 'environment'>,
): ValuesOf<P> {
  return resolveParams(job, { ...paramsFromEnvironment(job, environment), ...params })
}

/** A line for each parameter of a job. */
export function paramLines(job: Job): string[] {
  return Object.entries(job.params).map(
    ([name, { description, required }]) => `  --${name}  ${description}${required ? '' : ' (optional)'}`,
  )
}
