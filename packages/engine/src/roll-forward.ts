import { finish } from './commit.ts'
import { intentLocation, readIntent } from './intent.ts'
import { readManifest } from './manifest.ts'
import type { State } from './places.ts'

/**
 * Finishes the commit that an earlier run has begun, if there is one.
 *
 * - `note`: is told what was found, in a line.
 * - Errors: those of `readIntent` and `finish`. Until they are mended nothing can run on this output.
 */
export async function rollForward(state: State, output: string, note: (text: string) => void): Promise<void> {
  const intent = await readIntent(state, output)
  if (intent === undefined) return
  const { store, folder } = state
  const last = await readManifest(store, folder, output)
  const isNext = (last?.etag ?? null) === intent.before
  if (isNext || last?.manifest.run === intent.run) {
    await finish(state, intent)
    note(`run ${intent.run} ended while it showed its outputs; its commit was finished before this run began`)
    return
  }
  // It ended between claiming its turn and finding that it came too late, so that it has shown nothing.
  for (const begun of intent.outputs) await (await state.storeOf(begun.name)).abandon(begun)
  await store.remove(intentLocation(folder))
  note(
    `run ${intent.run} ended after run ${last?.manifest.run ?? 'of another'} had overtaken it; it showed nothing, and what it left was taken away`,
  )
}
