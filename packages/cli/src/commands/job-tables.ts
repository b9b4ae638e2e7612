import { tableNameOf } from '@fletching/catalog/names'
import { authorError, environmentError } from '@fletching/columns/errors'
import { rulesOf } from '@fletching/csv'
import { describeOutputs, lastRun, type Manifest, type OutputDescription } from '@fletching/engine'
import type { DeclaredTable, FoundTable, TableSource } from '@fletching/explore/query'
import { type CsvDialect, optimize } from '@fletching/plan'
import { findInput, formatLocation, type ObjectInfo, openStore, parseLocation } from '@fletching/storage'
import { findJob } from '../find-job.ts'
import { columnList, definedOnly } from '../options.ts'
import { givenParams } from '../params.ts'
import type { ToolCall } from '../tools.ts'

/** What a job has to query: the outputs of its last run, each named after its folder, and what it reads. */
export async function jobTables(nameOrPath: string, call: ToolCall): Promise<TableSource[]> {
  const { values } = call
  const job = await findJob(nameOrPath)
  const resolved = await givenParams(job, call)
  const outputs = describeOutputs(
    job,
    resolved,
    definedOnly({
      csvDialect: values['csv-dialect'] as CsvDialect | undefined,
      partitionBy: columnList(values['partition-by'] as string | undefined),
    }),
  )
  const state = definedOnly({ state: values.state as string | undefined })
  let run: Promise<Manifest | undefined> | undefined
  const findOutput = async (output: OutputDescription) => {
    run ??= lastRun(job, resolved, state)
    const manifest = await run
    if (manifest === undefined) throw noRunYet(nameOrPath)
    return foundOutput(output, manifest, 'give what is there with --table name=location')
  }
  const input = optimize(job.build(resolved)).scan.location
  const exclude = (values.exclude as readonly string[] | undefined) ?? []
  return [
    ...withQueryNames(outputs).map(({ name, output }) => ({ name, find: () => findOutput(output) })),
    tableAt('segment_logs', input, exclude),
  ]
}

/** What lies at a location, as a table. */
export function tableAt(name: string, location: string, exclude: readonly string[]): TableSource {
  return {
    name,
    find: async () => {
      const store = await openStore(parseLocation(location))
      return { store, objects: (await findInput(store, location, { exclude })).objects }
    },
  }
}

/** Each output with its name; of two whose folders are called the same, the second has its format behind it. */
function withQueryNames(outputs: readonly OutputDescription[]): { name: string; output: OutputDescription }[] {
  const taken = new Set(['segment_logs'])
  return outputs.map((output) => {
    const own = tableNameOf(formatLocation(output.folder ?? output.location))
    let name = taken.has(own) ? `${own}_${output.format}` : own
    for (let number = 2; taken.has(name); number++) name = `${own}_${output.format}_${number}`
    taken.add(name)
    return { name, output }
  })
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
  const start = formatLocation(location)
  const names = new Set(
    manifest.outputs.filter((one) => one.format === format && one.name.startsWith(start)).map(({ name }) => name),
  )
  const objects: ObjectInfo[] = []
  if (format === 'csv') {
    const object = names.has(start) ? await store.stat(location) : undefined
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

function noRunYet(job: string) {
  return authorError('NO_RUN_YET', 'no run of the job has written these outputs yet', {
    at: `job ${job}`,
    help: `fletching run ${job} with the same parameters writes them; --table name=location gives what lies elsewhere`,
  })
}

export function outputGone(name: string, otherWay: string) {
  return environmentError('OUTPUT_GONE', 'an output of the last run is not there any more', {
    at: name,
    help: `run the job again, or ${otherWay}`,
  })
}
