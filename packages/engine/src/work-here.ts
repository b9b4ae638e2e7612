import { setImmediate } from 'node:timers/promises'
import { serveCrew } from './serve-crew.ts'
import type { FromWorker, ToWorker, WorkerSetup } from './worker-messages.ts'

/** Who does a worker's work: a thread of its own, or the thread of those who ask for it. */
export interface Hand {
  postMessage(message: ToWorker, transfer?: ArrayBuffer[]): void
  /** Ends the work, whatever it is at. */
  terminate(): Promise<unknown>
}

/**
 * Does a worker's work on this thread, beside what else it does: reading and scanning leave the thread to others after a millisecond.
 *
 * - `take`: is given what a worker would send; no memory moves.
 */
export function workHere(setup: WorkerSetup, take: (message: FromWorker) => void): Hand {
  let give: (message: ToWorker) => void = () => {}
  let lastPause = performance.now()
  const port = {
    postMessage: take,
    on: (_: 'message', listener: (message: ToWorker) => void) => {
      give = listener
    },
  }
  serveCrew(port, setup, async () => {
    if (performance.now() - lastPause < PAUSE_EVERY_MS) return
    await setImmediate()
    lastPause = performance.now()
  })
  return {
    postMessage: (message) => give(message),
    terminate: async () => give({ kind: 'stop' }),
  }
}

/** Other workers wait for this thread when 4 MiB of their messages have not been taken. */
const PAUSE_EVERY_MS = 1
