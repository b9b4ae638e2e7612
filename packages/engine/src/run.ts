import { dataError, internal } from '@fletching/columns/errors'
import type { Job, Params, ValuesOf } from '@fletching/job'
import { optimize } from '@fletching/plan'
import { orAborted } from './abort.ts'
import { type Accounting, sum } from './accounting.ts'
import { commit } from './commit.ts'
import type { Coordinator } from './coordinator.ts'
import { inJob } from './in-job.ts'
import { jobHash, paramsHash } from './job-hash.ts'
import type { RunOptions } from './options.ts'
import { passOver } from './pass.ts'
import { lower } from './physical.ts'
import { openPlaces } from './places.ts'
import { outputInfo, type PreparedOutput, type Report } from './report.ts'
import { sweep } from './run-log.ts'
import { keptOutputs, surplusOf } from './surplus.ts'
import { version } from './version.ts'

/**
 * Runs a job on this machine: one pass over the input for all its sinks, in bounded memory, and nothing visible before the
 * whole input has been read and accounted for. A commit that an earlier run has begun is finished first.
 *
 * - Order: objects in UTF-8 byte order of their names, lines in the order within them.
 * - Errors: of all four kinds. Whatever fails before the commit, nothing that was written becomes visible, and the outputs of the last run stay;
 *   a commit that has begun is finished by the next run.
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
  const sinks = job.build(params)
  const plan = lower(optimize(sinks), options)
  // Nothing is made before this is done: a store that does not answer may be left waiting.
  const places = await orAborted(openPlaces(job.name, plan, options), options.signal)
  return passOver(
    plan,
    places,
    options,
    async ({ read, skipped, coordinator, log, summary: { accounting, ...figures } }) => {
      const { run, state, last } = places
      if (run === undefined) throw internal('a run without a name has something to show')
      const { id, output, before } = run
      const prepared = await prepare(coordinator, accounting, options)
      const outputs = prepared.map((one) => outputInfo(one, id))
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
      const surplus = accounting.rows === 0 && options.onEmpty === 'skip' ? [] : surplusOf(places, outputs)
      const kept = keptOutputs(last?.outputs ?? [], outputs, surplus)
      const hashes = { jobHash: jobHash(sinks, options), paramsHash: paramsHash(params, options) }
      const manifest = { manifestVersion: 1, run: id, output, ...hashes, ...report, outputs: kept } as const
      options.signal?.throwIfAborted()
      await commit(state, { run: id, output, before, outputs: prepared, surplus, manifest }, coordinator)
      // Those that went on from the same manifest have come too late. What cannot be taken away now is left to the next run.
      await log
        ?.close()
        .then(() => sweep(state, (from) => from === before))
        .catch(() => {})
      return report
    },
  )
}

/** Brings the outputs to their places, unless there is no row and the policy says otherwise. */
async function prepare(
  coordinator: Coordinator,
  accounting: Accounting,
  options: RunOptions,
): Promise<PreparedOutput[]> {
  options.signal?.throwIfAborted()
  if (accounting.rows > 0 || options.onEmpty === 'header') return coordinator.prepare()
  if (options.onEmpty === 'skip') return coordinator.prepareRejects()
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
