import {
  type Glue,
  partitionsOf,
  type Registered,
  type RegisterOptions,
  registerTable,
} from '@fletching/catalog/register'
import { type TableNames, tableSpec } from '@fletching/catalog/spec-of'
import { lastRun, type OutputDescription } from '@fletching/engine'
import type { Job, Params, ValuesOf } from '@fletching/job'
import { formatLocation, openStore } from '@fletching/storage'

/** A table of a job, and how it comes into the catalog. */
export interface OutputRegistration {
  readonly job: Job
  readonly resolved: ValuesOf<Params>
  readonly output: OutputDescription
  readonly state: string | undefined
  readonly names: TableNames
  readonly options: RegisterOptions
  readonly onNote: (text: string) => void
}

/** Brings a table of a job into the catalog, with the partitions that its last run has left. */
export async function registerOutput(glue: Glue, registration: OutputRegistration): Promise<Registered> {
  const { job, output, names, options } = registration
  const spec = specOf(output, names)
  const folders = partitionsOf(spec, spec.partitions.length === 0 ? [] : await filesOf(registration))
  return registerTable(glue, spec, folders, { job: job.name, output: spec.location }, options)
}

/** - Errors: NOT_IN_ATHENA (author). */
export function specOf(output: OutputDescription, names: TableNames) {
  return tableSpec({ ...output, folder: formatLocation(output.folder ?? output.location) }, names)
}

/** The files of the table by the manifest; where no run has left one, those that lie there. */
async function filesOf({ job, resolved, output, state, onNote }: OutputRegistration): Promise<string[]> {
  const manifest = await lastRun(job, resolved, state === undefined ? {} : { state })
  if (manifest !== undefined) return manifest.outputs.map(({ name }) => name)
  onNote('no run of the job has left a manifest: partitions are the folders that hold Parquet files')
  const store = await openStore(output.location)
  const names: string[] = []
  for await (const { name } of store.list(output.location)) if (name.endsWith('.parquet')) names.push(name)
  return names
}
