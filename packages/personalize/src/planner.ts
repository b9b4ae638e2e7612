import { authorError, dataError } from '@fletching/columns/errors'
import { plural } from '@fletching/columns/plural'
import type { Dataset } from './dataset.ts'

/** What the way of an import depends on. */
export interface ImportFacts {
  readonly dataset: Dataset
  /** As asked for. */
  readonly mode: 'auto' | 'full' | 'incremental'
  /** Of all files together. */
  readonly bytes: number
  /** Without the headers; counting may end at the least that an import needs. */
  readonly records: number
  /** The rows of one run, or of all runs; undefined where nothing tells. */
  readonly holds: 'increment' | 'everything' | undefined
  /** Whether the dataset has data of an import already. */
  readonly hasImport: boolean
}

export interface ImportPlan {
  readonly mode: 'FULL' | 'INCREMENTAL'
  readonly why: string
}

/**
 * Decides how to import, and says why. A full import replaces what earlier imports brought, an incremental one adds to it.
 *
 * - Errors: FEW_INTERACTIONS (data) below the least that an import takes; FIRST_IMPORT_IS_FULL, INCREMENT_TOO_LARGE, MODE_NEEDED (author).
 * - Source: Amazon Personalize Developer Guide, "Importing bulk data with a dataset import job" and "Quotas".
 */
export function planImport(facts: ImportFacts): ImportPlan {
  const { dataset, mode, bytes, records, holds, hasImport } = facts
  if (dataset === 'interactions' && records < INTERACTIONS_MIN) {
    throw dataError(
      'FEW_INTERACTIONS',
      `the CSV has ${records} ${plural(records, 'interaction')}, and an import needs ${INTERACTIONS_MIN}`,
      {
        help: [
          'batch up: let a run collect the rows of several days, or import the rows of all runs (run with --csv full)',
          'or send few events one by one with PutEvents',
        ],
      },
    )
  }
  if (!hasImport) {
    if (mode !== 'incremental') return { mode: 'FULL', why: 'the dataset has no import yet, and the first one is full' }
    throw authorError('FIRST_IMPORT_IS_FULL', 'the dataset has no import to add to', {
      help: 'Personalize takes a first import as a full one: leave --mode incremental out',
    })
  }
  if (mode === 'full') return { mode: 'FULL', why: 'as asked for: it replaces what earlier imports brought' }
  if (mode === 'auto' && holds === 'everything') {
    return { mode: 'FULL', why: 'the CSV holds the rows of all runs: it replaces what earlier imports brought' }
  }
  if (mode === 'auto' && holds === undefined) {
    throw authorError('MODE_NEEDED', 'nothing says whether the CSV holds everything or an increment', {
      help: [
        '--mode full lets it replace what earlier imports brought, --mode incremental adds it to that',
        'of a CSV that fletching run wrote it is told by the manifest beside its folder',
      ],
    })
  }
  if (bytes > INCREMENT_BYTES_MAX) {
    throw authorError('INCREMENT_TOO_LARGE', `the CSV has ${bytes} bytes, and an incremental import takes 1 GB`, {
      help: 'write the rows of all runs (run with --csv full) and import them with --mode full, or import after each run',
    })
  }
  const why = mode === 'incremental' ? 'as asked for' : 'the CSV holds the rows of one run'
  return { mode: 'INCREMENTAL', why: `${why}: they are added to what earlier imports brought` }
}

/** The least records of an import of interactions, full or incremental. */
export const INTERACTIONS_MIN = 1000
const INCREMENT_BYTES_MAX = 1e9
