import { authorError } from '@fletching/columns/errors'
import { parseLocation } from '@fletching/storage'
import { KnownObjects } from './known-objects.ts'
import type { FoundLedger, Ledger } from './ledger.ts'
import { type LedgerBase, ledgerBase } from './ledger-move.ts'
import type { FoundManifest } from './manifest.ts'
import type { RunOptions } from './options.ts'
import type { PhysicalPlan } from './physical.ts'
import type { State } from './places.ts'

/** What a run goes on from that reads only what is new. */
export interface Bookmark {
  /** What the run adds itself to. */
  readonly ledger: LedgerBase
  readonly known: KnownObjects
  /** The numbers of the runs whose objects are read again, instead of what is new. */
  readonly again: { readonly first: number; readonly last: number } | undefined
  /** Whether what is read stays new. */
  readonly isPaused: boolean
}

/**
 * Opens the bookmark of a run, or makes sure that a run without one may write.
 *
 * - Errors: BAD_LEDGER (environment); JOB_CHANGED, BOOKMARK_IN_USE, BOOKMARK_BEHIND, UNKNOWN_RUN, NO_VERSIONS and BAD_OPTION (author).
 */
export async function openBookmark(
  state: State,
  found: FoundLedger | undefined,
  { output, jobHash, plan }: { readonly output: string; readonly jobHash: string; readonly plan: PhysicalPlan },
  last: FoundManifest | undefined,
  options: RunOptions,
): Promise<Bookmark | undefined> {
  assertBookmarkOptions(options)
  const { bookmark = 'disable' } = options
  if (bookmark === 'disable') {
    if (found !== undefined && found.ledger.runs.length > 0) throw inUse(found)
    return undefined
  }
  if (parseLocation(plan.location).scheme === 'stdin') throw withoutVersions()
  if (options.rowsMax !== undefined && plan.dropDuplicates !== undefined) throw rowsUnknown()
  const isPaused = bookmark === 'pause'
  if (isPaused && plan.sinks.some(({ format }) => format === 'parquet')) throw pausedTable()
  const { jobHash: knownHash = jobHash } = found?.ledger ?? {}
  // A paused run adds nothing to the outputs of the others, and may be of another job: of one without the table, at least.
  if (found !== undefined && !isPaused) assertSameJob(found, jobHash)
  const lastRun = last?.manifest.run
  if (last !== undefined && lastRun !== found?.ledger.last && last.manifest.outputs.some(isTable)) throw behind(last)
  const ledger = ledgerBase(found, output, isPaused ? knownHash : jobHash)
  const known = await KnownObjects.read(state, ledger)
  return { ledger, known, again: againOf(found?.ledger, options), isPaused }
}

/**
 * Refuses a job whose rows would stand beside those of another.
 *
 * - Errors: JOB_CHANGED (author).
 */
export function assertSameJob(found: FoundLedger, jobHash: string): void {
  if (found.ledger.runs.length > 0 && found.ledger.jobHash !== jobHash) throw jobChanged(found)
}

function isTable({ format }: { readonly format: string }): boolean {
  return format === 'parquet'
}

function assertBookmarkOptions(options: RunOptions): void {
  const { bookmark = 'disable', bookmarkFrom, bookmarkTo } = options
  const given = BOOKMARK_OPTIONS.find(([name]) => options[name] !== undefined)
  if (bookmark === 'disable' && given !== undefined) {
    throw authorError('BAD_OPTION', `${given[1]} needs a bookmark: a run without one reads its whole input`, {
      help: 'give --job-bookmark-option job-bookmark-enable, or leave it out',
    })
  }
  if ((bookmarkFrom !== undefined || bookmarkTo !== undefined) && bookmark !== 'pause') {
    throw authorError('BAD_OPTION', '--job-bookmark-from and --job-bookmark-to go with job-bookmark-pause alone', {
      help: 'they name the runs whose objects are read again; the bookmark stays where it is',
    })
  }
}

const BOOKMARK_OPTIONS = [
  ['onChanged', '--on-changed'],
  ['filesMax', '--max-files'],
  ['bytesMax', '--max-bytes'],
  ['rowsMax', '--max-rows'],
] as const satisfies readonly (readonly [keyof RunOptions, string])[]

function againOf(ledger: Ledger | undefined, { bookmarkFrom, bookmarkTo }: RunOptions): Bookmark['again'] {
  if (bookmarkFrom === undefined && bookmarkTo === undefined) return undefined
  const first = bookmarkFrom === undefined ? 0 : runNumber(ledger, bookmarkFrom) + 1
  const last = bookmarkTo === undefined ? (ledger?.runs.length ?? 0) - 1 : runNumber(ledger, bookmarkTo)
  if (first <= last) return { first, last }
  throw authorError('BAD_OPTION', 'no run lies between --job-bookmark-from and --job-bookmark-to', {
    help: 'the first names a run behind which they begin, the second the last of them; fletching bookmark show lists the runs in their order',
  })
}

/**
 * The number of a run in a ledger.
 *
 * - Errors: UNKNOWN_RUN (author) lists the last runs.
 */
export function runNumber(ledger: Ledger | undefined, id: string): number {
  const runs = ledger?.runs ?? []
  const number = runs.findIndex((run) => run.id === id)
  if (number >= 0) return number
  const latest = runs.slice(-NAMES_MAX).map((run) => run.id)
  throw authorError('UNKNOWN_RUN', `the bookmark knows no run "${id}"`, {
    help:
      latest.length === 0
        ? 'it knows none yet'
        : `the last it knows: ${latest.join(', ')}; fletching bookmark show lists all`,
  })
}

export function withoutVersions() {
  return authorError('NO_VERSIONS', 'a bookmark cannot tell what is new in standard input', {
    help: 'give a folder, an object or a glob; or no bookmark',
  })
}

/** What repeats an earlier row may be known only when the last has come. */
function rowsUnknown() {
  return authorError('BAD_OPTION', '--max-rows cannot bound a job that drops duplicates', {
    help: 'how many rows come out is known only at its end; give --max-files or --max-bytes',
  })
}

function pausedTable() {
  return authorError('BAD_OPTION', 'a run whose bookmark is paused cannot add to a table', {
    help: 'its rows stay new, and the next run would add them again; leave the location of the table out',
  })
}

function inUse({ name }: FoundLedger) {
  return authorError('BOOKMARK_IN_USE', 'runs with a bookmark have written these outputs', {
    at: name,
    help: [
      'nothing was read or written: a run without a bookmark would replace their outputs by those of what the input holds now',
      'give --job-bookmark-option job-bookmark-enable; or write to other outputs; or give the bookmark up with fletching bookmark reset',
    ],
  })
}

function jobChanged({ name, ledger }: FoundLedger) {
  return authorError('JOB_CHANGED', 'the job is not the one whose runs the bookmark knows', {
    at: name,
    help: [
      'nothing was read or written: its rows would stand beside rows of the other',
      `give the new job outputs of its own; or go on with it from here with fletching bookmark rewind JOB ${ledger.runs.at(-1)?.id ?? ''}; or begin anew with fletching bookmark reset`,
    ],
  })
}

function behind({ name, manifest }: FoundManifest) {
  return authorError(
    'BOOKMARK_BEHIND',
    `the table was written by run ${manifest.run}, which the bookmark does not know`,
    {
      at: name,
      help: [
        'nothing was read or written: what that run read would be read again, and its rows would be in the table twice',
        'write to other outputs; or, when the table holds all that the input holds now, begin behind it with fletching bookmark set-to-now',
      ],
    },
  )
}

const NAMES_MAX = 5
