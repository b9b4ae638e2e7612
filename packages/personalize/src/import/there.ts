import { authorError } from '@fletching/columns/errors'
import type { Send } from '../client.ts'
import type { Dataset, Domain } from '../dataset.ts'
import {
  type FoundDataset,
  type FoundGroup,
  type FoundJob,
  findDataset,
  findGroup,
  listJobs,
  schemaText,
} from '../resources.ts'
import { assertStays } from '../wait.ts'
import { numberOf } from './names.ts'
import { saySame } from './schemas.ts'

/** What there is of an import in Personalize before it begins. */
export interface There {
  readonly group: FoundGroup | undefined
  readonly dataset: FoundDataset | undefined
  /** Every import of the dataset. */
  readonly jobs: readonly FoundJob[]
}

export interface Wanted {
  readonly group: string
  readonly type: Dataset
  /** Undefined: whatever there is. */
  readonly schema: string | undefined
  /** Undefined: whatever there is. */
  readonly domain: Domain | undefined
}

/**
 * Looks for what there is, and changes nothing.
 *
 * - Errors: GROUP_DIFFERS, SCHEMA_DIFFERS (author) when it is not what is wanted; BEING_DELETED (environment).
 */
export async function lookAround(send: Send, { group: name, type, schema, domain }: Wanted): Promise<There> {
  const group = await findGroup(send, name)
  if (group === undefined) return { group, dataset: undefined, jobs: [] }
  assertStays('dataset group', name, group.status)
  if (domain !== undefined && group.domain !== domain) {
    throw authorError('GROUP_DIFFERS', `the dataset group ${name} has the domain ${group.domain}, not ${domain}`, {
      help: 'the domain of a group cannot be changed: leave --domain out, or give another --dataset-group',
    })
  }
  const dataset = await findDataset(send, group.arn, type)
  if (dataset === undefined) return { group, dataset, jobs: [] }
  assertStays('dataset', dataset.name, dataset.status)
  if (schema !== undefined && !saySame(await schemaText(send, dataset.schemaArn), schema)) {
    throw authorError('SCHEMA_DIFFERS', `the dataset ${dataset.name} has another schema`, {
      at: dataset.schemaArn,
      help: [
        'leave --schema out to keep the one that it has; aws personalize describe-schema --schema-arn ARN prints it',
        'or import into another --dataset-group, or put the dataset on the new schema first (aws personalize update-dataset)',
      ],
    })
  }
  return { group, dataset, jobs: await listJobs(send, dataset.arn) }
}

/** What a job must be to count as the import of this CSV. */
export interface WantedJob {
  readonly group: string
  readonly type: Dataset
  readonly content: string
  readonly mode: 'auto' | 'full' | 'incremental'
}

/**
 * The import of this CSV that is under way or done, if what it brings is not taken away by a later full one, and the number for the name of the
 * next.
 */
export function importOf(
  jobs: readonly FoundJob[],
  { group, type, content, mode }: WantedJob,
): { readonly current: FoundJob | undefined; readonly nextNumber: number } {
  const numbers = jobs.map(({ name }) => numberOf(name, group, type, content))
  const isCurrent = (job: FoundJob, number: number) =>
    number > 0 &&
    job.status !== 'CREATE FAILED' &&
    (mode === 'auto' || job.mode === mode.toUpperCase()) &&
    !jobs.some((later) => later.created > job.created && later.mode === 'FULL' && later.status !== 'CREATE FAILED')
  return {
    current: jobs.find((job, index) => isCurrent(job, numbers[index])),
    nextNumber: Math.max(0, ...numbers) + 1,
  }
}
