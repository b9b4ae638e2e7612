import { batchOf, civilFromDays, isValid } from '@fletching/columns'
import { internal } from '@fletching/columns/errors'
import { dictionaryDecode } from '@fletching/kernels/dictionary'
import { takeBatch } from '@fletching/kernels/take'
import { hivePartition } from '@fletching/parquet'
import { type Data, DataType, type RecordBatch, Schema, type Utf8, Vector } from 'apache-arrow'

/** Rows that share a folder, without the columns that name it. */
export interface PartitionPart {
  /** Such as `dt=2019-05-18`; empty when nothing parts the rows. */
  readonly folder: string
  readonly batch: RecordBatch
}

/**
 * Parts a batch by the values of columns, in order of first appearance, and leaves those columns out. Rows keep their order.
 *
 * - Nulls: rows without a value and those with the empty text share Hive's default partition.
 * - Memory: a batch of one value is not copied.
 */
export function splitByPartition(batch: RecordBatch, columns: readonly string[]): PartitionPart[] {
  return columns.reduce<PartitionPart[]>(
    (parts, column) =>
      parts.flatMap((part) =>
        splitByColumn(part.batch, column).map(({ folder, batch: rows }) => ({
          folder: part.folder === '' ? folder : `${part.folder}/${folder}`,
          batch: rows,
        })),
      ),
    [{ folder: '', batch }],
  )
}

function splitByColumn(batch: RecordBatch, column: string): PartitionPart[] {
  const values = batch.getChild(column)
  if (values === null) throw internal(`no column "${column}" to part the batch by`)
  const rest = withoutColumn(batch, column)
  return [...rowsByValue(values)].map(([value, rows]) => ({
    folder: hivePartition(column, value === null ? null : partitionText(values.type, value)),
    batch: rows.length === batch.numRows ? rest : takeBatch(rest, new Int32Array(rows)),
  }))
}

/** Row numbers by raw value, null also for the empty text; a date is looked up as its day number, so that no text is made per row. */
function rowsByValue(values: Vector): Map<unknown, number[]> {
  const groups = new Map<unknown, number[]>()
  let row = 0
  let last: { readonly value: unknown; readonly rows: number[] } | undefined
  for (const data of dictionaryDecode(values).data) {
    const read = readerOf(data)
    for (let i = 0; i < data.length; i++, row++) {
      const found = isValid(data, i) ? read(i) : null
      const value = found === '' ? null : found
      if (last === undefined || value !== last.value) {
        last = { value, rows: groups.get(value) ?? [] }
        groups.set(value, last.rows)
      }
      last.rows.push(row)
    }
  }
  return groups
}

/** What gives the value of a row. `Vector.get` would drop a byte order mark, and make one partition of two values. */
function readerOf(data: Data): (row: number) => unknown {
  if (DataType.isDate(data.type)) return (row) => data.values[row]
  if (DataType.isUtf8(data.type)) {
    const { values, valueOffsets } = data as Data<Utf8>
    return (row) => TEXT.decode(values.subarray(valueOffsets[row], valueOffsets[row + 1]))
  }
  const vector = new Vector([data])
  return (row) => vector.get(row)
}

function partitionText(type: DataType, value: unknown): string {
  return DataType.isDate(type) ? formatDay(value as number) : String(value)
}

function formatDay(days: number): string {
  const { year, month, day } = civilFromDays(days)
  return `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`
}

function withoutColumn(batch: RecordBatch, column: string): RecordBatch {
  const index = batch.schema.fields.findIndex((field) => field.name === column)
  const fields = batch.schema.fields.toSpliced(index, 1)
  const children = batch.data.children.toSpliced(index, 1)
  return batchOf(new Schema(fields), batch.numRows, children)
}

const TEXT = new TextDecoder('utf-8', { ignoreBOM: true })
