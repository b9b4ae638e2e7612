import { daysFromCivil } from '@fletching/columns'
import { authorError, internal } from '@fletching/columns/errors'
import type { Scalar } from '@fletching/kernels/scalar'
import { type SinkColumn, sameTree } from '@fletching/plan'
import { formatLocation } from '@fletching/storage'
import type { CsvSinkPlan, ParquetSinkPlan, PhysicalSink } from './physical.ts'
import type { Places } from './places.ts'
import type { OutputInfo } from './report.ts'

/** A table that holds every value of a CSV, and where it has each column of it. */
export interface EarlierColumns {
  readonly csv: CsvSinkPlan
  readonly table: ParquetSinkPlan
  /** For each column of the CSV, the table's column of the same expression. */
  readonly columns: readonly SinkColumn[]
}

/**
 * Finds the table from which the rows of earlier runs are written into a CSV again: the first that has a column of the same expression for
 * each of its columns. Such columns hold equal values whatever they are called, since every sink of a plan gets the same rows.
 *
 * - Errors: NO_EARLIER_ROWS (author) when there is no table, or none that has every column: then the first is named.
 */
export function earlierColumns(csv: CsvSinkPlan, sinks: readonly PhysicalSink[]): EarlierColumns {
  const tables = sinks.filter((sink) => sink.format === 'parquet')
  if (tables.length === 0) {
    throw noEarlierRows('the rows of earlier runs are read from a Parquet table, and this run has none', {
      help: 'give the location of the table, such as --S3_PARQUET_OUTPUT_PATH; --csv increment needs none',
    })
  }
  const found = tables.map((table) => ({ table, columns: csv.columns.map((column) => twinOf(column, table)) }))
  const whole = found.find(({ columns }) => !columns.includes(undefined))
  if (whole !== undefined) {
    const columns = whole.columns.filter((column) => column !== undefined)
    assertTold(csv, whole.table, columns)
    return { csv, table: whole.table, columns }
  }
  const [{ table, columns }] = found
  const { name } = csv.columns[columns.indexOf(undefined)]
  throw noEarlierRows(`the table has no column of the same expression as ${name} of the CSV`, {
    at: `table ${table.to}`,
    help: ['give the table such a column, under any name; --csv increment needs none', ANEW],
  })
}

/** What earlier runs have written of the rows of a CSV. */
export interface EarlierTable {
  readonly from: EarlierColumns
  /** The folder of the table. */
  readonly folder: string
  readonly files: readonly OutputInfo[]
}

/**
 * The table of a CSV, and the files in it that the last manifest names.
 *
 * - Errors: those of `earlierColumns`.
 */
export function earlierTable({ sinks, last }: Pick<Places, 'sinks' | 'last'>, csv: CsvSinkPlan): EarlierTable {
  const from = earlierColumns(
    csv,
    sinks.map(({ sink }) => sink),
  )
  const [folder] = sinks.filter(({ sink }) => sink === from.table).map(({ target }) => formatLocation(target))
  const files = last?.outputs.filter(({ format, name }) => format === 'parquet' && name.startsWith(folder)) ?? []
  return { from, folder, files }
}

function twinOf(column: SinkColumn, { columns, partitionBy }: ParquetSinkPlan): SinkColumn | undefined {
  const twins = columns.filter(({ expr, type }) => sameTree(expr, column.expr) && sameTree(type, column.type))
  // What stands in the files is read as it was; the name of a folder does not tell null from the empty text.
  return twins.find(({ name }) => !partitionBy.includes(name)) ?? twins[0]
}

/** The folder of a partition does not tell null from the empty text, and neither do the dialects, but for one. */
function assertTold({ dialect }: CsvSinkPlan, { partitionBy }: ParquetSinkPlan, columns: readonly SinkColumn[]): void {
  if (dialect !== 'athena-opencsv') return
  const blurred = columns.find(
    ({ name, type, nullable }) => nullable && type.kind === 'text' && partitionBy.includes(name),
  )
  if (blurred === undefined) return
  throw noEarlierRows(`the folders of ${blurred.name} do not tell null from the empty text, and athena-opencsv does`, {
    help: 'partition the table by another column, or choose another dialect; --csv increment needs neither',
  })
}

/**
 * The value of a partition column by the text that names its folder.
 *
 * - Units: a day is its number since 1970, a moment its milliseconds, as in a literal.
 * - Errors: internal for a text that no value of the type has.
 */
export function partitionValue(text: string | null, { type, nullable }: SinkColumn): Scalar {
  if (text === null) return nullable ? null : ''
  switch (type.kind) {
    case 'text':
    case 'json':
      return text
    case 'int64':
      return BigInt(text)
    case 'int32':
    case 'float64':
    case 'timestamp':
      return Number(text)
    case 'bool':
      return text === 'true'
    case 'date': {
      const [year, month, day] = text.split('-').map(Number)
      return daysFromCivil(year, month, day)
    }
    default:
      throw internal(`no folder is named by ${type.kind}`)
  }
}

/** The way out where a table does not hold what runs have written, or cannot. */
export const ANEW =
  'to write everything anew, which loses the rows of what the input no longer holds: --write-mode replace over the whole input; with a bookmark, fletching bookmark reset JOB --outputs remove, then the same run'

function noEarlierRows(
  what: string,
  { at, help }: { readonly at?: string; readonly help: string | readonly string[] },
) {
  return authorError('NO_EARLIER_ROWS', what, { at: at === undefined ? ['--csv full'] : [at, '--csv full'], help })
}
