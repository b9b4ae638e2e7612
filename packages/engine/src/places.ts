import { randomBytes } from 'node:crypto'
import { authorError } from '@fletching/columns/errors'
import {
  asFolder,
  type Begun,
  followLinks,
  formatLocation,
  globFolder,
  isGlob,
  joinLocation,
  type Location,
  openStore,
  parseLocation,
  type Store,
} from '@fletching/storage'
import { type Bookmark, openBookmark } from './bookmark.ts'
import { hasMoved } from './commit.ts'
import { type FoundLedger, readLedger } from './ledger.ts'
import { type FoundManifest, type Manifest, readManifest } from './manifest.ts'
import { mapSome, preparedAtOnce } from './map-some.ts'
import type { RunOptions, WriteMode } from './options.ts'
import { assertApart, assertOwnFilesOnly, csvTarget, plainAddress, stateFolder } from './outputs.ts'
import type { PhysicalPlan, PhysicalSink } from './physical.ts'
import { mayRepeat } from './repeated.ts'
import { rollForward } from './roll-forward.ts'
import { type Run, type RunLog, sweep } from './run-log.ts'
import { encryptionOf, type KeptAs, keptAs, type S3ObjectOptions } from './s3-objects.ts'
import { assertNothingThere, type FileNames, fileNames, writeModeOf } from './write-mode.ts'

/** A sink and where it writes. */
export interface SinkPlace {
  readonly sink: PhysicalSink
  readonly store: Store
  /** The CSV object, or the folder of the Parquet files. */
  readonly target: Location
}

/** Where a job keeps what its next run must know. */
export interface State {
  readonly store: Store
  readonly folder: Location
  /** Nobody else is writing there, so that nothing is done under a condition. */
  readonly isSingleWriter: boolean
  /** The store of an address that a record names. */
  storeOf(name: string): Promise<Store>
}

/** Every place that a run touches, checked before anything is read. */
export interface Places {
  readonly input: { readonly store: Store }
  readonly sinks: readonly SinkPlace[]
  readonly writeMode: WriteMode
  readonly files: FileNames
  readonly keptAs: KeptAs
  readonly state: State
  /** The manifest of the last run, if there was one. */
  readonly last: Manifest | undefined
  /** The ETag of the ledger, whether the run has a bookmark or not; null where there is none. */
  readonly ledgerBefore: string | null
  /** Undefined for a run that reads its whole input. */
  readonly bookmark: Bookmark | undefined
  /** Undefined where nothing is written. */
  readonly run: Run | undefined
}

/**
 * Opens the stores of a plan and refuses what would lose or mix up data: overlapping places, files of others in an output
 * folder, state that belongs to another output, a table beside the one that a run would add to. A commit that an earlier run has begun is
 * finished before the outputs are looked at, and what earlier runs left is taken away.
 *
 * - Errors: OTHER_TABLE (author) and many others.
 */
export async function openPlaces(
  job: { readonly name: string; readonly hash: string },
  plan: PhysicalPlan,
  options: RunOptions,
): Promise<Places> {
  const writeMode = writeModeOf(plan, options)
  const output = plainAddress(plan.sinks[0].to)
  const folder = stateFolder(plan.sinks[0], job.name, options.state)
  const kept = keptAs(plan, options)
  const storeOf = openStores(options)
  const sinks = await Promise.all(
    plan.sinks.map(async (sink) => {
      const target = sink.format === 'csv' ? csvTarget(sink.to).file : asFolder(parseLocation(sink.to))
      return { sink, target, store: await storeOf(formatLocation(target)) }
    }),
  )
  await assertPlacesApart(plan.location, sinks, folder, options.report)
  const state = await openState(folder, storeOf, options)
  const { last, ledgerBefore, bookmark } = await unlessMoved(state, output, options, async (last, ledger) => {
    const bookmark = await openBookmark(state, ledger, { output, jobHash: job.hash, plan }, last, options)
    // A paused run adds to no table.
    if (writeMode === 'append' && bookmark?.isPaused !== true) assertSameTables(sinks, last?.manifest)
    const left = await sweep(state, (from) => from !== (last?.etag ?? null))
    const unseen = new Set(left.map(({ handle }) => handle))
    if (writeMode === 'error-if-exists') for (const place of sinks) await assertNothingThere(place, unseen)
    if (options.allowOtherFiles !== true) {
      for (const place of sinks) await assertFolderIsOurs(place, last?.manifest, unseen)
    }
    return { last, ledgerBefore: ledger?.etag ?? null, bookmark }
  })
  const input = { store: await storeOf(plan.location) }
  const run = { id: runId(), output, before: last?.etag ?? null }
  return {
    input,
    sinks,
    writeMode,
    files: fileNames(writeMode, run.id, bookmark?.isPaused),
    keptAs: kept,
    state,
    // Only a run that may repeat the last one looks at what that has read, which may be much.
    last: last && (mayRepeat({ writeMode, bookmark }) ? last.manifest : { ...last.manifest, inputs: [] }),
    ledgerBefore,
    bookmark,
    run,
  }
}

/**
 * Looks at what earlier runs have left, a commit that was begun finished first. What does not fit together may be of two moments, when
 * another run has committed in between: then it is looked at again.
 *
 * - Errors: those of `look`, when nothing has moved.
 */
async function unlessMoved<T>(
  state: State,
  output: string,
  { onNote = () => {} }: RunOptions,
  look: (last: FoundManifest | undefined, ledger: FoundLedger | undefined) => Promise<T>,
): Promise<T> {
  for (let tries = 1; ; tries++) {
    await rollForward(state, output, onNote)
    const last = await readManifest(state.store, state.folder, output)
    const ledger = await readLedger(state, output)
    try {
      return await look(last, ledger)
    } catch (error) {
      const from = { before: last?.etag ?? null, ledgerBefore: ledger?.etag ?? null }
      if (tries === LOOKS_MAX || !(await hasMoved(state, from).catch(() => false))) throw error
    }
  }
}

/** Runs do not commit so often that it could not be looked between two of them. */
const LOOKS_MAX = 10

/** The state folder of a job on an output. */
export async function openState(
  folder: Location,
  storeOf: State['storeOf'],
  { singleWriter = false }: Pick<RunOptions, 'singleWriter'>,
): Promise<State> {
  return { store: await storeOf(formatLocation(folder)), folder, isSingleWriter: singleWriter, storeOf }
}

/**
 * One store for each kind of place.
 *
 * - Errors: those of `encryptionOf`.
 */
export function openStores(options: S3ObjectOptions & Pick<RunOptions, 's3'>): State['storeOf'] {
  const encryption = encryptionOf(options)
  const s3 = { ...options.s3, ...(encryption === undefined ? {} : { encryption }) }
  const stores = new Map<Location['scheme'], Promise<Store>>()
  return async (name) => {
    const location = parseLocation(name)
    const store = stores.get(location.scheme) ?? openStore(location, s3)
    stores.set(location.scheme, store)
    return store
  }
}

/** When it began, for people, and what makes it one of its kind. */
export function runId(): string {
  return `${new Date().toISOString().replace(/[-:]|\.\d+/g, '')}-${randomBytes(6).toString('hex')}`
}

/**
 * Proves that the outputs can be written as they are to be kept, before anything that was read is taken.
 *
 * - `log`: is told of what is begun for that.
 * - Errors: ACCESS_DENIED and the like (environment), with the place.
 */
export async function assertSinksWritable(
  { sinks, files, keptAs: kept }: Pick<Places, 'sinks' | 'files' | 'keptAs'>,
  log?: RunLog,
): Promise<void> {
  const options = log === undefined ? kept : { ...kept, onBegun: (begun: Begun) => log.add(begun) }
  const atOnce = preparedAtOnce(...sinks.map(({ target }) => target))
  await mapSome(sinks, atOnce, ({ sink, store, target }) =>
    store.assertWritable(sink.format === 'csv' ? target : joinLocation(target, files.part), options),
  )
}

async function assertPlacesApart(
  input: string,
  sinks: readonly SinkPlace[],
  state: Location,
  report: string | undefined,
): Promise<void> {
  const places = [
    { role: 'input', location: parseLocation(isGlob(input) ? globFolder(input) || '.' : input) },
    ...sinks.map(({ sink, target }) => ({
      role: `${sink.format === 'csv' ? 'CSV' : 'Parquet'} output`,
      location: sink.format === 'csv' ? (csvTarget(sink.to).folder ?? target) : target,
    })),
    { role: 'state', location: state },
    ...(report === undefined ? [] : [{ role: 'report', location: parseLocation(report) }]),
  ]
  assertApart(await Promise.all(places.map(async (place) => ({ ...place, real: await followLinks(place.location) }))))
}

/**
 * Refuses to append where the last run with a table has one that this run does not write: what this run adds would be in another table than the
 * rows before it. Tables that runs before that one wrote may be others, when it has replaced them.
 */
function assertSameTables(sinks: readonly SinkPlace[], last: Manifest | undefined): void {
  const folders = sinks.filter(({ sink }) => sink.format === 'parquet').map(({ target }) => formatLocation(target))
  const files = last?.outputs.filter(({ format }) => format === 'parquet') ?? []
  const elsewhere = files.find(
    ({ name, run }) => run === files.at(-1)?.run && !folders.some((folder) => name.startsWith(folder)),
  )
  if (elsewhere === undefined) return
  throw authorError('OTHER_TABLE', `run ${elsewhere.run} has written a table that this run does not add to`, {
    at: [elsewhere.name, ...folders.map((folder) => `this run: ${folder}`)],
    help: 'nothing was read or written; give the location of that table; or outputs and a state folder of its own to a run that reads everything',
  })
}

/** - `unseen`: what earlier runs, or runs under way, have begun there and nobody sees. */
async function assertFolderIsOurs(
  { sink, store, target }: SinkPlace,
  last: Manifest | undefined,
  unseen: ReadonlySet<string>,
): Promise<void> {
  const own = new Set(unseen)
  if (sink.format === 'csv') {
    const { file, folder } = csvTarget(sink.to)
    if (folder === undefined) return
    own.add(formatLocation(file))
    await assertOwnFilesOnly(
      store,
      folder,
      (name) => own.has(name),
      'Personalize would import every file of the folder',
    )
    return
  }
  for (const { name } of last?.outputs ?? []) own.add(name)
  await assertOwnFilesOnly(store, target, (name) => own.has(name), 'Athena would read every file of the folder')
}
