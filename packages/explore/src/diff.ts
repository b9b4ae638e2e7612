import { authorError } from '@fletching/columns/errors'
import type { Difference, DiffSide } from './diff/difference.ts'
import { Found } from './diff/found.ts'
import { RowCounts, rowHash, type Side } from './diff/row-counts.ts'
import { openTable, type Table } from './diff/table.ts'
import type { InputOptions } from './files/open-input.ts'

export type { Cause, CauseCode } from './diff/causes.ts'
export type { ChangedRows, Difference, DiffSide, RowsOnlyIn, RowTexts } from './diff/difference.ts'

export interface DiffOptions extends InputOptions {
  /** Columns that tell which row of A is which of B. */
  readonly key?: readonly string[]
  /** So many rows of each kind are given; 20 by default. */
  readonly limit?: number
  /** So many hashes of rows are held at once; 200,000 by default. */
  readonly rowsMax?: number
  /** A folder for what has no room in memory. */
  readonly tmp?: string
}

/**
 * Compares the rows of two inputs, CSV in any dialect or Parquet, as texts by the names of their columns. Neither the order of rows nor that of
 * columns matters; a row counts as often as it stands there.
 *
 * - Nulls: a null is the empty text, as in CSV.
 * - Memory: `rowsMax` hashes and twice as many rows that differ at most; beyond, on disk below `tmp`. A pass over both inputs counts 128-bit hashes; only when there
 *   are differences another finds the rows, one for each `rowsMax` of them.
 * - Errors: NO_SHARED_COLUMN, UNKNOWN_COLUMN and NOT_A_TABLE (author); DUPLICATE_COLUMN, BAD_CSV_RECORD and BAD_PARQUET (data); those of the store.
 */
export async function diffRows(a: string, b: string, options: DiffOptions = {}): Promise<Difference> {
  const tables = [await openTable(a, options), await openTable(b, options)] as const
  const columns = sharedColumns(tables, options.key)
  const rowsMax = options.rowsMax ?? ROWS_MAX
  const counts = new RowCounts({ rowsMax, tmp: options.tmp })
  try {
    const rows = [await countTable(counts, tables[0], 0, columns), await countTable(counts, tables[1], 1, columns)]
    const differing = await differingRows(counts)
    const found = new Found(columns, { limit: LIMIT, ...options }, Math.ceil(differing / rowsMax) * PARTS_FOR_EACH)
    try {
      if (differing > 0) await findRows(counts, tables, columns, rowsMax, found)
      await found.finish()
    } finally {
      await found.close()
    }
    const side = (of: Side): DiffSide => ({
      location: tables[of].location,
      rows: rows[of],
      columnsOnly: tables[of].names.filter((name) => !columns.includes(name)),
      rowsOnly: found.only[of],
    })
    const { changed, causes, unexplained } = found
    return { columns, a: side(0), b: side(1), changed, causes, unexplained }
  } finally {
    await counts.close()
  }
}

function sharedColumns([a, b]: readonly [Table, Table], key: readonly string[] = []): readonly string[] {
  const columns = a.names.filter((name) => b.names.includes(name))
  const at = [`${a.location}: ${a.names.join(', ')}`, `${b.location}: ${b.names.join(', ')}`]
  if (columns.length === 0) {
    throw authorError('NO_SHARED_COLUMN', 'no column has the same name in both', {
      at,
      help: 'columns are compared by their names, upper and lower case apart',
    })
  }
  const unknown = key.find((name) => !columns.includes(name))
  if (unknown === undefined) return columns
  throw authorError('UNKNOWN_COLUMN', `no column "${unknown}" in both, to know a row by`, {
    at,
    help: `both have ${columns.join(', ')}`,
  })
}

async function countTable(counts: RowCounts, table: Table, side: Side, columns: readonly string[]): Promise<number> {
  let rows = 0
  for await (const batch of table.texts(columns)) {
    for (const texts of batch) counts.add(rowHash(texts), side)
    rows += batch.length
    await counts.settle()
  }
  return rows
}

async function differingRows(counts: RowCounts): Promise<number> {
  let differing = 0
  for await (const { counts: of } of counts.entries()) if (of[0] !== of[1]) differing++
  return differing
}

/** Reads the inputs for the rows of the hashes that differ, of `rowsMax` hashes at a time. */
async function findRows(
  counts: RowCounts,
  tables: readonly [Table, Table],
  columns: readonly string[],
  rowsMax: number,
  found: Found,
): Promise<void> {
  let wanted = new Map<string, readonly [number, number]>()
  const find = async () => {
    for (const side of [0, 1] as const) await findSide(wanted, tables[side], side, columns, found)
    wanted = new Map()
  }
  for await (const { hash, counts: of } of counts.entries()) {
    if (of[0] === of[1]) continue
    wanted.set(hash, of)
    if (wanted.size === rowsMax) await find()
  }
  if (wanted.size > 0) await find()
}

async function findSide(
  wanted: Map<string, readonly [number, number]>,
  table: Table,
  side: Side,
  columns: readonly string[],
  found: Found,
): Promise<void> {
  for await (const batch of table.texts(columns)) {
    for (const texts of batch) {
      const hash = rowHash(texts)
      const counts = wanted.get(hash)
      if (counts === undefined || counts[side] < counts[1 - side]) continue
      wanted.delete(hash)
      found.take({ side, times: Math.abs(counts[0] - counts[1]), isInBoth: Math.min(...counts) > 0, texts })
    }
    await found.settle()
  }
}

const LIMIT = 20
const ROWS_MAX = 200_000
/** A part holds about a quarter of `rowsMax` rows. */
const PARTS_FOR_EACH = 4
