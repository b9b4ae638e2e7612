import { setTimeout as delay } from 'node:timers/promises'
import { environmentError } from '@fletching/columns/errors'
import { createFailed } from './failures.ts'

/** How long a wait between two looks is: the first one, and none longer than the last. */
export interface Pace {
  readonly firstMs: number
  readonly maxMs: number
}

export interface PatienceOptions {
  /** Default: from one second to half a minute. */
  readonly pace?: Pace | undefined
  /** All waits together. Default: without end. */
  readonly timeoutMs?: number | undefined
  readonly signal?: AbortSignal | undefined
}

/** Waits between looks at something that takes its time, each half as long again as the one before. */
export class Patience {
  readonly #pace: Pace
  readonly #timeoutMs: number
  readonly #signal: AbortSignal | undefined
  readonly #begin = performance.now()
  #waitMs: number

  constructor({ pace = DEFAULT_PACE, timeoutMs = Number.POSITIVE_INFINITY, signal }: PatienceOptions = {}) {
    this.#pace = pace
    this.#timeoutMs = timeoutMs
    this.#signal = signal
    this.#waitMs = pace.firstMs
  }

  get passedMs(): number {
    return performance.now() - this.#begin
  }

  /** Begins with short waits again, for something else. */
  renew(): void {
    this.#waitMs = this.#pace.firstMs
  }

  /**
   * Waits for the next look at something.
   *
   * - Errors: IMPORT_TIMEOUT (environment) when the time is over; the reason of the signal.
   */
  async wait(what: string): Promise<void> {
    this.#signal?.throwIfAborted()
    const leftMs = this.#timeoutMs - this.passedMs
    if (leftMs <= 0) {
      throw environmentError('IMPORT_TIMEOUT', `the import is not done after ${this.#timeoutMs / 1000} s`, {
        at: what,
        help: 'it goes on in AWS; the same command goes on waiting',
      })
    }
    const waitMs = Math.min(this.#waitMs, leftMs)
    this.#waitMs = Math.min(this.#waitMs * GROWTH, this.#pace.maxMs)
    await sleep(waitMs, this.#signal)
  }
}

/** - Errors: the reason of the signal, at once. */
export async function sleep(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  try {
    await delay(milliseconds, undefined, signal === undefined ? {} : { signal })
  } catch (error) {
    signal?.throwIfAborted()
    throw error
  }
}

const DEFAULT_PACE: Pace = { firstMs: 1000, maxMs: 30_000 }
const GROWTH = 1.5

/** Something that is being made, and how to look at it. */
export interface InTheMaking {
  /** As in `dataset group`. */
  readonly kind: string
  readonly name: string
  readonly look: () => Promise<{ readonly status: string; readonly failureReason: string | undefined }>
  /** Is told what each look has shown. */
  readonly onLook: (status: string) => void
}

/**
 * Waits until Personalize has made something.
 *
 * - Errors: IMPORT_FAILED, CREATE_FAILED (data), BEING_DELETED (environment), those of `Patience.wait`.
 */
export async function untilActive({ kind, name, look, onLook }: InTheMaking, patience: Patience): Promise<void> {
  patience.renew()
  for (;;) {
    const { status, failureReason } = await look()
    onLook(status)
    if (status === 'ACTIVE') return
    if (status === 'CREATE FAILED') throw createFailed({ kind, name, failureReason })
    assertStays(kind, name, status)
    await patience.wait(`${kind} ${name}`)
  }
}

/** - Errors: BEING_DELETED (environment). */
export function assertStays(kind: string, name: string, status: string): void {
  if (!status.startsWith('DELETE')) return
  throw environmentError('BEING_DELETED', `the ${kind} is being deleted`, {
    at: `${kind} ${name}`,
    help: 'run the command again when it is gone',
  })
}
