import type { PartitionError, StorageDescriptor } from '@aws-sdk/client-glue'
import { environmentError } from '@fletching/columns/errors'
import { withSlash } from './diff.ts'
import type { Glue } from './glue-client.ts'
import type { TableSpec } from './table-spec.ts'

/** A folder of a table, by the values that name it. */
export interface PartitionFolder {
  readonly values: readonly string[]
  readonly location: string
}

/** What became of the partitions of a table. */
export interface RegisteredPartitions {
  readonly added: number
  /** Those that were at another place, or whose columns had other types. */
  readonly changed: number
  /** Those that were as they are. */
  readonly unchanged: number
  /** The folders of those that the catalog has and the output has not; they stay. */
  readonly withoutFiles: readonly string[]
}

/** The folders that files of a table lie in, by the names of the files. */
export function partitionsOf({ location, partitions }: TableSpec, names: Iterable<string>): PartitionFolder[] {
  const folders = new Map<string, PartitionFolder>()
  for (const name of names) {
    if (partitions.length === 0 || !name.startsWith(location)) continue
    const parts = name.slice(location.length).split('/').slice(0, -1)
    if (parts.length !== partitions.length || !parts.every((part) => part.includes('='))) continue
    const folder = `${location}${parts.join('/')}/`
    folders.set(folder, { values: parts.map(decodedValue), location: folder })
  }
  return [...folders.values()].sort((a, b) => (a.location < b.location ? -1 : 1))
}

/** The value that names a folder, as Hive writes it; what stands for null stands for it in the catalog too. */
function decodedValue(part: string): string {
  const value = part.slice(part.indexOf('=') + 1)
  return value.replace(/%([0-9A-Fa-f]{2})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)))
}

/**
 * Adds the partitions that the catalog lacks, and mends those that lead elsewhere.
 *
 * - `isNew`: the table was made just now and has none.
 * - `mendsTypes`: those whose columns have other types than the table's are mended too; Athena refuses to read them.
 * - Errors: PARTITIONS_NOT_ADDED (environment), those of the calls.
 */
export async function registerPartitions(
  glue: Glue,
  spec: TableSpec,
  descriptor: StorageDescriptor,
  folders: readonly PartitionFolder[],
  { isNew, mendsTypes }: { readonly isNew: boolean; readonly mendsTypes: boolean },
): Promise<RegisteredPartitions> {
  const there = isNew || spec.partitions.length === 0 ? new Map() : await partitionsIn(glue, spec, !mendsTypes)
  const wanted = new Map(folders.map((folder) => [keyOf(folder.values), folder]))
  const missing = folders.filter(({ values }) => !there.has(keyOf(values)))
  const wrong = folders.filter(({ values, location }) => {
    const found = there.get(keyOf(values))
    return found !== undefined && !isAlike(found, { ...descriptor, Location: location })
  })
  const input = ({ values, location }: PartitionFolder) => ({
    Values: [...values],
    StorageDescriptor: { ...descriptor, Location: location },
  })
  const table = { DatabaseName: spec.database, TableName: spec.name }
  let lost = 0
  for (const batch of batchesOf(missing)) {
    const { Errors = [] } = await glue.call('BatchCreatePartition', { ...table, PartitionInputList: batch.map(input) })
    const others = Errors.filter(({ ErrorDetail }) => ErrorDetail?.ErrorCode !== 'AlreadyExistsException')
    assertDone(spec, 'BatchCreatePartition', others)
    lost += Errors.length
  }
  for (const batch of batchesOf(wrong)) {
    const entries = batch.map((folder) => ({ PartitionValueList: [...folder.values], PartitionInput: input(folder) }))
    const { Errors = [] } = await glue.call('BatchUpdatePartition', { ...table, Entries: entries })
    assertDone(
      spec,
      'BatchUpdatePartition',
      Errors.map(({ PartitionValueList: PartitionValues, ErrorDetail }) => ({ PartitionValues, ErrorDetail })),
    )
  }
  return {
    added: missing.length - lost,
    changed: wrong.length,
    unchanged: folders.length - missing.length - wrong.length + lost,
    withoutFiles: [...there.keys()]
      .filter((key) => !wanted.has(key))
      .map((key) => folderOf(spec, valuesOf(key)))
      .sort(),
  }
}

/** The partitions of a table in the catalog, by their values. */
async function partitionsIn(
  glue: Glue,
  { database, name }: TableSpec,
  isBrief: boolean,
): Promise<Map<string, StorageDescriptor>> {
  const found = new Map<string, StorageDescriptor>()
  let NextToken: string | undefined
  do {
    const page = await glue.call('GetPartitions', {
      DatabaseName: database,
      TableName: name,
      ExcludeColumnSchema: isBrief,
      ...(NextToken === undefined ? {} : { NextToken }),
    })
    for (const { Values = [], StorageDescriptor = {} } of page.Partitions ?? [])
      found.set(keyOf(Values), StorageDescriptor)
    NextToken = page.NextToken
  } while (NextToken !== undefined)
  return found
}

/** Whether a partition lies where it should and its columns, as far as they are known, have the types of the table's. */
function isAlike(found: StorageDescriptor, wanted: StorageDescriptor): boolean {
  if (withSlash(found.Location ?? '') !== wanted.Location) return false
  const types = new Map(wanted.Columns?.map(({ Name, Type }) => [Name, Type]))
  return (found.Columns ?? []).every(({ Name, Type }) => !types.has(Name) || types.get(Name) === Type)
}

function assertDone(spec: TableSpec, action: string, errors: readonly PartitionError[]): void {
  if (errors.length === 0) return
  const shown = errors.slice(0, 5).map(({ PartitionValues = [], ErrorDetail }) => {
    return `${folderOf(spec, PartitionValues)}: ${ErrorDetail?.ErrorCode ?? 'no reason given'}`
  })
  const more = errors.length > 5 ? [`and ${errors.length - 5} more`] : []
  throw environmentError('PARTITIONS_NOT_ADDED', `Glue did not take ${errors.length} of the partitions`, {
    at: [`glue:${action} of ${spec.database}.${spec.name}`, ...shown, ...more],
    help: 'the table and the other partitions are there; run it again, and the rest is added',
  })
}

function* batchesOf(folders: readonly PartitionFolder[]): Generator<readonly PartitionFolder[]> {
  for (let from = 0; from < folders.length; from += BATCH_MAX) yield folders.slice(from, from + BATCH_MAX)
}

/** Glue takes no more of them at once. */
const BATCH_MAX = 100

function folderOf({ partitions }: TableSpec, values: readonly string[]): string {
  return values.map((value, index) => `${partitions[index]?.name}=${value}`).join('/')
}

function keyOf(values: readonly string[]): string {
  return values.join('\0')
}

function valuesOf(key: string): string[] {
  return key.split('\0')
}
