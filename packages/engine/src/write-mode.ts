import { authorError } from '@fletching/columns/errors'
import { formatLocation } from '@fletching/storage'
import { earlierColumns } from './earlier-columns.ts'
import type { RunOptions, WriteMode } from './options.ts'
import type { PhysicalPlan } from './physical.ts'
import type { SinkPlace } from './places.ts'

/**
 * The write mode of a run. One with a bookmark appends, since it reads what is new alone.
 *
 * - Errors: BAD_OPTION (author) when a run that appends was not told what its CSV is to hold, when one that does not append was told, when one
 *   with a bookmark is to do anything else, or when a CSV of the rows of all runs would hold rows that are no longer the last; NO_EARLIER_ROWS (author) when no table has what a CSV of the rows of all
 *   runs is to hold.
 */
export function writeModeOf(
  { sinks, dropDuplicates }: Pick<PhysicalPlan, 'sinks' | 'dropDuplicates'>,
  options: RunOptions,
): WriteMode {
  const { bookmark = 'disable', csv } = options
  const { writeMode = bookmark === 'disable' ? 'replace' : 'append' } = options
  if (bookmark !== 'disable' && writeMode !== 'append') {
    throw authorError('BAD_OPTION', 'a run with a bookmark appends: what it does not read is in the outputs already', {
      at: `--write-mode ${writeMode}`,
      help: 'leave it out; or read the whole input, without a bookmark, into other outputs',
    })
  }
  if (writeMode !== 'append') {
    if (csv === undefined) return writeMode
    throw authorError('BAD_OPTION', `--csv ${csv} says what the CSV of a run that appends is to hold`, {
      at: `--write-mode ${writeMode}`,
      help: 'leave it out, or give --write-mode append',
    })
  }
  if (csv === 'full' && dropDuplicates?.last !== undefined) throw severalLast(bookmark)
  if (csv === 'full') for (const sink of sinks) if (sink.format === 'csv') earlierColumns(sink, sinks)
  if (csv === undefined && sinks.some(({ format }) => format === 'csv')) {
    throw authorError('BAD_OPTION', 'nothing says what the CSV of a run that appends is to hold', {
      at: options.writeMode === undefined ? `--job-bookmark-option job-bookmark-${bookmark}` : '--write-mode append',
      help: 'a CSV is one object and cannot be appended to; --csv full writes it anew with the rows of all runs, --csv increment with those of this run alone',
    })
  }
  return 'append'
}

/** Rows of earlier runs are not looked at again. */
function severalLast(bookmark: RunOptions['bookmark']) {
  const replacing = bookmark === 'disable' ? 'with --write-mode replace' : 'without a bookmark, into other outputs'
  return authorError('BAD_OPTION', 'a job that keeps the last of the rows that are alike keeps one for each run', {
    at: '--csv full',
    help: [
      'a row of this run would stand beside the one that it replaces, which an earlier run wrote',
      `read the whole input, ${replacing}; or take the rows of this run alone, with --csv increment`,
    ],
  })
}

/** What files are called that stay when a run appends. */
export interface FileNames {
  /** Of a table, in its folder or that of a partition. */
  readonly part: string
  /** In the state folder. */
  readonly rejects: string
}

/**
 * Beside files that stay, one has the name of its run, so that it is never one of another. A run whose bookmark is paused leaves no file that
 * stays: what it reads is still new, and the next run refuses the same lines.
 */
export function fileNames(mode: WriteMode, run: string, isPaused = false): FileNames {
  const ending = mode === 'append' ? `-${run}` : ''
  return { part: `part-00000${ending}.parquet`, rejects: isPaused ? PAUSED_REJECTS : `rejects${ending}.ndjson` }
}

/** In the state folder, until the next run. */
export const PAUSED_REJECTS = 'rejects-paused.ndjson'

/**
 * Refuses a sink whose place holds something, whoever wrote it: the CSV itself, or anything below the folder of a table.
 *
 * - `unseen`: what runs have begun there and nobody sees.
 * - Errors: OUTPUT_EXISTS (author) names it.
 */
export async function assertNothingThere(
  { sink, store, target }: SinkPlace,
  unseen: ReadonlySet<string>,
): Promise<void> {
  const found = sink.format === 'csv' ? (await store.stat(target))?.name : await firstBelow()
  if (found === undefined) return
  throw authorError('OUTPUT_EXISTS', 'an output is there already', {
    at: found,
    help: 'nothing was read or written; --write-mode replace or append goes on, each in its way',
  })

  async function firstBelow(): Promise<string | undefined> {
    for await (const { name } of store.list(target)) {
      if (!unseen.has(name) && name !== formatLocation(target)) return name
    }
    return undefined
  }
}
