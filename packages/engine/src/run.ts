import { addPlace, dataError, FletchingError, internal } from '@fletching/columns/errors'
import type { Job, Params, ValuesOf } from '@fletching/job'
import { optimize } from '@fletching/plan'
import { findInput, type Store } from '@fletching/storage'
import { orAborted } from './abort.ts'
import { type Accounting, assertAddsUp, sum } from './accounting.ts'
import { type Coordinator, openCoordinator } from './coordinator.ts'
import type { Crew } from './crew.ts'
import { assertMalformedShare } from './malformed.ts'
import { writeManifest } from './manifest.ts'
import type { RunOptions } from './options.ts'
import { lower, type PhysicalPlan } from './physical.ts'
import { assertPlacesWritable, openPlaces } from './places.ts'
import { readObjects } from './read.ts'
import { type OutputInfo, type Report, summarize } from './report.ts'
import { planUnits } from './split.ts'
import { keptOutputs, removeSurplus } from './surplus.ts'
import { chooseThreads } from './threads.ts'
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
  try {
    return await run(job, params, options)
  } catch (error) {
    throw inJob(error, `job ${job.name}`)
  }
}

/** The error with the job as its last place; what the plan finds has it already. */
function inJob(error: unknown, job: string): unknown {
  const isThere = error instanceof FletchingError && error.at.at(-1)?.endsWith(job) === true
  return isThere ? error : addPlace(error, job)
}

async function run<P extends Params>(job: Job<P>, params: ValuesOf<P>, options: RunOptions): Promise<Report> {
  const startedAt = new Date()
  const begin = performance.now()
  const plan = lower(optimize(job.build(params)), options)
  // Nothing is made before this is done: a store that does not answer may be left waiting.
  const places = await orAborted(openPlaces(job.name, plan, options), options.signal)
  const { objects, skipped } = await orAborted(
    findInput(places.input.store, plan.location, options.exclude),
    options.signal,
  )
  const { store } = places.input
  const units = planUnits(objects, store)
  const threads = chooseThreads(units, options)
  // Workers start while the places are tried.
  const crew = await openCrew(plan, store, Math.min(threads.count, units.length))
  let coordinator: Coordinator | undefined
  try {
    await assertPlacesWritable(places)
    coordinator = await openCoordinator(places, crew)
    const read = await readObjects({ plan, store, objects, units, crew, threads }, coordinator, options)
    const { accounting, ...figures } = summarize(read)
    assertAddsUp(accounting, 'all objects')
    assertEveryLineWritten(coordinator, accounting, options)
    assertMalformedShare(accounting, options.malformedMax)
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
  } catch (error) {
    await coordinator?.abort()
    throw error
  } finally {
    await crew?.dismiss()
  }
}

/** The threads of a run that has work for several. */
async function openCrew(plan: PhysicalPlan, store: Store, workerCount: number): Promise<Crew | undefined> {
  if (workerCount < 2) return undefined
  const { Crew } = await import('./crew.ts')
  return new Crew({ plan, readsFiles: store.readSync !== undefined, workerCount })
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
      ...(accounting.blank > 0 ? [`${accounting.blank} blank`] : []),
    ],
    help: 'nothing was written; --on-empty header writes a CSV with its header alone, --on-empty skip leaves the old outputs',
    details: { lines: accounting.lines, filtered: sum(accounting.filtered) },
  })
}

/** Every sink got as many rows as came out, and the rejects as many lines as were set aside or quarantined. */
function assertEveryLineWritten(coordinator: Coordinator, accounting: Accounting, options: RunOptions): void {
  const { rows, setAside, malformed } = accounting
  for (const [index, written] of coordinator.rows.entries()) {
    if (written !== rows) throw internal(`sink ${index} was given ${written} rows, but ${rows} came out of the filters`)
  }
  const rejects = sum(setAside) + (options.onMalformed === 'quarantine' ? sum(malformed) : 0)
  if (coordinator.rejects === rejects) return
  throw internal(`the rejects were given ${coordinator.rejects} lines, but ${rejects} were refused`)
}
