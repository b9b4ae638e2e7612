import { type Objects, parseLocation } from '@fletching/storage'
import type { Manifest } from './manifest.ts'
import type { Places } from './places.ts'
import type { OutputInfo, Report } from './report.ts'

/** Whether a run could be one that only repeats the last. A bookmark knows better what was read. */
export function mayRepeat({ writeMode, bookmark }: Pick<Places, 'writeMode' | 'bookmark'>): boolean {
  return writeMode === 'append' && bookmark === undefined
}

/**
 * The report of the last run, if a run that appends would only repeat it: the same job and parameters, the same versions of the same objects, and
 * what it wrote is still there. Whoever starts a run again, since it ended in its commit or since its answer was lost, gets every row once.
 *
 * - Cost: a request for each output of that run, where all else is the same.
 */
export async function earlierReport(
  { writeMode, last, state, bookmark }: Pick<Places, 'writeMode' | 'last' | 'state' | 'bookmark'>,
  hashes: Pick<Manifest, 'jobHash' | 'paramsHash'>,
  objects: Objects,
): Promise<Report | undefined> {
  if (last === undefined || !mayRepeat({ writeMode, bookmark })) return undefined
  const { manifestVersion: _, run, output: __, jobHash, paramsHash, ...report } = last
  if (jobHash !== hashes.jobHash || paramsHash !== hashes.paramsHash || !areSame(report.inputs, objects))
    return undefined
  const outputs = report.outputs.filter((output) => output.run === run)
  for (const output of outputs) if (!(await isThere(state, output))) return undefined
  return { ...report, outputs }
}

/** Objects without an ETag, as standard input, cannot be known again. */
function areSame(inputs: Report['inputs'], objects: Objects): boolean {
  if (inputs.length !== objects.length) return false
  const listed = objects[Symbol.iterator]()
  for (const { name, etag } of inputs) {
    const { value: object } = listed.next()
    if (object.name !== name || object.etag === undefined || object.etag !== etag) return false
  }
  return true
}

async function isThere(state: Places['state'], { name, bytes }: OutputInfo): Promise<boolean> {
  return (await (await state.storeOf(name)).stat(parseLocation(name)))?.size === bytes
}
