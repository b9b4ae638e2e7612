import { resolveParams } from '@fletching/job'
import { explain } from '@fletching/plan'
import type { Context } from '../context.ts'
import { findJob } from '../find-job.ts'
import { paramsFromEnvironment } from '../params.ts'

/** `fletching explain <job>`: the plan alone; no place is opened. */
export async function explainCommand(name: string, { out, params, environment }: Context): Promise<void> {
  const job = await findJob(name)
  const resolved = resolveParams(job, { ...paramsFromEnvironment(job, environment), ...params })
  out.write(`${explain(job.build(resolved))}\n`)
}
