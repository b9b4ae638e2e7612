import { finish, isOvertaken, winnerOf } from './commit.ts'
import { intentLocation, readIntent } from './intent.ts'
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
  if (!(await isOvertaken(state, intent))) {
    await finish(state, intent)
    note(`run ${intent.run} ended while it showed its outputs; its commit was finished before this run began`)
    return
  }
  // It ended between claiming its turn and finding that it came too late, so that it has shown nothing.
  for (const begun of intent.outputs) await (await state.storeOf(begun.name)).abandon(begun)
  await state.store.remove(intentLocation(state.folder))
  const winner = (await winnerOf(state, intent)) ?? 'of another'
  note(
    `run ${intent.run} ended after run ${winner} had overtaken it; it showed nothing, and what it left was taken away`,
  )
}
