import { authorError } from '@fletching/columns/errors'
import type { Job, Params, ValuesOf } from '@fletching/job'
import { optimize } from '@fletching/plan'
import { parseLocation } from '@fletching/storage'
import { orAborted, TIDY_GRACE_MS, WRITE_GRACE_MS } from './abort.ts'
import { assertSameJob, runNumber, withoutVersions } from './bookmark.ts'
import { commitAndSweep } from './commit.ts'
import { firstNames } from './first-names.ts'
import { inJob } from './in-job.ts'
import { jobHash } from './job-hash.ts'
import { KnownObjects } from './known-objects.ts'
import { type FoundLedger, type LedgerRun, readLedger } from './ledger.ts'
import {
  addRun,
  forgetRuns,
  type LedgerBase,
  ledgerBase,
  type OpenSegment,
  type PreparedMove,
  segmentOpener,
} from './ledger-move.ts'
import { listInput } from './list-input.ts'
import { type FoundManifest, readManifest } from './manifest.ts'
import type { RunOptions } from './options.ts'
import { plainAddress, stateFolder } from './outputs.ts'
import { takeAway } from './pass.ts'
import { lower, type PhysicalPlan } from './physical.ts'
import { openState, openStores, runId, type State } from './places.ts'
import type { OutputInfo } from './report.ts'
import { rollForward } from './roll-forward.ts'
import { RunLog } from './run-log.ts'

/** What the commands on a bookmark take. */
export interface BookmarkOptions
  extends Pick<
    RunOptions,
    | 'partitionBy'
    | 'state'
    | 'singleWriter'
    | 'exclude'
    | 'fromDay'
    | 'toDay'
    | 'sse'
    | 'sseKmsKeyId'
    | 's3'
    | 'onNote'
    | 'signal'
  > {
  /** What becomes of the table's files and of the rejects of runs that are forgotten. No default where there are such files. */
  readonly outputs?: 'keep' | 'remove'
}

/** What a bookmark knows. */
export interface BookmarkInfo {
  /** The address of its ledger; undefined before the first run. */
  readonly ledger: string | undefined
  /** Whether the job is the one whose runs it knows. */
  readonly isOfJob: boolean
  /** In the order in which they were committed. */
  readonly runs: readonly LedgerRun[]
  /** Of which some may have been read in several versions. */
  readonly objects: number
}

/** What a command did. */
export interface BookmarkMoved {
  readonly runs: readonly LedgerRun[]
  /** Runs that the bookmark knows no longer: what they read is new again. */
  readonly forgotten: readonly LedgerRun[]
  /** Names of their outputs that were removed. */
  readonly removed: readonly string[]
}

/** Says which runs a bookmark knows. Changes nothing, but that a commit which was begun is finished first. */
export async function showBookmark<P extends Params>(
  job: Job<P>,
  params: ValuesOf<P>,
  options: BookmarkOptions = {},
): Promise<BookmarkInfo> {
  return inJob(job.name, async () => {
    const { found, hash } = await orAborted(openBookmarked(job, params, options), options.signal)
    const { runs = [], segments = [] } = found?.ledger ?? {}
    return {
      ledger: found?.name,
      isOfJob: runs.length === 0 || found?.ledger.jobHash === hash,
      runs,
      objects: segments.reduce((sum, { objects }) => sum + objects, 0),
    }
  })
}

/**
 * Forgets every run, so that the next one reads the whole input.
 *
 * - Errors: WOULD_DOUBLE (author) names the files whose rows, of the table or of the rejects, would then be there twice, unless `outputs` says what
 *   becomes of them; those of a run about its state.
 */
export async function resetBookmark<P extends Params>(
  job: Job<P>,
  params: ValuesOf<P>,
  options: BookmarkOptions = {},
): Promise<BookmarkMoved> {
  return moveBookmark(job, params, options, async (at, open) => forget(at, -1, open))
}

/**
 * Forgets the runs behind one, so that the next one reads again what they read. The job may be another than that of the runs: the bookmark is
 * then that of the new one.
 *
 * - Errors: UNKNOWN_RUN (author); those of `resetBookmark`.
 */
export async function rewindBookmark<P extends Params>(
  job: Job<P>,
  params: ValuesOf<P>,
  run: string,
  options: BookmarkOptions = {},
): Promise<BookmarkMoved> {
  return moveBookmark(job, params, options, async (at, open) => {
    assertTableStays(at)
    return forget(at, runNumber(at.found?.ledger, run), open)
  })
}

/**
 * Takes every object that is in the input now for read, without reading it.
 *
 * - Errors: those of a run about its input and its state.
 */
export async function setBookmarkToNow<P extends Params>(
  job: Job<P>,
  params: ValuesOf<P>,
  options: BookmarkOptions = {},
): Promise<BookmarkMoved> {
  return moveBookmark(job, params, options, async ({ plan, state, found, ledger, id, hash }, open) => {
    if (found !== undefined) assertSameJob(found, hash)
    if (parseLocation(plan.location).scheme === 'stdin') throw withoutVersions()
    const { signal } = options
    const known = await orAborted(KnownObjects.read(state, ledger), signal)
    const bookmark = { ledger, known, again: undefined, isPaused: false }
    const input = { store: await state.storeOf(plan.location) }
    const { objects } = await orAborted(
      listInput(plan, { input, bookmark }, { ...options, onChanged: 'reprocess' }),
      signal,
    )
    const run = { id, objects: objects.length, rows: 0 }
    return {
      ...(await addRun(state, ledger, run, { objects, open })),
      forgotten: [],
      removed: [],
    }
  })
}

/** A job's state as a command finds it. */
interface Bookmarked {
  readonly plan: PhysicalPlan
  readonly hash: string
  readonly output: string
  readonly state: State
  readonly last: FoundManifest | undefined
  readonly found: FoundLedger | undefined
}

interface Moving extends Bookmarked {
  readonly id: string
  readonly ledger: LedgerBase
  readonly outputs: BookmarkOptions['outputs']
}

interface Move extends PreparedMove {
  readonly forgotten: readonly LedgerRun[]
  readonly removed: readonly OutputInfo[]
}

async function openBookmarked<P extends Params>(
  job: Job<P>,
  params: ValuesOf<P>,
  options: BookmarkOptions,
): Promise<Bookmarked> {
  const sinks = job.build(params)
  const plan = lower(optimize(sinks), options)
  const [sink] = plan.sinks
  const output = plainAddress(sink.to)
  const state = await openState(stateFolder(sink, job.name, options.state), openStores(options), options)
  await rollForward(state, output, options.onNote ?? (() => {}))
  const last = await readManifest(state.store, state.folder, output)
  return { plan, hash: jobHash(sinks, options), output, state, last, found: await readLedger(state, output) }
}

/** Commits what `change` makes of the ledger, as a run does. */
async function moveBookmark<P extends Params>(
  job: Job<P>,
  params: ValuesOf<P>,
  options: BookmarkOptions,
  change: (at: Moving, open: OpenSegment) => Promise<Move>,
): Promise<BookmarkMoved> {
  return inJob(job.name, async () => {
    const { signal } = options
    const at = await orAborted(openBookmarked(job, params, options), signal)
    const { state, output, last, found, hash } = at
    const id = runId()
    const before = last?.etag ?? null
    const log = await orAborted(RunLog.open(state, { id, output, before }), signal, WRITE_GRACE_MS)
    const own = new OnRecord()
    const open = segmentOpener(state, log)
    try {
      const ledger = ledgerBase(found, output, hash)
      const changed = change({ ...at, id, ledger, outputs: options.outputs }, open)
      const { move, prepared, forgotten, removed } = await orAborted(changed, signal, WRITE_GRACE_MS)
      const gone = new Set(removed.map(({ name }) => name))
      const outputs = last?.manifest.outputs.filter(({ name }) => !gone.has(name)) ?? []
      // It read nothing, whatever the run before it did.
      const manifest = last === undefined ? undefined : { ...last.manifest, run: id, inputs: [], outputs }
      const ledgerBefore = found?.etag ?? null
      const intent = {
        run: id,
        output,
        before,
        ledgerBefore,
        outputs: prepared,
        surplus: [...gone],
        manifest,
        ledger: move,
      }
      signal?.throwIfAborted()
      await commitAndSweep(state, intent, own, log)
      return { runs: move.ledger.runs, forgotten, removed: [...gone] }
    } catch (error) {
      if (!own.isHandedOver) await orAborted(takeAway(undefined, log), signal, TIDY_GRACE_MS)
      throw error
    }
  })
}

/** Whether what was prepared belongs to a record. */
class OnRecord {
  isHandedOver = false

  handOver(): void {
    this.isHandedOver = true
  }

  takeBack(): void {
    this.isHandedOver = false
  }
}

/** Forgets the runs behind the one of that number. */
async function forget(at: Moving, number: number, open: OpenSegment): Promise<Move> {
  const { state, last, ledger, id, outputs } = at
  const forgotten = ledger.runs.slice(number + 1)
  const ids = new Set(forgotten.map((run) => run.id))
  const written = last?.manifest.outputs.filter(({ run }) => ids.has(run)) ?? []
  // Lines that were refused are refused again when they are read again.
  const doubled = written.filter(({ format }) => format !== 'csv')
  if (doubled.length > 0 && outputs === undefined) throw wouldDouble(doubled)
  const removed = outputs === 'remove' ? doubled : []
  return { ...(await forgetRuns(state, ledger, number, { id, open })), forgotten, removed }
}

/** Rows of a job without the table would never come into it, and nobody would be told. */
function assertTableStays({ plan, last }: Moving): void {
  if (plan.sinks.some(({ format }) => format === 'parquet')) return
  const table = last?.manifest.outputs.find(({ format }) => format === 'parquet')
  if (table === undefined) return
  throw authorError('NO_TABLE', 'the runs that the bookmark knows have written a table, and this job writes none', {
    at: table.name,
    help: 'give the location of the table; or fletching bookmark reset, or outputs of its own for the job without it',
  })
}

function wouldDouble(outputs: readonly OutputInfo[]) {
  const names = outputs.slice(0, NAMES_MAX).map(({ name, rows }) => `${name}, rows: ${rows}`)
  return authorError(
    'WOULD_DOUBLE',
    `the next run would write again the rows of ${outputs.length} of the job's files`,
    {
      at: firstNames(names, outputs.length),
      help: 'nothing was changed; --outputs remove takes them away with the bookmark, --outputs keep leaves them, and their rows will be there twice',
    },
  )
}

const NAMES_MAX = 20
