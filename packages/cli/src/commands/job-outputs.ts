import { authorError, environmentError } from '@fletching/columns/errors'
import { rulesOf } from '@fletching/csv'
import { describeOutputs, lastRun, type Manifest, type OutputDescription, type RunOptions } from '@fletching/engine'
import type { DeclaredTable, FoundTable } from '@fletching/explore/query'
import type { Job, Params, ValuesOf } from '@fletching/job'
import { formatLocation, type ObjectInfo, openStore } from '@fletching/storage'
import type { OptionValues } from '../option-specs.ts'
import { columnList, definedOnly } from '../options.ts'

/** What a job writes under the options that have a say in it. */
export function jobOutputs<P extends Params>(
  job: Job<P>,
  params: ValuesOf<P>,
  values: OptionValues,
): readonly OutputDescription[] {
  return describeOutputs(
    job,
    params,
    definedOnly({
      csvDialect: values['csv-dialect'] as RunOptions['csvDialect'],
      partitionBy: columnList(values['partition-by'] as string | undefined),
    }),
  )
}

/**
 * What the last run of a job has written down.
 *
 * - Errors: NO_RUN_YET (author) where there is none, with another way than running the job; those of `lastRun`.
 */
export async function lastManifest<P extends Params>(
  job: Job<P>,
  params: ValuesOf<P>,
  values: OptionValues,
  { name, otherWay }: { readonly name: string; readonly otherWay: string },
): Promise<Manifest> {
  const manifest = await lastRun(job, params, definedOnly({ state: values.state as string | undefined }))
  if (manifest !== undefined) return manifest
  throw authorError('NO_RUN_YET', 'no run of the job has written these outputs yet', {
    at: `job ${name}`,
    help: `fletching run ${name} with the same parameters writes them; ${otherWay}`,
  })
}

/** The files of an output that the manifest names. */
export function filesOf({ format, location }: OutputDescription, { outputs }: Manifest): Manifest['outputs'] {
  const start = formatLocation(location)
  return outputs.filter((file) => file.format === format && file.name.startsWith(start))
}

/**
 * The objects of an output that the manifest names; others may lie beside them.
 *
 * - Errors: OUTPUT_GONE (environment) where one is not there, with another way than running the job again.
 */
export async function foundOutput(
  output: OutputDescription,
  manifest: Manifest,
  otherWay: string,
): Promise<FoundTable & { readonly declared: DeclaredTable }> {
  const { format, location, schema, partitionBy, dialect } = output
  const store = await openStore(location)
  const names = new Set(filesOf(output, manifest).map(({ name }) => name))
  const objects: ObjectInfo[] = []
  if (format === 'csv') {
    const object = names.has(formatLocation(location)) ? await store.stat(location) : undefined
    if (object !== undefined) objects.push(object)
  } else {
    for await (const object of store.list(location)) if (names.has(object.name)) objects.push(object)
  }
  const [gone] = [...names].filter((name) => !objects.some((object) => object.name === name))
  if (gone !== undefined) throw outputGone(gone, otherWay)
  const declared: DeclaredTable = {
    form: format,
    schema,
    partitionBy,
    csvEscape: rulesOf(dialect ?? 'personalize').escape,
  }
  return { store, objects, declared }
}

export function outputGone(name: string, otherWay: string) {
  return environmentError('OUTPUT_GONE', 'an output of the last run is not there any more', {
    at: name,
    help: `run the job again, or ${otherWay}`,
  })
}
