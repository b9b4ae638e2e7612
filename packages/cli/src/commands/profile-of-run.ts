import { type Accounting, inputBytes, type Manifest, type OutputDescription } from '@fletching/engine'
import {
  type Counted,
  type Profile,
  profileObjects,
  type RejectsProfile,
  type RunProfile,
  rejectedCodes,
} from '@fletching/explore/profile'
import type { Job } from '@fletching/job'
import type { Checklist } from '@fletching/personalize/checklist'
import { preflightAt } from '@fletching/personalize/preflight-folder'
import { optimize } from '@fletching/plan'
import { formatLocation, openStore, parseLocation } from '@fletching/storage'
import { givenParams } from '../params.ts'
import type { ToolCall } from '../tools.ts'
import { filesOf, foundOutput, jobOutputs, lastManifest, outputGone } from './job-outputs.ts'
import { datasetOf } from './personalize/dataset-of.ts'

/**
 * What the last run of a job said of itself, what its outputs hold, that with the most rows first, and what Personalize would say of its CSV.
 *
 * - Errors: NO_RUN_YET (author), OUTPUT_GONE (environment), those of `lastManifest` and `profileObjects`.
 */
export async function profileOfRun(
  job: Job,
  name: string,
  call: ToolCall,
  now: Date,
): Promise<Pick<Profile, 'run' | 'tables' | 'checklist'>> {
  const { values, signal } = call
  const params = await givenParams(job, call)
  const manifest = await lastManifest(job, params, values, { name, otherWay: OTHER_WAY })
  const outputs = jobOutputs(job, params, values)
  const rowsOf = (output: OutputDescription) => filesOf(output, manifest).reduce((sum, { rows }) => sum + rows, 0)
  const tables: Profile['tables'][number][] = []
  for (const output of outputs.toSorted((one, other) => rowsOf(other) - rowsOf(one))) {
    const { store, objects, declared } = await foundOutput(output, manifest, OTHER_WAY)
    const options = { csvEscape: declared.csvEscape, withDetails: tables.length === 0, signal }
    tables.push(await profileObjects(store, objects, formatLocation(output.location), options))
  }
  return {
    run: await runProfile(manifest, optimize(job.build(params)).scan.location, signal),
    tables,
    checklist: await checklistOf(outputs, manifest, now, signal),
  }
}

async function runProfile(manifest: Manifest, input: string, signal: AbortSignal): Promise<RunProfile> {
  const { startedAt, milliseconds, inputs, accounting, refused, warnings } = manifest
  return {
    input,
    startedAt,
    milliseconds,
    objects: inputs.length,
    bytes: inputBytes(inputs).bytes,
    accounting: accountingOf(accounting),
    refused: Object.entries(refused).map(([reason, found]) => ({
      reason,
      values: found.map(({ value, count }) => ({ name: value, count })),
    })),
    rejects: await rejectsOf(manifest, signal),
    warnings,
  }
}

function accountingOf({
  lines,
  rows,
  exploded = 0,
  filtered,
  duplicates,
  setAside,
  malformed,
  blank,
  dropped = {},
}: Accounting): RunProfile['accounting'] {
  return {
    lines,
    rows,
    exploded,
    filtered: counted(filtered),
    duplicates,
    setAside: counted(setAside),
    malformed: counted(malformed),
    blank,
    dropped: counted(dropped),
  }
}

function counted(tally: Readonly<Record<string, number>>): Counted[] {
  return Object.entries(tally).map(([name, count]) => ({ name, count }))
}

async function rejectsOf({ outputs }: Manifest, signal: AbortSignal): Promise<RejectsProfile | undefined> {
  const files = outputs.filter(({ format }) => format === 'rejects').map(({ name }) => parseLocation(name))
  if (files.length === 0) return undefined
  const store = await openStore(files[0])
  const objects = []
  for (const file of files) {
    const object = await store.stat(file)
    if (object === undefined) throw outputGone(formatLocation(file), OTHER_WAY)
    objects.push(object)
  }
  return rejectedCodes(store, objects, signal)
}

async function checklistOf(
  outputs: readonly OutputDescription[],
  manifest: Manifest,
  now: Date,
  signal: AbortSignal,
): Promise<Checklist | undefined> {
  const csv = outputs.find((output) => datasetOf(output) === 'interactions' && filesOf(output, manifest).length > 0)
  if (csv === undefined) return undefined
  return preflightAt(csv.location, { dataset: 'interactions', now: Math.floor(now.getTime() / 1000), signal })
}

const OTHER_WAY = 'fletching profile LOCATION looks at what lies elsewhere'
