import type { StorageDescriptor, Table } from '@aws-sdk/client-glue'
import { authorError, environmentError } from '@fletching/columns/errors'
import { diffTables, formatDiff } from './diff.ts'
import { type Glue, type GlueCalls, isGlueError } from './glue-client.ts'
import { type PartitionFolder, type RegisteredPartitions, registerPartitions } from './partitions.ts'
import { assertOurs, type Policy, settledTable, withProjectionOf } from './policy.ts'
import { unseenFolders } from './projected.ts'
import { type TableOwner, tableInput, type WholeTable } from './table-input.ts'
import type { TableSpec } from './table-spec.ts'

export { type Glue, type GlueCalls, openGlue } from './glue-client.ts'
export { type PartitionFolder, partitionsOf, type RegisteredPartitions } from './partitions.ts'
export { type Policy, policies } from './policy.ts'

export interface RegisterOptions {
  /** Default `add-columns`. */
  readonly policy?: Policy
  /** Whether a table of others becomes that of this output. */
  readonly takesOver?: boolean
  /** Whether a table that is there already keeps its projection, whatever the new one would have. */
  readonly keepsProjection?: boolean
  /** The moment that a projection up to now ends at. Default: that of the clock. */
  readonly now?: Date
}

/** What became of a table in the catalog. */
export interface Registered {
  readonly database: string
  readonly table: string
  readonly outcome: 'created' | 'updated' | 'unchanged'
  /** How the table that was there differed, a line each. */
  readonly differences: readonly string[]
  readonly partitions: RegisteredPartitions
  /** The folders that Athena passes over, since they lie outside of the projection. */
  readonly unseen: readonly string[]
}

/**
 * Brings a table and its partitions into the catalog, and makes the database where there is none. What is as it should be is left; a
 * registration that was cut is finished by the next.
 *
 * - Errors: TABLE_NOT_OURS, TABLE_TYPES_DIFFER, PARTITION_KEYS_DIFFER, TABLE_DIFFERS, NO_SUCH_TABLE, BAD_LOCATION (author);
 *   CATALOG_CHANGED, PARTITIONS_NOT_ADDED (environment); those of the calls.
 */
export async function registerTable(
  glue: Glue,
  spec: TableSpec,
  folders: readonly PartitionFolder[],
  owner: TableOwner,
  options: RegisterOptions = {},
): Promise<Registered> {
  const { policy = 'add-columns', now = new Date() } = options
  assertInS3(spec)
  const { outcome, differences, descriptor, parameters } = await settle(glue, spec, tableInput(spec, owner), options)
  const scope = { isNew: outcome === 'created', mendsTypes: policy === 'replace' }
  const partitions = await registerPartitions(glue, spec, descriptor, folders, scope).catch((error: unknown) => {
    throw isGlueError(error, 'EntityNotFoundException')
      ? catalogChanged(spec, 'the table was removed meanwhile')
      : error
  })
  const unseen = unseenFolders(parameters, spec.partitions[0]?.name, folders, now).map(({ location }) =>
    location.slice(spec.location.length, -1),
  )
  return { database: spec.database, table: spec.name, outcome, differences, partitions, unseen }
}

/** A catalog that is looked at and not changed: each call that would do so is given to `onCall`, and answered as done. */
export function dryGlue(glue: Glue, onCall: (action: keyof GlueCalls, input: object) => void): Glue {
  return {
    async call(action, input) {
      if (action.startsWith('Get')) return glue.call(action, input)
      onCall(action, input)
      return {}
    },
    close: () => glue.close(),
  }
}

interface Settled extends Pick<Registered, 'outcome' | 'differences'> {
  readonly descriptor: StorageDescriptor
  readonly parameters: Table['Parameters']
}

/** Makes the table as it should be. What others do in between is looked at anew. */
async function settle(glue: Glue, spec: TableSpec, anew: WholeTable, options: RegisterOptions): Promise<Settled> {
  const { policy = 'add-columns', takesOver = false, keepsProjection = false } = options
  const { database, name } = spec
  const place = `${database}.${name}`
  for (let tries = 1; tries <= TRIES_MAX; tries++) {
    const found = await findTable(glue, spec)
    if (found === undefined) {
      if (policy === 'partitions-only') throw noSuchTable(place)
      await makeDatabase(glue, database)
      if (await isDone(glue.call('CreateTable', { DatabaseName: database, TableInput: anew }))) {
        return { outcome: 'created', differences: [], descriptor: anew.StorageDescriptor, parameters: anew.Parameters }
      }
      continue
    }
    assertOurs(found, anew, takesOver, place)
    const wanted = keepsProjection ? withProjectionOf(found, anew) : anew
    const next = settledTable(policy, found, wanted, place)
    const differences = formatDiff(diffTables(found, wanted), policy === 'replace' ? 'removed' : 'kept')
    if (next === undefined)
      return {
        outcome: 'unchanged',
        differences,
        descriptor: found.StorageDescriptor ?? {},
        parameters: found.Parameters,
      }
    // Without the version, what another has changed since would be lost.
    const { VersionId } = found
    const update = {
      DatabaseName: database,
      TableInput: next,
      SkipArchive: true,
      ...(VersionId === undefined ? {} : { VersionId }),
    }
    if (await isDone(glue.call('UpdateTable', update))) {
      return { outcome: 'updated', differences, descriptor: next.StorageDescriptor, parameters: next.Parameters }
    }
  }
  throw catalogChanged(spec, `others changed the table ${TRIES_MAX} times in a row`)
}

const TRIES_MAX = 5

async function findTable(glue: Glue, { database, name }: TableSpec): Promise<Table | undefined> {
  try {
    return (await glue.call('GetTable', { DatabaseName: database, Name: name })).Table
  } catch (error) {
    if (isGlueError(error, 'EntityNotFoundException')) return undefined
    throw error
  }
}

async function makeDatabase(glue: Glue, Name: string): Promise<void> {
  try {
    await glue.call('GetDatabase', { Name })
  } catch (error) {
    if (!isGlueError(error, 'EntityNotFoundException')) throw error
    await isDone(glue.call('CreateDatabase', { DatabaseInput: { Name } }))
  }
}

/** Whether a call has changed what it should, and not another's before it. */
async function isDone(call: Promise<unknown>): Promise<boolean> {
  try {
    await call
    return true
  } catch (error) {
    const isLate = (
      ['AlreadyExistsException', 'ConcurrentModificationException', 'EntityNotFoundException'] as const
    ).some((name) => isGlueError(error, name))
    if (isLate) return false
    throw error
  }
}

function assertInS3({ location, database, name }: TableSpec): void {
  if (location.startsWith('s3://')) return
  throw authorError('BAD_LOCATION', `Athena reads from S3 alone, and the table lies at ${location}`, {
    at: `${database}.${name}`,
    help: 'give the job an output that begins with s3://; fletching query reads a table on this machine',
  })
}

function noSuchTable(place: string) {
  return authorError('NO_SUCH_TABLE', 'the catalog has no such table to add partitions to', {
    at: place,
    help: 'leave out --policy partitions-only, and it is made',
  })
}

function catalogChanged({ database, name }: TableSpec, why: string) {
  return environmentError('CATALOG_CHANGED', why, { at: `${database}.${name}`, help: 'run it again' })
}
