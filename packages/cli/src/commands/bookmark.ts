import {
  type BookmarkInfo,
  type BookmarkMoved,
  type BookmarkOptions,
  resetBookmark,
  rewindBookmark,
  setBookmarkToNow,
  showBookmark,
} from '@fletching/engine'
import type { BookmarkCommand } from '../command.ts'
import type { Context } from '../context.ts'
import { formatCount } from '../figures.ts'
import { findJob } from '../find-job.ts'
import type { OptionValues } from '../option-specs.ts'
import { bookmarkOptions } from '../options.ts'
import { givenParams } from '../params.ts'
import { plainTable } from '../plain-table.ts'
import { Interrupted } from '../signals.ts'

/** `fletching bookmark <action> <job>`: words for a person at a terminal, a JSON object a line for a program. */
export async function bookmarkCommand(
  { action, job: name }: Pick<BookmarkCommand, 'action' | 'job'>,
  values: OptionValues,
  context: Context,
): Promise<void> {
  const { voice, out, signal } = context
  const job = await findJob(name)
  const resolved = await givenParams(job, context)
  const options: BookmarkOptions = { ...bookmarkOptions(values), signal, onNote: (text) => voice.note(text) }
  try {
    switch (action.name) {
      case 'show':
        return tell(await showBookmark(job, resolved, options), infoText)
      case 'reset':
        return tell(await resetBookmark(job, resolved, options), movedText)
      case 'rewind':
        return tell(await rewindBookmark(job, resolved, action.run, options), movedText)
      case 'set-to-now':
        return tell(await setBookmarkToNow(job, resolved, options), movedText)
    }
  } catch (error) {
    if (!(error instanceof Interrupted)) throw error
    throw new Interrupted(error.signal, `bookmark ${action.name} was ended before it changed anything`)
  }

  function tell<T>(result: T, asText: (result: T) => string): void {
    out.write(out.isTTY ? asText(result) : `${JSON.stringify(result)}\n`)
  }
}

function infoText({ ledger, isOfJob, runs, objects }: BookmarkInfo): string {
  if (ledger === undefined) return 'no run had a bookmark yet\n'
  const table = plainTable(['left', 'right', 'right'])
  table.push(['run', 'objects', 'rows'])
  for (const run of runs) table.push([run.id, formatCount(run.objects), formatCount(run.rows)])
  return [
    `runs: ${formatCount(runs.length)}, objects that they have read: ${formatCount(objects)}, by ${ledger}`,
    ...(isOfJob
      ? []
      : ['warning: the job is not the one whose runs these are; a run with the bookmark will be refused']),
    ...(runs.length === 0 ? [] : [table.toString()]),
    '',
  ].join('\n')
}

function movedText({ runs, forgotten, removed }: BookmarkMoved): string {
  const last = runs.at(-1)
  return [
    last === undefined
      ? 'the bookmark knows no run: the next one reads the whole input'
      : `the bookmark stands behind run ${last.id}`,
    ...forgotten.map(({ id, objects }) => `forgotten: run ${id}; objects that are new again: ${formatCount(objects)}`),
    ...removed.map((name) => `removed: ${name}`),
    '',
  ].join('\n')
}
