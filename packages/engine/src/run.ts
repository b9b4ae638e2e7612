import { dataError, internal } from '@fletching/columns/errors'
import { plural } from '@fletching/columns/plural'
import type { Job, Params, ValuesOf } from '@fletching/job'
import { optimize } from '@fletching/plan'
import type { FoundInput, Objects } from '@fletching/storage'
import { orAborted, WRITE_GRACE_MS } from './abort.ts'
import { type Accounting, emptyAccounting, rowsOut, sum } from './accounting.ts'
import { commitAndSweep, orOvertaken } from './commit.ts'
import type { Coordinator } from './coordinator.ts'
import { inJob } from './in-job.ts'
import { jobHash, paramsHash, plainParams, reportedParams } from './job-hash.ts'
import { lacksRows } from './lacking.ts'
import { addRun, type PreparedMove, segmentOpener, stay } from './ledger-move.ts'
import { listInput } from './list-input.ts'
import type { RunOptions } from './options.ts'
import { type Passed, passOver } from './pass.ts'
import { lower } from './physical.ts'
import { openPlaces, type Places } from './places.ts'
import { earlierReport } from './repeated.ts'
import { outputInfo, type PreparedOutput, type Report, summarize, warningsOfPartitions } from './report.ts'
import type { RunLog } from './run-log.ts'
import { keptOutputs, surplusOf } from './surplus.ts'
import { version } from './version.ts'

/**
 * Runs a job on this machine: one pass over the input for all its sinks, in bounded memory, and nothing visible before the
 * whole input has been read and accounted for. A commit that an earlier run has begun is finished first.
 *
 * - Order: objects in UTF-8 byte order of their names, lines in the order within them.
 * - Errors: of all four kinds. Whatever fails before the commit, nothing that was written becomes visible, and the outputs of the last run stay;
 *   a commit that has begun is finished by the next run.
 */
export async function runJob<P extends Params>(
  job: Job<P>,
  params: ValuesOf<P>,
  options: RunOptions = {},
): Promise<Report> {
  return inJob(job.name, () => run(job, params, options))
}

async function run<P extends Params>(job: Job<P>, params: ValuesOf<P>, options: RunOptions): Promise<Report> {
  const startedAt = new Date().toISOString()
  const begin = performance.now()
  const sinks = job.build(params)
  const plan = lower(optimize(sinks), options)
  const hash = jobHash(sinks, options)
  // Nothing is made before this is done: a store that does not answer may be left waiting.
  const places = await orAborted(openPlaces({ name: job.name, hash }, plan, options), options.signal)
  const found = await orAborted(listInput(plan, places, options), options.signal)
  const about = () => ({
    job: job.name,
    version,
    params: reportedParams(job, params),
    startedAt,
    milliseconds: Math.round(performance.now() - begin),
  })
  if (found.objects.length === 0) {
    const isLacking = await orAborted(lacksRows(places, options), options.signal)
    if (!isLacking) return nothingNew(about(), found, options)
    options.onNote?.('nothing is new; the CSV does not hold the rows of all runs, and is written anew from the table')
  }
  const asked = { ...options, writeMode: places.writeMode }
  const hashes = { jobHash: hash, paramsHash: paramsHash(plainParams(job, params), asked) }
  const earlier = await orAborted(earlierReport(places, hashes, found.objects), options.signal)
  if (earlier !== undefined) {
    options.onNote?.(`run ${places.last?.run} has appended these objects already; nothing was read or written`)
    return earlier
  }
  const passed = passOver(plan, found, places, options, async (passed) => {
    const { coordinator, log, read, skipped, summary, dismissThreads } = passed
    const { run, state, last } = places
    if (run === undefined || log === undefined) throw internal('a run without a name has something to show')
    const { id, output, before } = run
    const outputsAtPlaces =
      found.objects.length === 0 ? coordinator.prepareCsvs() : prepare(coordinator, summary.accounting, places, options)
    const prepared = await orAborted(outputsAtPlaces, options.signal, WRITE_GRACE_MS)
    dismissThreads()
    const moved = await orAborted(moveBookmark(places, id, found.objects, passed, log), options.signal, WRITE_GRACE_MS)
    const outputs = prepared.map((one) => outputInfo(one, id))
    const warnings = [...summary.warnings, ...warningsOfPartitions(outputs), ...warningsOfTable(places, hash)]
    const report: Report = { ...about(), inputs: read.inputs, skipped, ...summary, warnings, outputs }
    const isSkipped = summary.accounting.rows === 0 && options.onEmpty === 'skip'
    const surplus = surplusOf(places, outputs, isSkipped)
    const kept = keptOutputs(last?.outputs ?? [], outputs, surplus)
    const manifest = { manifestVersion: 1, run: id, output, ...hashes, ...report, outputs: kept } as const
    const shown = [...(moved?.prepared ?? []), ...prepared]
    const ledger = moved === undefined ? {} : { ledger: moved.move }
    options.signal?.throwIfAborted()
    const intent = { run: id, output, before, ledgerBefore: places.ledgerBefore, outputs: shown, surplus, manifest }
    await commitAndSweep(state, { ...intent, ...ledger }, coordinator, log)
    return report
  })
  return await passed.catch(async (error: unknown) => {
    const { state, run, ledgerBefore } = places
    throw run === undefined ? error : await orOvertaken(error, state, { ...run, run: run.id, ledgerBefore })
  })
}

/** Without a bookmark a job that has changed is not refused. */
function warningsOfTable({ writeMode, bookmark, last }: Places, hash: string): string[] {
  const hasTable = last?.outputs.some(({ format }) => format === 'parquet') ?? false
  if (writeMode !== 'append' || bookmark !== undefined || !hasTable || last?.jobHash === hash) return []
  return [`the job is not the one of run ${last?.run}: rows of both stand in the table`]
}

/** The report of a run that had nothing to read, and left everything as it was. */
function nothingNew(
  about: Pick<Report, 'job' | 'version' | 'params' | 'startedAt' | 'milliseconds'>,
  { skipped }: FoundInput,
  { onNote }: RunOptions,
): Report {
  const passed = Object.entries(skipped).filter(([, count]) => count > 0)
  const told = passed.map(([reason, count]) => `${count} ${reason}`).join(', ')
  onNote?.(`nothing is new, and no output was changed; objects passed over: ${told}`)
  const figures = { accounting: emptyAccounting(), slowLines: 0, converted: {}, refused: new Map() }
  const read = { inputs: [], ...figures, lineBreaksReplaced: 0 }
  return { ...about, inputs: read.inputs, skipped, ...summarize(read), outputs: [] }
}

/** Brings what the bookmark says after a run to its place. */
async function moveBookmark(
  { bookmark, state }: Places,
  id: string,
  objects: Objects,
  { read, summary, coordinator }: Passed,
  log: RunLog,
): Promise<PreparedMove | undefined> {
  if (bookmark === undefined) return undefined
  if (bookmark.isPaused || objects.length === 0) return stay(bookmark.ledger, id)
  const openSegment = segmentOpener(state, log)
  const open = async (file: string) => {
    const writer = await openSegment(file)
    coordinator.adopt(writer)
    return writer
  }
  const run = { id, objects: read.inputs.length, rows: rowsOut(summary.accounting) }
  return addRun(state, bookmark.ledger, run, { objects, open })
}

/** Brings the outputs to their places, unless there is no row and the policy says otherwise. */
async function prepare(
  coordinator: Coordinator,
  accounting: Accounting,
  places: Places,
  options: RunOptions,
): Promise<PreparedOutput[]> {
  options.signal?.throwIfAborted()
  if (accounting.rows > 0 || options.onEmpty === 'header') return coordinator.prepare()
  if (options.onEmpty === 'skip') {
    // A CSV of the rows of all runs may be owed although this one has none.
    return (await lacksRows(places, options)) ? coordinator.prepareCsvs() : coordinator.prepareRejects()
  }
  const hasCsv = places.sinks.some(({ sink }) => sink.format === 'csv')
  throw dataError('EMPTY_RESULT', `no row came out of ${accounting.lines} ${plural(accounting.lines, 'line')}`, {
    at: [
      ...Object.entries(accounting.filtered).map(([reason, count]) => `${count} filtered: ${reason}`),
      ...Object.entries(accounting.setAside).map(([code, count]) => `${count} set aside: ${code}`),
      ...Object.entries(accounting.malformed).map(([code, count]) => `${count} malformed: ${code}`),
      ...(accounting.duplicates > 0 ? [`${accounting.duplicates} ${plural(accounting.duplicates, 'duplicate')}`] : []),
      ...(accounting.blank > 0 ? [`${accounting.blank} blank`] : []),
    ],
    help: `nothing was written; ${hasCsv ? '--on-empty header writes a CSV with its header alone, ' : ''}--on-empty skip leaves the old outputs`,
    details: { lines: accounting.lines, filtered: sum(accounting.filtered) },
  })
}
