import { builtInJobs } from '@fletching/jobs'
import type { Context } from '../context.ts'
import { findJob } from '../find-job.ts'
import { paramLines } from '../params.ts'

/** `fletching list [job]`: without a job, those that are built in. */
export async function listCommand(name: string | undefined, { out }: Context): Promise<void> {
  const loads = name === undefined ? Object.values(builtInJobs) : [() => findJob(name)]
  for (const load of loads) {
    const job = await load()
    out.write(`${[job.name, ...paramLines(job)].join('\n')}\n`)
  }
}
