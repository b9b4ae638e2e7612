import { writeFile } from 'node:fs/promises'
import { environmentError } from '@fletching/columns/errors'
import { runJob } from '@fletching/engine'
import { resolveParams } from '@fletching/job'
import { containerLimits } from '../container-limits.ts'
import type { Context } from '../context.ts'
import { findJob } from '../find-job.ts'
import { type OptionValues, runOptions } from '../options.ts'
import { paramsFromEnvironment } from '../params.ts'

/** `fletching run <job>` */
export async function runCommand(name: string, values: OptionValues, context: Context): Promise<void> {
  const { voice, signal, params, environment } = context
  const job = await findJob(name)
  const resolved = resolveParams(job, { ...paramsFromEnvironment(job, environment), ...params })
  const options = runOptions(values, containerLimits())
  voice.started(job.name)
  const report = await runJob(job, resolved, { ...options, signal, onProgress: (progress) => voice.progress(progress) })
  const file = values.report
  if (typeof file === 'string') await writeReport(file, report)
  voice.finished(report)
}

async function writeReport(file: string, report: object): Promise<void> {
  try {
    await writeFile(file, `${JSON.stringify(report, undefined, 2)}\n`)
  } catch (cause) {
    throw environmentError('REPORT_NOT_WRITTEN', `the report could not be written: ${(cause as Error).message}`, {
      at: file,
      help: 'the outputs of the run are complete; only the report is missing',
      cause,
    })
  }
}
