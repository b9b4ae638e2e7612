import { builtInJobs } from '@fletching/jobs'
import type { Context } from '../context.ts'
import { paramLines } from '../params.ts'

/** `fletching list` */
export async function listCommand({ out }: Context): Promise<void> {
  for (const load of Object.values(builtInJobs)) {
    const job = await load()
    out.write(`${[job.name, ...paramLines(job)].join('\n')}\n`)
  }
}
