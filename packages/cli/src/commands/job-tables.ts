import { tableNameOf } from '@fletching/catalog/names'
import type { Manifest, OutputDescription } from '@fletching/engine'
import type { TableSource } from '@fletching/explore/query'
import { optimize } from '@fletching/plan'
import { findInput, formatLocation, openStore, parseLocation } from '@fletching/storage'
import { findJob } from '../find-job.ts'
import { givenParams } from '../params.ts'
import type { ToolCall } from '../tools.ts'
import { foundOutput, jobOutputs, lastManifest } from './job-outputs.ts'

/** What a job has to query: the outputs of its last run, each named after its folder, and what it reads. */
export async function jobTables(nameOrPath: string, call: ToolCall): Promise<TableSource[]> {
  const { values } = call
  const job = await findJob(nameOrPath)
  const resolved = await givenParams(job, call)
  const manifest = () =>
    lastManifest(job, resolved, values, {
      name: nameOrPath,
      otherWay: '--table name=location gives what lies elsewhere',
    })
  let run: Promise<Manifest> | undefined
  const findOutput = async (output: OutputDescription) => {
    run ??= manifest()
    return foundOutput(output, await run, 'give what is there with --table name=location')
  }
  const input = optimize(job.build(resolved)).scan.location
  const exclude = (values.exclude as readonly string[] | undefined) ?? []
  return [
    ...withQueryNames(jobOutputs(job, resolved, values)).map(({ name, output }) => ({
      name,
      find: () => findOutput(output),
    })),
    tableAt('segment_logs', input, exclude),
  ]
}

/** What lies at a location, as a table. */
export function tableAt(name: string, location: string, exclude: readonly string[]): TableSource {
  return {
    name,
    find: async () => {
      const store = await openStore(parseLocation(location))
      return { store, objects: [...(await findInput(store, location, { exclude })).objects] }
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
