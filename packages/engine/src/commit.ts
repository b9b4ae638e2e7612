import { addPlace, environmentError, FletchingError } from '@fletching/columns/errors'
import { parseLocation } from '@fletching/storage'
import type { Coordinator } from './coordinator.ts'
import { formatIntent, type Intent, intentLocation, intentName, readIntent } from './intent.ts'
import { formatManifest, manifestLocation, readManifest } from './manifest.ts'
import type { State } from './places.ts'

/**
 * Shows what a run has prepared: writes the intent record, and does what it says. Before the record nothing is visible; from it on the
 * commit is finished, here or by the next start.
 *
 * - Errors: OVERTAKEN (environment) when another run has committed since this one began, or is about to: nothing was shown, and what was
 *   prepared may be taken away. After any other the record may stand, and what was prepared belongs to it.
 */
export async function commit(state: State, intent: Intent, coordinator: Coordinator): Promise<void> {
  if (!(await claim(state, intent, coordinator))) throw overtaken(intent, await winnerOf(state, intent))
  coordinator.handOver()
  if (await isTooLate(state, intent)) {
    if (await stands(state, intent)) await state.store.remove(intentLocation(state.folder))
    coordinator.takeBack()
    throw overtaken(intent, await winnerOf(state, intent))
  }
  await finish(state, intent)
}

/** Whether another run has written a manifest since this one began. Its own may be there, by the hand of another start. */
async function isTooLate({ store, folder, isSingleWriter }: State, { run, output, before }: Intent): Promise<boolean> {
  if (isSingleWriter) return false
  const manifest = await store.stat(manifestLocation(folder))
  if ((manifest?.etag ?? null) === before) return false
  return (await readManifest(store, folder, output))?.manifest.run !== run
}

/** Creates the record, unless there is one: it is the lock between runs. */
async function claim(state: State, intent: Intent, coordinator: Coordinator): Promise<boolean> {
  const { store, folder, isSingleWriter } = state
  const location = intentLocation(folder)
  if (isSingleWriter && (await store.stat(location)) !== undefined) return false
  try {
    const bytes = Buffer.from(formatIntent(intent))
    if (await store.put(location, bytes, isSingleWriter ? undefined : { etag: undefined })) return true
  } catch (error) {
    // It may be there although no answer says so, and then the next start needs what was prepared.
    if (error instanceof FletchingError && MAY_BE_DONE.has(error.code)) coordinator.handOver()
    throw error
  }
  try {
    // Ours, if the answer to an earlier try was lost.
    return (await runOf(state, intent.output)) === intent.run
  } catch (error) {
    coordinator.handOver()
    throw error
  }
}

/** Errors after which a request may have been followed. */
const MAY_BE_DONE: ReadonlySet<string> = new Set(['NETWORK', 'S3_FAILED'])

/** The run that is about to commit, or has done so since. */
async function winnerOf(state: State, { output }: Intent): Promise<string | undefined> {
  return (await runOf(state, output)) ?? (await readManifest(state.store, state.folder, output))?.manifest.run
}

async function runOf(state: State, output: string): Promise<string | undefined> {
  return (await readIntent(state, output))?.run
}

/**
 * Does what an intent record says, and removes it. What is done already is passed over, so that any process may do it at any time, and
 * after any other.
 */
export async function finish(state: State, intent: Intent): Promise<void> {
  try {
    for (const output of intent.outputs) await (await state.storeOf(output.name)).complete(output)
    // If the record is gone, another start has finished the commit, and what looks like surplus may be of a run after that.
    if (!(await stands(state, intent))) return
    for (const name of intent.surplus) await (await state.storeOf(name)).remove(parseLocation(name))
    await showManifest(state, intent)
    if (await stands(state, intent)) await state.store.remove(intentLocation(state.folder))
  } catch (error) {
    throw unfinished(error, state, intent)
  }
}

async function stands(state: State, intent: Intent): Promise<boolean> {
  return (await runOf(state, intent.output)) === intent.run
}

async function showManifest({ store, folder, isSingleWriter }: State, { run, output, before, manifest }: Intent) {
  const location = manifestLocation(folder)
  const condition = isSingleWriter ? undefined : { etag: before ?? undefined }
  if (await store.put(location, Buffer.from(formatManifest(manifest)), condition)) return
  const found = await readManifest(store, folder, output)
  if (found?.manifest.run === run) return
  throw environmentError('MANIFEST_CHANGED', 'the manifest was written by somebody who did not wait for this commit', {
    at: found?.name ?? [],
    help: 'keep other writers away from the state folder',
  })
}

function overtaken({ run, output }: Intent, winner: string | undefined) {
  return environmentError('OVERTAKEN', `another run was faster: ${winner ?? 'its name is not known'}`, {
    at: `commit of run ${run} on ${output}`,
    help: 'nothing of this run was shown; run again if its input has what that run did not see',
    details: { run, winner },
  })
}

function unfinished(error: unknown, state: State, { run }: Intent): unknown {
  const place = `commit of run ${run}, which the next start finishes from ${intentName(state)}`
  if (!(error instanceof FletchingError) || (error.code !== 'COMMIT_LOST' && error.code !== 'MANIFEST_CHANGED')) {
    return addPlace(error, place)
  }
  const { kind, code, what, at, help, cause } = error
  return new FletchingError(kind, code, what, {
    at: [...at, `commit of run ${run}, which cannot be finished from ${intentName(state)}`],
    help: [...help, 'remove that record together with the outputs that it names, then run again'],
    cause,
  })
}
