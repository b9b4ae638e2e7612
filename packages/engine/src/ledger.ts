import { environmentError } from '@fletching/columns/errors'
import { joinLocation, type Location } from '@fletching/storage'
import type { State } from './places.ts'
import { readSealed, type Seal, SealedBytes } from './state-record.ts'

/**
 * Which objects the runs on an output have read: a small head, which is replaced as a whole, over segments that never change. An object is
 * known by its name, its ETag and its size, never by its time, so that one that comes late, is copied in or is as old as another is not missed.
 */
export interface Ledger {
  /** The output that the state folder belongs to. */
  readonly output: string
  /** Of the job that the runs were runs of. */
  readonly jobHash: string
  /** The run that wrote it, or the command; the manifest must be of the same. */
  readonly last: string
  /** In the order in which they were committed. */
  readonly runs: readonly LedgerRun[]
  /** In the order in which they were written: a later one has the last word on an object. */
  readonly segments: readonly LedgerSegment[]
}

export interface LedgerRun {
  readonly id: string
  readonly objects: number
  readonly rows: number
}

/** A list of objects, as a file of the state folder. */
export interface LedgerSegment {
  /** Below the folder of segments. */
  readonly file: string
  readonly objects: number
  readonly bytes: number
  readonly sha256: string
}

/** A ledger as it was found. */
export interface FoundLedger {
  readonly ledger: Ledger
  /** Its whole address. */
  readonly name: string
  readonly etag: string | undefined
}

const SEAL: Seal = { name: 'ledger', version: 1 }

export function ledgerLocation(folder: Location): Location {
  return joinLocation(folder, 'ledger.json')
}

export function segmentLocation(folder: Location, { file }: Pick<LedgerSegment, 'file'>): Location {
  return joinLocation(folder, `ledger/${file}`)
}

/** The head as it is stored, with its version and its checksum. */
export function formatLedger(ledger: Ledger): SealedBytes {
  return new SealedBytes(SEAL, ledger)
}

/**
 * The ledger of a state folder, if there is one.
 *
 * - Errors: STATE_MISMATCH (author) when it belongs to another output; BAD_LEDGER (environment) when it is damaged or of a newer version. It
 *   is never taken for "nothing read yet", which would give every row a second time.
 */
export async function readLedger(
  { store, folder }: Pick<State, 'store' | 'folder'>,
  output: string,
): Promise<FoundLedger | undefined> {
  const refusals = { damaged: badLedger, newer: newerLedger }
  const found = await readSealed<Ledger>(store, ledgerLocation(folder), SEAL, output, refusals)
  return found && { ledger: found.value, name: found.object.name, etag: found.object.etag }
}

/** - `name`: of the part of the ledger that cannot be read. */
export function badLedger(name: string, why: string, cause?: unknown) {
  return environmentError('BAD_LEDGER', `the list of the objects that were read cannot be read: ${why}`, {
    at: name,
    help: [
      'nothing was read or written: what is new in the input is not known',
      'restore it; or, when the outputs may be made again from the whole input, remove the state folder together with them',
    ],
    cause,
  })
}

function newerLedger(name: string) {
  return environmentError('BAD_LEDGER', 'the list of the objects that were read is of a newer version', {
    at: name,
    help: 'nothing was read or written; run the job with the version that wrote it, or a later one',
  })
}
