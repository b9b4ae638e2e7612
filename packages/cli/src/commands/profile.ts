import { authorError, FletchingError } from '@fletching/columns/errors'
import { rulesOf } from '@fletching/csv'
import { version } from '@fletching/engine'
import { type Profile, profileAt, type TableProfile } from '@fletching/explore/profile'
import type { Job } from '@fletching/job'
import type { Checklist } from '@fletching/personalize/checklist'
import { preflightAt } from '@fletching/personalize/preflight-folder'
import type { CsvDialect } from '@fletching/plan'
import { isGlob, parseLocation } from '@fletching/storage'
import { counted, formatBytes } from '../figures.ts'
import { findJob } from '../find-job.ts'
import { definedOnly } from '../options.ts'
import type { ToolCall } from '../tools.ts'
import { looking, write } from './look.ts'
import { profilePlace, putProfile } from './profile-file.ts'
import { profileOfRun } from './profile-of-run.ts'

/** `fletching profile [what]`: a profile as HTML, as JSON, or as both. */
export async function execute(call: ToolCall): Promise<void> {
  const { words, values, out } = call
  const { to, json } = targetsOf(values)
  const placeOf = async (target: string | undefined) =>
    target === undefined || target === '-' ? undefined : profilePlace(target, values.force === true)
  const [toPlace, jsonPlace] = [await placeOf(to), await placeOf(json)]
  const profile = await looking('profile', () => profileOf(words.what, call))
  const text = `${JSON.stringify(profile)}\n`
  const page = toPlace === undefined ? '' : await pageOf(profile)
  if (jsonPlace !== undefined) await putProfile(jsonPlace, text)
  if (toPlace !== undefined) await putProfile(toPlace, page)
  if (json === '-') {
    await write(out, text)
    return
  }
  const bytes = Buffer.byteLength(toPlace === undefined ? text : page)
  const said = { to, json, bytes, rows: profile.tables[0].rows, verdict: profile.checklist?.verdict }
  out.write(out.isTTY ? saidText(said) : `${JSON.stringify(said)}\n`)
}

function targetsOf({ to, json }: ToolCall['values']): {
  readonly to: string | undefined
  readonly json: string | undefined
} {
  if (typeof to === 'string') return { to, json: json as string | undefined }
  return typeof json === 'string' ? { to: undefined, json } : { to: 'profile.html', json: undefined }
}

/** What was written where, for a person. */
export function saidText({
  to,
  json,
  bytes,
  rows,
  verdict,
}: {
  to: string | undefined
  json: string | undefined
  bytes: number
  rows: number
  verdict: string | undefined
}): string {
  const places = [to, json].filter((place) => place !== undefined).join(' and ')
  const preflight = verdict === undefined ? '' : `, preflight for Personalize: ${verdict}`
  return `${places}: ${formatBytes(bytes)}, ${counted(rows, 'row')}${preflight}\n`
}

/** What draws is loaded only where something is drawn. */
async function pageOf(profile: Profile): Promise<string> {
  const { profilePage } = await import('@fletching/explore/profile-page')
  return profilePage(profile)
}

async function profileOf(what: string | undefined, call: ToolCall): Promise<Profile> {
  const name = what ?? (call.values.job as string | undefined)
  if (name === undefined) {
    throw authorError('USAGE', 'what shall be profiled is missing', {
      help: 'fletching profile JOB with the parameters of its run, or fletching profile LOCATION',
    })
  }
  const job = what === undefined ? await findJob(name) : await jobCalled(name)
  const madeAt = new Date()
  const made = { profileVersion: 1, version, madeAt: madeAt.toISOString() } as const
  if (job !== undefined) return { ...made, of: job.name, ...(await profileOfRun(job, name, call, madeAt)) }
  const table = await profileOfFiles(name, call)
  return { ...made, of: name, run: undefined, tables: [table], checklist: await checklistOf(name, table, call, madeAt) }
}

/** The job that a word means, if it means one: a file of code, or a name that is a job's. */
async function jobCalled(name: string): Promise<Job | undefined> {
  if (/\.[cm]?[jt]s$/.test(name)) return findJob(name)
  if (/[/\\]/.test(name)) return undefined
  try {
    return await findJob(name)
  } catch (error) {
    if (error instanceof FletchingError && error.code === 'UNKNOWN_JOB') return undefined
    throw error
  }
}

async function profileOfFiles(location: string, { values, signal }: ToolCall): Promise<TableProfile> {
  const dialect = values['csv-dialect'] as CsvDialect | undefined
  try {
    return await profileAt(location, {
      ...definedOnly({ csvEscape: dialect === undefined ? undefined : rulesOf(dialect).escape }),
      exclude: (values.exclude as readonly string[] | undefined) ?? [],
      signal,
    })
  } catch (error) {
    if (!(error instanceof FletchingError) || error.code !== 'NO_INPUT' || /[/\\]/.test(location)) throw error
    throw authorError('NO_INPUT', error.what, {
      at: error.at,
      help: [...error.help, 'no job has that name either; fletching list shows those that are built in'],
    })
  }
}

/** Of a CSV of interactions that Personalize could import as it lies there. */
async function checklistOf(
  location: string,
  { format, columns }: TableProfile,
  { values, signal }: ToolCall,
  now: Date,
): Promise<Checklist | undefined> {
  const names = columns.map(({ name }) => name.toLowerCase())
  const isWhole = values.exclude === undefined && !isGlob(location)
  if (format !== 'csv' || !isWhole || !names.includes('user_id') || !names.includes('item_id')) return undefined
  return preflightAt(parseLocation(location), {
    dataset: 'interactions',
    now: Math.floor(now.getTime() / 1000),
    signal,
  })
}
