import { constants } from 'node:fs'
import { access, stat, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { environmentError } from '@fletching/columns/errors'
import { reportBytes, runJob } from '@fletching/engine'
import type { WaitingWorkers } from '@fletching/engine/waiting-workers'
import { parseLocation } from '@fletching/storage'
import { containerLimits } from '../container-limits.ts'
import type { Context } from '../context.ts'
import { findJob } from '../find-job.ts'
import type { OptionValues } from '../option-specs.ts'
import { badOption, runOptions } from '../options.ts'
import { givenParams } from '../params.ts'

/** `fletching run <job>` */
export async function runCommand(
  name: string,
  values: OptionValues,
  context: Context,
  waitingWorkers?: WaitingWorkers,
): Promise<void> {
  const { voice, signal, onReading } = context
  const job = await findJob(name)
  const resolved = await givenParams(job, context)
  const options = runOptions(values, containerLimits())
  const file = typeof values.report === 'string' ? reportFile(values.report) : undefined
  if (file !== undefined) await assertReportWritable(file)
  const catalog = typeof values.catalog === 'string' ? await import('./catalog/run-catalog.ts') : undefined
  const register = catalog?.planRegistration(values.catalog as string, job, resolved, options)
  voice.started(job.name)
  const report = await runJob(job, resolved, {
    ...options,
    ...(file === undefined ? {} : { report: file }),
    ...(waitingWorkers === undefined ? {} : { waitingWorkers }),
    signal,
    onProgress: (progress) => {
      onReading()
      voice.progress(progress)
    },
    onNote: (text) => voice.note(text),
  })
  // Whoever does not want it does not load it.
  const preflight = values.preflight === 'off' ? undefined : await import('./personalize/preflight-outputs.ts')
  const verdicts = await preflight?.preflightOutputs(job, resolved, { ...options, signal }, report)
  if (file !== undefined)
    await writeReport(file, reportBytes(verdicts === undefined ? report : { ...report, preflight: verdicts }))
  await voice.finished(report, verdicts)
  await register?.(context)
  if (values.preflight === 'fail') preflight?.assertPassed(verdicts ?? [])
}

function reportFile(text: string): string {
  const location = parseLocation(text)
  if (location.scheme === 'file') return location.path
  throw badOption('--report', text, 'expected a file on this machine')
}

/** Whether the report could be written, found out before hours of work and without a trace. */
async function assertReportWritable(file: string): Promise<void> {
  const found = await stat(file).catch(() => undefined)
  const why = found?.isDirectory() === true ? 'EISDIR' : await refusal(found === undefined ? dirname(file) : file)
  if (why === undefined) return
  throw environmentError('REPORT_NOT_WRITTEN', `the report cannot be written: ${why}`, {
    at: file,
    help: 'nothing was read or written; give a file in a folder that is there and can be written',
  })
}

async function refusal(path: string): Promise<string | undefined> {
  return access(path, constants.W_OK).then(
    () => undefined,
    (error: NodeJS.ErrnoException) => error.code ?? error.message,
  )
}

async function writeReport(file: string, report: Iterable<Uint8Array>): Promise<void> {
  try {
    await writeFile(file, report)
  } catch (cause) {
    const { code = 'unknown' } = cause as NodeJS.ErrnoException
    throw environmentError('REPORT_NOT_WRITTEN', `the report could not be written: ${code}`, {
      at: file,
      help: 'the outputs of the run are complete; only the report is missing',
      cause,
    })
  }
}
