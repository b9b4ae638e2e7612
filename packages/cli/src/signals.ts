/** Signals that ask a process to end, and the exit codes by which shells know them. */
const EXIT_CODES = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 }

type Signal = keyof typeof EXIT_CODES

/** A command that was ended from outside. */
export class Interrupted extends Error {
  readonly signal: Signal
  readonly exitCode: number

  /** What is left of it, unless said otherwise, is what a run leaves: nothing. */
  constructor(
    signal: Signal,
    left = 'the run was ended before it showed anything; the outputs of the last run are as they were',
  ) {
    super(`${signal}: ${left}`)
    this.signal = signal
    this.exitCode = EXIT_CODES[signal]
  }
}

/** Fails with the signal's reason once that is given: raced against work that may hang. */
export function ended(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const end = () => reject(signal.reason)
    if (signal.aborted) end()
    signal.addEventListener('abort', end, { once: true })
  })
}

/** Turns the first SIGTERM, SIGINT or SIGHUP into an abort, so that a run can clean up; a second one ends the process at once. */
export function onSignals(): { readonly signal: AbortSignal; release(): void } {
  const controller = new AbortController()
  const listener = (name: NodeJS.Signals) => {
    const interrupted = new Interrupted(name as Signal)
    if (controller.signal.aborted) process.exit(interrupted.exitCode)
    controller.abort(interrupted)
  }
  const names = Object.keys(EXIT_CODES)
  for (const name of names) process.on(name, listener)
  return {
    signal: controller.signal,
    release() {
      for (const name of names) process.off(name, listener)
    },
  }
}
