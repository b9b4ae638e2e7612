import type { ObjectInfo, Store } from '@fletching/storage'
import { openTable, type Table, tableOf } from './diff/table.ts'
import type { InputOptions } from './files/open-input.ts'
import type { TableProfile } from './profile/profile.ts'
import { RowFigures } from './profile/row-figures.ts'

export { pageStart } from './profile/page-start.ts'
export type {
  AccountingProfile,
  Counted,
  Profile,
  RejectsProfile,
  RunProfile,
  TableProfile,
} from './profile/profile.ts'
export { rejectedCodes } from './profile/rejected-codes.ts'

export interface ProfileOptions extends InputOptions {
  /** Whether users, items, events and times are looked at. Default: true. */
  readonly withDetails?: boolean
}

/**
 * Reads what lies at an address, CSV and Parquet, and says what its rows hold.
 *
 * - Memory: that of `RowFigures`, and a row group of Parquet.
 * - Errors: NOT_A_TABLE (author); DUPLICATE_COLUMN, BAD_CSV_RECORD and BAD_PARQUET (data); those of the store.
 */
export async function profileAt(location: string, options: ProfileOptions = {}): Promise<TableProfile> {
  return profileTable(await openTable(location, options), options)
}

/** The same of objects that have been found below an address. */
export async function profileObjects(
  store: Store,
  objects: readonly ObjectInfo[],
  location: string,
  options: ProfileOptions = {},
): Promise<TableProfile> {
  return profileTable(await tableOf(store, objects, location, options), options)
}

async function profileTable(table: Table, { withDetails = true, signal }: ProfileOptions): Promise<TableProfile> {
  const figures = new RowFigures(table.names, withDetails)
  for await (const rows of table.texts(table.names)) {
    signal?.throwIfAborted()
    for (const texts of rows) figures.add(texts)
  }
  return {
    location: table.location,
    format: [...table.forms].sort().join(' and '),
    objects: table.objects.length,
    bytes: table.objects.reduce((sum, { size }) => sum + size, 0),
    ...figures.finish(),
  }
}
