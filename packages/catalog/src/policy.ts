import type { Column, Table } from '@aws-sdk/client-glue'
import { authorError } from '@fletching/columns/errors'
import { type Change, diffTables, formatChange, formatDiff, isSame, ORDER, type TableDiff, withSlash } from './diff.ts'
import { isOurParameter, JOB, OUTPUT, type WholeTable } from './table-input.ts'

/** What becomes of a table that is there and is not as the job writes it. */
export const policies = ['add-columns', 'replace', 'partitions-only', 'fail'] as const
export type Policy = (typeof policies)[number]

/**
 * The table as it is to be, from the one that is there; undefined where it stays.
 *
 * - `add-columns` puts new columns behind the others and keeps those that the job writes no longer; `replace` takes the job's;
 *   `partitions-only` and `fail` leave the table.
 * - Errors: PARTITION_KEYS_DIFFER, TABLE_TYPES_DIFFER, TABLE_DIFFERS (author).
 */
export function settledTable(policy: Policy, found: Table, wanted: WholeTable, place: string): WholeTable | undefined {
  const diff = diffTables(found, wanted)
  assertSameKeys(diff, place)
  switch (policy) {
    case 'partitions-only':
      return undefined
    case 'fail':
      if (isSame(diff)) return undefined
      throw authorError('TABLE_DIFFERS', 'the table in the catalog is not as the job writes it', {
        at: [place, ...formatDiff(diff, 'kept')],
        help: 'the catalog is as it was; --policy add-columns adds the columns that are new, --policy replace takes all',
      })
    case 'add-columns':
      assertAddable(diff, place)
      return changedOnly(found, joined(found, wanted, withNewColumns))
    case 'replace':
      return changedOnly(found, joined(found, wanted, withWantedColumns))
  }
}

/**
 * Refuses a table that is another's.
 *
 * - Errors: TABLE_NOT_OURS (author).
 */
export function assertOurs(found: Table, wanted: WholeTable, takesOver: boolean, place: string): void {
  const { TableType = 'EXTERNAL_TABLE', Parameters = {}, StorageDescriptor } = found
  const kind = Parameters.table_type ?? (TableType === 'EXTERNAL_TABLE' ? undefined : TableType)
  if (kind !== undefined)
    throw notOurs(`it is no table of files alone: ${kind}`, place, 'give another name with --table')
  if (takesOver) return
  const why = whyNotOurs(Parameters, StorageDescriptor?.Location, wanted)
  if (why === undefined) return
  throw notOurs(why, place, '--take-over makes it the table of this output; --table gives another name')
}

/** The table with the projection of the one that is there, where that is ours already. */
export function withProjectionOf(found: Table, wanted: WholeTable): WholeTable {
  const there = found.Parameters ?? {}
  if (whyNotOurs(there, found.StorageDescriptor?.Location, wanted) !== undefined) return wanted
  const select = (parameters: Readonly<Record<string, string>>, isWanted: boolean) =>
    Object.entries(parameters).filter(([name]) => isOfProjection(name) === isWanted)
  return { ...wanted, Parameters: Object.fromEntries([...select(wanted.Parameters, false), ...select(there, true)]) }
}

function isOfProjection(name: string): boolean {
  return /^(projection\.|storage\.location\.template$)/.test(name)
}

function whyNotOurs(
  found: Readonly<Record<string, string>>,
  location: string | undefined,
  wanted: WholeTable,
): string | undefined {
  if (found[JOB] === undefined || found[OUTPUT] === undefined) return 'no job of ours has made it'
  if (found[JOB] !== wanted.Parameters[JOB]) return `it is of the job ${found[JOB]}`
  if (found[OUTPUT] !== wanted.Parameters[OUTPUT]) return `it is of the output ${found[OUTPUT]}`
  const isElsewhere = withSlash(location ?? '') !== wanted.StorageDescriptor.Location
  return isElsewhere ? `its files lie at ${location}` : undefined
}

function notOurs(why: string, place: string, help: string) {
  return authorError('TABLE_NOT_OURS', `the table in the catalog is another's: ${why}`, {
    at: place,
    help: `the catalog is as it was; ${help}`,
  })
}

function assertSameKeys({ partitionKeys: [change] }: TableDiff, place: string): void {
  if (change === undefined) return
  throw authorError('PARTITION_KEYS_DIFFER', `the table is partitioned by other columns than the files`, {
    at: [place, formatChange(change)],
    help: 'the catalog is as it was; a table keeps its keys: remove it from the catalog, which leaves the files, or give another name with --table',
  })
}

/** Types that are others, and where columns have no names in the files, columns that are not where they were. */
function assertAddable({ columns, settings }: TableDiff, place: string): void {
  const isByPlace = settings.some(({ name }) => name === ORDER)
  const changed = columns.filter(({ was, is }) => was !== undefined && is !== undefined)
  const moved = settings.filter(({ name }) => name === ORDER)
  const wrong: readonly Change[] = [...changed, ...moved]
  if (wrong.length === 0) return
  const more = wrong.length > SHOWN ? [`and ${wrong.length - SHOWN} more`] : []
  throw authorError(
    'TABLE_TYPES_DIFFER',
    isByPlace
      ? 'the columns of the table are not where those of the files are'
      : 'columns of the table have other types than those of the files',
    {
      at: [place, ...wrong.slice(0, SHOWN).map((change) => formatChange(change)), ...more],
      help: 'the catalog is as it was; --policy replace takes the columns of the job, for which the files of earlier runs must be written again; --table gives another name',
    },
  )
}

const SHOWN = 5

/** What the job says, on what others have said of the table. */
function joined(
  found: Table,
  wanted: WholeTable,
  columnsOf: (old: readonly Column[], next: readonly Column[]) => Column[],
): WholeTable {
  const { Description, Owner, LastAccessTime, LastAnalyzedTime, Retention, StorageDescriptor: old = {} } = found
  const { StorageDescriptor: next, Parameters } = wanted
  const isSameSerde = old.SerdeInfo?.SerializationLibrary === next.SerdeInfo?.SerializationLibrary
  const others = Object.entries(found.Parameters ?? {}).filter(([name]) => !isOurParameter(name))
  return {
    ...wanted,
    ...definedOnly({ Description, Owner, LastAccessTime, LastAnalyzedTime, Retention }),
    StorageDescriptor: {
      ...old,
      ...next,
      Columns: columnsOf(old.Columns ?? [], next.Columns),
      SerdeInfo: {
        ...old.SerdeInfo,
        ...next.SerdeInfo,
        Parameters: { ...(isSameSerde ? old.SerdeInfo?.Parameters : {}), ...next.SerdeInfo?.Parameters },
      },
    },
    Parameters: { ...Object.fromEntries(others), ...Parameters },
  }
}

function withNewColumns(old: readonly Column[], next: readonly Column[]): Column[] {
  const names = new Set(old.map(nameOf))
  return [...old, ...next.filter((column) => !names.has(nameOf(column)))]
}

/** The job's columns, with what others have said of them. */
function withWantedColumns(old: readonly Column[], next: readonly Column[]): Column[] {
  const known = new Map(old.map((column) => [nameOf(column), column]))
  return next.map((column) => ({ ...known.get(nameOf(column)), ...column }))
}

function changedOnly(found: Table, next: WholeTable): WholeTable | undefined {
  return isSame(diffTables(found, next)) ? undefined : next
}

function nameOf({ Name = '' }: Column): string {
  return Name.toLowerCase()
}

function definedOnly<T extends object>(values: T): Partial<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Partial<T>
}
