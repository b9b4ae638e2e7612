import { addPlace, environmentError, FletchingError } from '@fletching/columns/errors'
import { type Location, parseLocation } from '@fletching/storage'
import { formatIntent, type Intent, intentLocation, intentName, readIntent } from './intent.ts'
import { formatLedger, ledgerLocation, readLedger } from './ledger.ts'
import { formatManifest, manifestLocation, readManifest } from './manifest.ts'
import type { State } from './places.ts'
import { type RunLog, sweep } from './run-log.ts'
import { readRecord, type SealedBytes, sha256Of } from './state-record.ts'

/** Who has prepared something, and takes it away when it is not shown. */
export interface Preparer {
  /** What was prepared is on record to be shown, and stays. */
  handOver(): void
  /** That record is no more. */
  takeBack(): void
}

/**
 * Shows what a run has prepared: writes the intent record, and does what it says. Before the record nothing is visible; from it on the
 * commit is finished, here or by the next start.
 *
 * - Errors: OVERTAKEN (environment) when another run has committed since this one began, or is about to: nothing was shown, and what was
 *   prepared may be taken away. After any other the record may stand, and what was prepared belongs to it.
 */
export async function commit(state: State, intent: Intent, preparer: Preparer): Promise<void> {
  const record = formatIntent(intent)
  if (!(await claim(state, intent, record, preparer))) throw overtaken(intent, await winnerOf(state, intent))
  preparer.handOver()
  if (!state.isSingleWriter && (await isOvertaken(state, intent))) {
    if (await stands(state, intent, record)) await state.store.remove(intentLocation(state.folder))
    preparer.takeBack()
    throw overtaken(intent, await winnerOf(state, intent))
  }
  await finish(state, intent, record)
}

/**
 * Commits, and then tidies up: the run's log goes, and what those have begun who went on from the same manifest, and have come too late. What
 * cannot be taken away now is left to the next run.
 *
 * - Errors: those of `commit`.
 */
export async function commitAndSweep(state: State, intent: Intent, preparer: Preparer, log: RunLog): Promise<void> {
  await commit(state, intent, preparer)
  const tidyUp = async () => {
    await log.close()
    // Where no manifest was written, others may still go on from the one that there is.
    if (intent.manifest !== undefined) await sweep(state, (from) => from === intent.before)
  }
  await tidyUp().catch(() => {})
}

/** Whether another has written the manifest or the ledger since a run began. Its own may be there, by the hand of another start. */
export async function isOvertaken(
  { store, folder }: State,
  { run, output, before, ledgerBefore }: Intent,
): Promise<boolean> {
  const manifest = await store.stat(manifestLocation(folder))
  if ((manifest?.etag ?? null) !== before) return (await readManifest(store, folder, output))?.manifest.run !== run
  const found = await readLedger({ store, folder }, output)
  return (found?.etag ?? null) !== ledgerBefore && found?.ledger.last !== run
}

/** Whether another run has committed since a manifest and a ledger were read, or is about to. A run that goes on from these cannot commit. */
export async function hasMoved(
  { store, folder }: State,
  { before, ledgerBefore }: Pick<Intent, 'before' | 'ledgerBefore'>,
): Promise<boolean> {
  const etagOf = async (location: Location) => (await store.stat(location))?.etag ?? null
  if ((await etagOf(manifestLocation(folder))) !== before) return true
  if ((await etagOf(ledgerLocation(folder))) !== ledgerBefore) return true
  return (await store.stat(intentLocation(folder))) !== undefined
}

/**
 * What a run says that has failed: that another has overtaken it, where it found something gone or another that the other has taken away
 * or replaced.
 */
export async function orOvertaken(
  error: unknown,
  state: State,
  from: Pick<Intent, 'run' | 'output' | 'before' | 'ledgerBefore'>,
): Promise<unknown> {
  if (!(error instanceof FletchingError) || !MAY_BE_OF_ANOTHER.has(error.code)) return error
  if (!(await hasMoved(state, from).catch(() => false))) return error
  return overtaken(from, await winnerOf(state, from).catch(() => undefined), error)
}

const MAY_BE_OF_ANOTHER: ReadonlySet<string> = new Set(['BAD_LEDGER', 'TABLE_CHANGED', 'NO_SUCH_OBJECT'])

/** Creates the record, unless there is one: it is the lock between runs. */
async function claim(state: State, intent: Intent, record: SealedBytes, preparer: Preparer): Promise<boolean> {
  const { store, folder, isSingleWriter } = state
  const location = intentLocation(folder)
  if (isSingleWriter && (await store.stat(location)) !== undefined) return false
  try {
    if (await store.put(location, record, isSingleWriter ? undefined : { etag: undefined })) return true
  } catch (error) {
    // It may be there although no answer says so, and then the next start needs what was prepared.
    if (error instanceof FletchingError && MAY_BE_DONE.has(error.code)) preparer.handOver()
    throw error
  }
  try {
    // Ours, if the answer to an earlier try was lost.
    return (await runOf(state, intent.output)) === intent.run
  } catch (error) {
    preparer.handOver()
    throw error
  }
}

/** Errors after which a request may have been followed. */
const MAY_BE_DONE: ReadonlySet<string> = new Set(['NETWORK', 'S3_FAILED'])

/** The run that is about to commit, or has done so since. */
export async function winnerOf(
  state: State,
  { output, before }: Pick<Intent, 'output' | 'before'>,
): Promise<string | undefined> {
  const claimed = await runOf(state, output)
  if (claimed !== undefined) return claimed
  const last = await readManifest(state.store, state.folder, output)
  if ((last?.etag ?? null) !== before) return last?.manifest.run
  return (await readLedger(state, output))?.ledger.last
}

async function runOf(state: State, output: string): Promise<string | undefined> {
  return (await readIntent(state, output))?.run
}

/**
 * Does what an intent record says, and removes it. What is done already is passed over, so that any process may do it at any time, and
 * after any other.
 */
export async function finish(state: State, intent: Intent, record = formatIntent(intent)): Promise<void> {
  try {
    for (const output of intent.outputs) await (await state.storeOf(output.name)).complete(output)
    // If the record is gone, another start has finished the commit, and what looks like surplus may be of a run after that.
    if (!(await stands(state, intent, record))) return
    await removeAll(state, intent.surplus)
    await showManifest(state, intent)
    await showLedger(state, intent)
    await removeAll(state, intent.ledger?.replaced ?? [])
    if (await stands(state, intent, record)) await state.store.remove(intentLocation(state.folder))
  } catch (error) {
    throw unfinished(error, state, intent)
  }
}

/** Whether the record is there. It names every object that was read; the same bytes need no parsing. */
async function stands(state: State, intent: Intent, record: SealedBytes): Promise<boolean> {
  const found = await readRecord(state.store, intentLocation(state.folder), sha256Of)
  if (found === undefined) return false
  return found.value === record.sha256 || (await runOf(state, intent.output)) === intent.run
}

async function removeAll(state: State, names: readonly string[]): Promise<void> {
  for (const name of names) await (await state.storeOf(name)).remove(parseLocation(name))
}

async function showManifest(state: State, { run, output, before, manifest }: Intent): Promise<void> {
  if (manifest === undefined) return
  const { store, folder } = state
  if (await replace(state, manifestLocation(folder), formatManifest(manifest), before)) return
  const found = await readManifest(store, folder, output)
  if (found?.manifest.run !== run) throw changedMeanwhile('MANIFEST_CHANGED', 'manifest', found?.name)
}

async function showLedger(state: State, { run, output, ledgerBefore, ledger: move }: Intent): Promise<void> {
  if (move === undefined) return
  if (await replace(state, ledgerLocation(state.folder), formatLedger(move.ledger), ledgerBefore)) return
  const found = await readLedger(state, output)
  if (found?.ledger.last !== run)
    throw changedMeanwhile('LEDGER_CHANGED', 'list of the objects that were read', found?.name)
}

/** Whether a record could be put in place of the one of that ETag. */
function replace(
  { store, isSingleWriter }: State,
  location: Location,
  bytes: Iterable<Uint8Array>,
  before: string | null,
) {
  return store.put(location, bytes, isSingleWriter ? undefined : { etag: before ?? undefined })
}

function changedMeanwhile(code: string, what: string, name: string | undefined) {
  return environmentError(code, `the ${what} was written by somebody who did not wait for this commit`, {
    at: name ?? [],
    help: 'keep other writers away from the state folder',
  })
}

function overtaken({ run, output }: Pick<Intent, 'run' | 'output'>, winner: string | undefined, cause?: unknown) {
  return environmentError('OVERTAKEN', `another run was faster: ${winner ?? 'its name is not known'}`, {
    at: `commit of run ${run} on ${output}`,
    help: 'nothing of this run was shown; run again if its input has what that run did not see',
    details: { run, winner },
    cause,
  })
}

function unfinished(error: unknown, state: State, { run }: Intent): unknown {
  const place = `commit of run ${run}, which the next start finishes from ${intentName(state)}`
  if (!(error instanceof FletchingError) || !CANNOT_BE_FINISHED.has(error.code)) {
    return addPlace(error, place)
  }
  const { kind, code, what, at, help, cause } = error
  return new FletchingError(kind, code, what, {
    at: [...at, `commit of run ${run}, which cannot be finished from ${intentName(state)}`],
    help: [...help, 'remove that record together with the outputs that it names, then run again'],
    cause,
  })
}

const CANNOT_BE_FINISHED: ReadonlySet<string> = new Set(['COMMIT_LOST', 'MANIFEST_CHANGED', 'LEDGER_CHANGED'])
