import {
  asFolder,
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
import { type Manifest, manifestLocation, readManifest } from './manifest.ts'
import type { RunOptions } from './options.ts'
import { assertApart, assertOwnFilesOnly, csvTarget, stateFolder } from './outputs.ts'
import type { PhysicalPlan, PhysicalSink } from './physical.ts'

/** A sink and where it writes. */
export interface SinkPlace {
  readonly sink: PhysicalSink
  readonly store: Store
  /** The CSV object, or the folder of the Parquet files. */
  readonly target: Location
}

/** Every place that a run touches, checked before anything is read. */
export interface Places {
  readonly input: { readonly store: Store }
  readonly sinks: readonly SinkPlace[]
  readonly state: { readonly store: Store; readonly folder: Location }
  /** The manifest of the last run, if there was one. */
  readonly last: Manifest | undefined
}

/**
 * Opens the stores of a plan and refuses what would lose or mix up data: overlapping places, files of others in an output
 * folder, state that belongs to another output.
 */
export async function openPlaces(job: string, plan: PhysicalPlan, options: RunOptions): Promise<Places> {
  const output = plan.sinks[0].to
  const state = stateFolder(output, job, options.state)
  const sinks = await Promise.all(
    plan.sinks.map(async (sink) => {
      const target = sink.format === 'csv' ? csvTarget(sink.to).file : asFolder(parseLocation(sink.to))
      return { sink, target, store: await openStore(target) }
    }),
  )
  await assertPlacesApart(plan.location, sinks, state, options.report)
  const stateStore = await openStore(state)
  const last = await readManifest(stateStore, state, output)
  if (options.allowOtherFiles !== true) {
    for (const place of sinks) await assertFolderIsOurs(place, last)
  }
  const input = { store: await openStore(parseLocation(plan.location)) }
  return { input, sinks, state: { store: stateStore, folder: state }, last }
}

/**
 * Proves that the outputs and the manifest can be written, before anything is read.
 *
 * - Errors: ACCESS_DENIED and the like (environment), with the place.
 */
export async function assertPlacesWritable({ sinks, state }: Places): Promise<void> {
  await state.store.assertWritable(manifestLocation(state.folder))
  for (const { sink, store, target } of sinks) {
    await store.assertWritable(sink.format === 'csv' ? target : joinLocation(target, 'part-00000.parquet'))
  }
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

async function assertFolderIsOurs({ sink, store, target }: SinkPlace, last: Manifest | undefined): Promise<void> {
  if (sink.format === 'csv') {
    const { file, folder } = csvTarget(sink.to)
    if (folder === undefined) return
    const own = formatLocation(file)
    await assertOwnFilesOnly(store, folder, (name) => name === own, 'Personalize would import every file of the folder')
    return
  }
  const own = new Set(last?.outputs.map(({ name }) => name))
  await assertOwnFilesOnly(store, target, (name) => own.has(name), 'Athena would read every file of the folder')
}
