import type { Job, Params, ValuesOf } from '@fletching/job'
import { inJob } from './in-job.ts'
import { type Manifest, readManifest } from './manifest.ts'
import type { RunOptions } from './options.ts'
import { plainAddress, stateFolder } from './outputs.ts'
import { openStores } from './places.ts'

/**
 * The manifest of the last run of a job on its outputs; undefined where no run has committed yet. Only looks: a commit that was begun
 * stays as it is.
 *
 * - Errors: STATE_MISMATCH, NO_STATE_LOCATION (author), BAD_MANIFEST (environment), those of the store.
 */
export async function lastRun<P extends Params>(
  job: Job<P>,
  params: ValuesOf<P>,
  options: Pick<RunOptions, 'state' | 's3'> = {},
): Promise<Manifest | undefined> {
  return inJob(job.name, async () => {
    const [{ sink }] = job.build(params)
    const folder = stateFolder(sink, job.name, options.state)
    const store = await openStores(options)(options.state ?? sink.to)
    return (await readManifest(store, folder, plainAddress(sink.to)))?.manifest
  })
}
