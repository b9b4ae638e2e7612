import type { Voice } from './voice.ts'

/** Everything of the process that a command may touch. */
export interface Context {
  /** The job's parameters, as given on the command line. */
  readonly params: Readonly<Record<string, string>>
  readonly environment: NodeJS.ProcessEnv
  readonly out: NodeJS.WriteStream
  readonly err: NodeJS.WriteStream
  readonly voice: Voice
  readonly signal: AbortSignal
  /** To be called while the input is read. */
  readonly onReading: () => void
}
