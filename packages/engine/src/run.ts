import { dataError } from '@fletching/columns/errors'
import type { Job, Params, ValuesOf } from '@fletching/job'
import { optimize } from '@fletching/plan'
import { orAborted } from './abort.ts'
import { type Accounting, sum } from './accounting.ts'
import type { Coordinator } from './coordinator.ts'
import { inJob } from './in-job.ts'
import { writeManifest } from './manifest.ts'
import type { RunOptions } from './options.ts'
import { passOver } from './pass.ts'
import { lower } from './physical.ts'
import { openPlaces } from './places.ts'
import type { OutputInfo, Report } from './report.ts'
import { keptOutputs, removeSurplus } from './surplus.ts'
import { version } from './version.ts'

/**
 * Runs a job on this machine: one pass over the input for all its sinks, in bounded memory, and nothing visible before the
 * whole input has been read and accounted for.
 *
 * - Order: objects in UTF-8 byte order of their names, lines in the order within them.
 * - Errors: of all four kinds. Whatever fails, nothing that was written becomes visible, and the outputs of the last run stay.
 */
export async function runJob<P extends Params>(
  job: Job<P>,
  params: ValuesOf<P>,
  options: RunOptions = {},
): Promise<Report> {
  return inJob(job.name, () => run(job, params, options))
}

async function run<P extends Params>(job: Job<P>, params: ValuesOf<P>, options: RunOptions): Promise<Report> {
  const startedAt = new Date()
  const begin = performance.now()
  const plan = lower(optimize(job.build(params)), options)
  // Nothing is made before this is done: a store that does not answer may be left waiting.
  const places = await orAborted(openPlaces(job.name, plan, options), options.signal)
  return passOver(
    plan,
    places,
    options,
    async ({ read, skipped, coordinator, summary: { accounting, ...figures } }) => {
      const outputs = await show(coordinator, accounting, options)
      const report: Report = {
        job: job.name,
        version,
        params,
        startedAt: startedAt.toISOString(),
        milliseconds: Math.round(performance.now() - begin),
        inputs: read.objects.map(({ object, bytes, uncompressedBytes, etag, accounting: lines }) => ({
          name: object,
          bytes,
          uncompressedBytes,
          etag,
          accounting: lines,
        })),
        skipped,
        accounting,
        ...figures,
        outputs,
      }
      const surplus = accounting.rows === 0 && options.onEmpty === 'skip' ? [] : await removeSurplus(places, outputs)
      await writeManifest(places.state.store, places.state.folder, {
        manifestVersion: 1,
        output: plan.sinks[0].to,
        ...report,
        outputs: keptOutputs(places.last?.outputs ?? [], outputs, surplus),
      })
      return report
    },
  )
}

/** Shows the outputs, unless there is no row and the policy says otherwise. */
async function show(coordinator: Coordinator, accounting: Accounting, options: RunOptions): Promise<OutputInfo[]> {
  options.signal?.throwIfAborted()
  if (accounting.rows > 0 || options.onEmpty === 'header') return coordinator.commit()
  if (options.onEmpty === 'skip') return coordinator.commitRejects()
  throw dataError('EMPTY_RESULT', `no row came out of ${accounting.lines} lines`, {
    at: [
      ...Object.entries(accounting.filtered).map(([reason, count]) => `${count} filtered: ${reason}`),
      ...Object.entries(accounting.setAside).map(([code, count]) => `${count} set aside: ${code}`),
      ...Object.entries(accounting.malformed).map(([code, count]) => `${count} malformed: ${code}`),
      ...(accounting.duplicates > 0 ? [`${accounting.duplicates} duplicates`] : []),
      ...(accounting.blank > 0 ? [`${accounting.blank} blank`] : []),
    ],
    help: 'nothing was written; --on-empty header writes a CSV with its header alone, --on-empty skip leaves the old outputs',
    details: { lines: accounting.lines, filtered: sum(accounting.filtered) },
  })
}
