import { batchOf, sliceBatch } from '@fletching/columns'
import { authorError, internal } from '@fletching/columns/errors'
import { plural } from '@fletching/columns/plural'
import { CsvEncoder } from '@fletching/csv'
import type { Scalar } from '@fletching/kernels/scalar'
import { hiveValue } from '@fletching/parquet'
import { compareNames } from '@fletching/storage'
import { type Data, DataType, type Dictionary, Field, type RecordBatch, Schema, Utf8, type Vector } from 'apache-arrow'
import { rowsOut } from './accounting.ts'
import { arrowType } from './arrow-type.ts'
import { ANEW, type EarlierColumns, earlierTable, partitionValue } from './earlier-columns.ts'
import { earlierFile } from './earlier-file.ts'
import type { LedgerRun } from './ledger.ts'
import type { Manifest } from './manifest.ts'
import { sinkSchema, writtenSchema } from './operators.ts'
import type { CsvSinkPlan } from './physical.ts'
import type { Places } from './places.ts'
import type { OutputInfo } from './report.ts'
import { scalarVector } from './scalar-vector.ts'

/** Some rows of a CSV, encoded. */
export interface EarlierRows {
  readonly bytes: Uint8Array
  readonly rows: number
}

/**
 * The rows that earlier runs have written into the table of a CSV, as its bytes, without a header.
 *
 * - Order: that of the runs; the files of a run by name, and the order of rows in them.
 * - Memory: a row group, as stored and as it is read, and some MiB of the CSV.
 * - Errors: NO_EARLIER_ROWS (author) when no table of this run holds every value of the CSV, or holds the rows of the last run; TABLE_CHANGED
 *   (environment) and the others of `earlierFile`.
 */
export async function* earlierRows(
  { sinks, state, last, bookmark }: Pick<Places, 'sinks' | 'state' | 'last' | 'bookmark'>,
  csv: CsvSinkPlan,
): AsyncGenerator<EarlierRows> {
  const { from, folder: table, files: written } = earlierTable({ sinks, last }, csv)
  const files = inOrderOfRuns(written)
  const lastRun = bookmark === undefined ? lastOf(last) : bookmark.ledger.runs.at(-1)
  if (lastRun !== undefined) assertInTable(lastRun, files, table)
  const schema = writtenSchema(from.table)
  const inFiles = [...new Set(from.columns.map(({ name }) => name))].filter(
    (name) => !from.table.partitionBy.includes(name),
  )
  const encoder = new CsvEncoder(sinkSchema(csv.columns), csv)
  for (const file of files) {
    const folders = file.name.slice(table.length).split('/')
    for await (const group of earlierFile(await state.storeOf(file.name), file, schema, inFiles)) {
      const values = partitionValues(from, folders)
      const step = rowsAtATime(group)
      for (let start = 0; start < group.numRows; start += step) {
        const rows = sliceBatch(group, start, Math.min(group.numRows, start + step))
        yield { bytes: encoder.encode(csvBatch(from, rows, values)), rows: rows.numRows }
      }
    }
  }
}

/** The last run without a bookmark, if it has written its CSV. With one, the ledger tells: a run that was paused is none whose rows count. */
function lastOf(last: Manifest | undefined): Pick<LedgerRun, 'id' | 'rows'> | undefined {
  if (last?.outputs.some(({ format, run }) => format === 'csv' && run === last.run) !== true) return undefined
  return { id: last.run, rows: rowsOut(last.accounting) }
}

/** Refuses a run whose rows are not in the table. */
function assertInTable(
  { id, rows }: Pick<LedgerRun, 'id' | 'rows'>,
  files: readonly OutputInfo[],
  table: string,
): void {
  const inTable = files.reduce((sum, file) => sum + (file.run === id ? file.rows : 0), 0)
  if (inTable === rows) return
  throw authorError(
    'NO_EARLIER_ROWS',
    `run ${id} has written ${rows} ${plural(rows, 'row')}, and ${inTable} of them into the table`,
    {
      at: [table, '--csv full'],
      help: ['every run must write the table; --csv increment needs none', ANEW],
    },
  )
}

/** Runs as they are met, and the files of each by name. */
function inOrderOfRuns(outputs: readonly OutputInfo[]): OutputInfo[] {
  const runs = [...new Set(outputs.map(({ run }) => run))]
  return outputs.toSorted((a, b) => runs.indexOf(a.run) - runs.indexOf(b.run) || compareNames(a.name, b.name))
}

/** What the folders of a file say of all of its rows, in whatever order they stand. */
function partitionValues({ table, columns }: EarlierColumns, folders: readonly string[]): ReadonlyMap<string, Scalar> {
  const partitions = columns.filter(({ name }) => table.partitionBy.includes(name))
  return new Map(
    partitions.map((column) => {
      const { name } = column
      const folder = folders.find((one) => one.startsWith(`${name}=`))
      if (folder === undefined) throw internal(`no folder of ${folders.join('/')} tells ${name}`)
      return [name, partitionValue(hiveValue(name, folder), column)]
    }),
  )
}

function csvBatch(
  { csv, columns }: EarlierColumns,
  rows: RecordBatch,
  values: ReadonlyMap<string, Scalar>,
): RecordBatch {
  const children = columns.map(({ name, type }): Data => {
    const value = values.get(name)
    if (value === undefined) return (rows.getChild(name) as Vector).data[0]
    const plain = arrowType(type)
    return scalarVector(value, DataType.isDictionary(plain) ? new Utf8() : plain, rows.numRows).data[0]
  })
  const fields = csv.columns.map(({ name, nullable }, index) => new Field(name, children[index].type, nullable))
  return batchOf(new Schema(fields), rows.numRows, children)
}

/** As many rows of a row group as become a CSV of some MiB at most, or one. */
function rowsAtATime(group: RecordBatch): number {
  const longest = group.data.children.reduce((sum, column) => sum + longestText(column), 1)
  return Math.max(1, Math.min(ROWS_AT_A_TIME, Math.floor(BYTES_AT_A_TIME / longest)))
}

function longestText(data: Data): number {
  if (DataType.isDictionary(data.type)) {
    return Math.max(...((data as Data<Dictionary>).dictionary?.data ?? []).map(longestText))
  }
  if (!DataType.isUtf8(data.type)) return 0
  const { valueOffsets } = data as Data<Utf8>
  let longest = 0
  for (let row = 0; row < data.length; row++) longest = Math.max(longest, valueOffsets[row + 1] - valueOffsets[row])
  return longest
}

const ROWS_AT_A_TIME = 16_384
const BYTES_AT_A_TIME = 8 * 1024 * 1024
