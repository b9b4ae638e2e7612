/** A run that was ended from outside; 143 for SIGTERM, 130 for SIGINT. */
export class Interrupted extends Error {
  readonly exitCode: number

  constructor(name: 'SIGINT' | 'SIGTERM') {
    super(`${name}: the run was ended before it showed anything; the outputs of the last run are as they were`)
    this.exitCode = name === 'SIGTERM' ? 143 : 130
  }
}

/** Turns the first SIGTERM or SIGINT into an abort, so that a run can clean up; a second one ends the process at once. */
export function onSignals(): { readonly signal: AbortSignal; release(): void } {
  const controller = new AbortController()
  const listener = (name: NodeJS.Signals) => {
    const interrupted = new Interrupted(name as 'SIGINT' | 'SIGTERM')
    if (controller.signal.aborted) process.exit(interrupted.exitCode)
    controller.abort(interrupted)
  }
  process.on('SIGINT', listener)
  process.on('SIGTERM', listener)
  return {
    signal: controller.signal,
    release() {
      process.off('SIGINT', listener)
      process.off('SIGTERM', listener)
    },
  }
}
