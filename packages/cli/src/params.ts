import type { Job } from '@fletching/job'

/** The job's parameters that the environment holds under their own names; an empty one counts as absent. */
export function paramsFromEnvironment(job: Job, environment: NodeJS.ProcessEnv): Record<string, string> {
  const found: Record<string, string> = {}
  for (const name of Object.keys(job.params)) {
    const value = environment[name]
    if (value !== undefined && value !== '') found[name] = value
  }
  return found
}

/** A line for each parameter of a job. */
export function paramLines(job: Job): string[] {
  return Object.entries(job.params).map(
    ([name, { description, required }]) => `  --${name}  ${description}${required ? '' : ' (optional)'}`,
  )
}
