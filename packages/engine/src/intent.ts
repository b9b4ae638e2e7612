import { environmentError } from '@fletching/columns/errors'
import { formatLocation, joinLocation, type Location, type Prepared } from '@fletching/storage'
import type { Ledger } from './ledger.ts'
import type { Manifest } from './manifest.ts'
import type { State } from './places.ts'
import { readSealed, type Seal, SealedBytes } from './state-record.ts'

/**
 * What a run is about to show, written before it shows anything: whoever finds it can finish the commit. While it stands, no other run
 * can begin one.
 */
export interface Intent {
  readonly run: string
  /** The output that the state folder belongs to. */
  readonly output: string
  /** The ETag of the manifest that the run goes on from; null before the first. */
  readonly before: string | null
  /** Likewise of the ledger, whether the run moves it or not. */
  readonly ledgerBefore: string | null
  /** In the order in which they are shown. */
  readonly outputs: readonly Prepared[]
  /** Names of what the last run left and this one did not replace. */
  readonly surplus: readonly string[]
  /** Undefined where there is none and none comes. */
  readonly manifest: Manifest | undefined
  /** Of runs with a bookmark. */
  readonly ledger?: LedgerMove
}

/** How the ledger moves on. */
export interface LedgerMove {
  readonly ledger: Ledger
  /** Names of segments that are no longer a part of it. */
  readonly replaced: readonly string[]
}

const SEAL: Seal = { name: 'intent', version: 1 }

export function intentLocation(folder: Location): Location {
  return joinLocation(folder, 'intent.json')
}

/** The record as it is stored, with its version and its checksum. */
export function formatIntent(intent: Intent): SealedBytes {
  return new SealedBytes(SEAL, intent)
}

/**
 * The intent record of a state folder, if there is one.
 *
 * - Errors: STATE_MISMATCH (author) when it belongs to another output; BAD_INTENT (environment) when it is damaged or of a newer version. It
 *   is never passed over: it says which outputs may be shown by half.
 */
export async function readIntent({ store, folder }: State, output: string): Promise<Intent | undefined> {
  const refusals = { damaged: badIntent, newer: newerIntent }
  return (await readSealed<Intent>(store, intentLocation(folder), SEAL, output, refusals))?.value
}

function badIntent(name: string, why: string, cause?: unknown) {
  return environmentError('BAD_INTENT', `the record of a commit that was begun cannot be read: ${why}`, {
    at: name,
    help: [
      'the outputs may be those of two runs; nothing was read or written',
      'restore the record, or remove it together with all outputs of the job, then run again',
    ],
    cause,
  })
}

function newerIntent(name: string) {
  return environmentError('BAD_INTENT', 'the record of a commit that was begun is of a newer version', {
    at: name,
    help: 'nothing was read or written; run the job once with the version that wrote it, which finishes the commit',
  })
}

/** The address of a record in the words of an error. */
export function intentName({ folder }: State): string {
  return formatLocation(intentLocation(folder))
}
