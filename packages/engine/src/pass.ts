import type { Worker } from 'node:worker_threads'
import { internal } from '@fletching/columns/errors'
import { assertSpillable, type FoundInput, type ObjectInfo, type Store } from '@fletching/storage'
import { orAborted, TIDY_GRACE_MS, untilAborted, WRITE_GRACE_MS } from './abort.ts'
import { type Accounting, assertAddsUp, rowsOut, sum, type Tally } from './accounting.ts'
import { type Coordinator, openCoordinator } from './coordinator.ts'
import type { Crew } from './crew.ts'
import { assertInputWithin, assertMemoryFor } from './limits.ts'
import { assertShare, malformedLines, rejectedLines } from './line-limit.ts'
import { leaving } from './list-input.ts'
import type { Meter } from './meter.ts'
import type { RunOptions } from './options.ts'
import type { PhysicalPlan } from './physical.ts'
import { assertSinksWritable, type Places } from './places.ts'
import { type ReadInput, readObjects } from './read.ts'
import { type Summary, summarize } from './report.ts'
import { RunLog } from './run-log.ts'
import { planUnits, soleArchive } from './split.ts'
import { chooseThreads } from './threads.ts'
import { openWorker as startWorker } from './waiting-workers.ts'

/** A pass that has come to the end of what it reads: every line is accounted for, and given to the sinks, which show nothing yet. */
export interface Passed {
  readonly read: ReadInput
  readonly summary: Summary
  /** Names below the input that were passed over, by reason. */
  readonly skipped: Readonly<Tally>
  readonly coordinator: Coordinator
  /** Undefined where nothing is written. */
  readonly log: RunLog | undefined
  /** Threads that scanned. */
  readonly threads: number
  /** Ends the threads, which have nothing to do once all outputs are at their places; they end while others wait for a disk. */
  readonly dismissThreads: () => void
}

/**
 * One pass of a plan over the objects of its input, into the sinks of the places; what `finish` makes of it is the result.
 *
 * - `meter`: is told what every operator does.
 * - Errors: whatever fails, `finish` included, nothing leaves a trace that is not on record to be shown.
 */
export async function passOver<T>(
  plan: PhysicalPlan,
  { objects, skipped }: FoundInput,
  places: Places,
  options: RunOptions,
  finish: (passed: Passed) => Promise<T>,
  meter?: Meter,
): Promise<T> {
  const { store } = places.input
  const { signal } = options
  if (options.tmp !== undefined) await assertSpillable(options.tmp)
  assertInputWithin(objects, options)
  assertMemoryFor(objects, options)
  const numbersLines = plan.scan.places?.some(({ of }) => of === 'line') ?? false
  const units = await orAborted(planUnits(objects, store, { numbersLines }), signal)
  const threads = chooseThreads(units, options)
  // Workers start while the places are tried.
  const openWorker = () => options.waitingWorkers?.take() ?? startWorker()
  const crew = await openCrew(plan, store, Math.min(threads.count, units.length), openWorker, meter)
  const sole = threads.count > 1 ? soleArchive(units, store) : undefined
  const archive = sole && (await openInflateAhead(sole, openWorker, meter))
  void options.waitingWorkers?.dismiss()
  let coordinator: Coordinator | undefined
  let log: RunLog | undefined
  try {
    // They read as well where it is theirs to do, unless rows of earlier runs come first.
    if (store.readSync !== undefined && options.csv !== 'full') crew?.begin({ objects, units })
    log =
      places.run === undefined
        ? undefined
        : await orAborted(RunLog.open(places.state, places.run), signal, WRITE_GRACE_MS)
    await orAborted(assertSinksWritable(places, log), signal, WRITE_GRACE_MS)
    coordinator = await orAborted(openCoordinator(places, { crew, log, meter }), signal, WRITE_GRACE_MS)
    if (options.csv === 'full') await writeEarlier(coordinator, places, options)
    const read = await readObjects({ plan, store, objects, units, crew, archive, threads, meter }, coordinator, options)
    const summary = summarize(read)
    assertAddsUp(summary.accounting, 'all objects')
    assertEveryLineWritten(coordinator, summary.accounting, options)
    for (const kind of [malformedLines, rejectedLines]) assertShare(kind, summary.accounting, options)
    const left = leaving(skipped, objects.length - read.inputs.length)
    return await finish({
      read,
      summary,
      skipped: left,
      coordinator,
      log,
      threads: crew?.threadCount ?? 1,
      dismissThreads: () => void crew?.dismiss(),
    })
  } catch (error) {
    await orAborted(takeAway(coordinator, log), signal, TIDY_GRACE_MS)
    throw error
  } finally {
    await crew?.dismiss()
    await archive?.dismiss()
  }
}

/** Writes the rows of earlier runs into every CSV. */
async function writeEarlier(coordinator: Coordinator, places: Places, { signal }: RunOptions): Promise<void> {
  const { earlierRows } = await import('./earlier-rows.ts')
  for (const [index, { sink }] of places.sinks.entries()) {
    if (sink.format !== 'csv') continue
    const parts = untilAborted(earlierRows(places, sink), signal)
    // A sink that does not answer must not keep a signal waiting.
    await orAborted(coordinator.writeEarlier(index, parts), signal, WRITE_GRACE_MS)
  }
}

/** Takes away what a run has begun, and then its record; what cannot be taken away stays there with it. */
export async function takeAway(coordinator: Coordinator | undefined, log: RunLog | undefined): Promise<void> {
  const isGone = (await coordinator?.abort()) ?? (await log?.abandon())
  if (isGone === true) await log?.close().catch(() => {})
}

/** The threads of a run that has work for several. */
async function openCrew(
  plan: PhysicalPlan,
  store: Store,
  threadCount: number,
  openWorker: () => Worker,
  meter: Meter | undefined,
): Promise<Crew | undefined> {
  if (threadCount < 2) return undefined
  const { Crew } = await import('./crew.ts')
  const readsFiles = store.readSync !== undefined
  // Where this thread reads for the others, it has enough to do.
  const workerCount = readsFiles ? threadCount - 1 : threadCount
  return new Crew({ plan, readsFiles, worksHere: readsFiles, workerCount, meter, openWorker })
}

/** The thread that inflates all of the input. */
async function openInflateAhead(object: ObjectInfo, openWorker: () => Worker, meter: Meter | undefined) {
  const { InflateAhead } = await import('./inflate-ahead.ts')
  return new InflateAhead(object, openWorker(), meter)
}

/** Every sink got as many rows as came out, and the rejects as many lines as were set aside or quarantined. */
function assertEveryLineWritten(coordinator: Coordinator, accounting: Accounting, options: RunOptions): void {
  const { setAside, malformed } = accounting
  const rows = rowsOut(accounting)
  for (const [index, written] of coordinator.rows.entries()) {
    if (written !== rows) throw internal(`sink ${index} was given ${written} rows, but ${rows} came out of the filters`)
  }
  const rejects = sum(setAside) + (options.onMalformed === 'quarantine' ? sum(malformed) : 0)
  if (coordinator.rejects === rejects) return
  throw internal(`the rejects were given ${coordinator.rejects} lines, but ${rejects} were refused`)
}
