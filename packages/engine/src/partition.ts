import { civilFromDays, isValid } from '@fletching/columns'
import { internal } from '@fletching/columns/errors'
import { oneChunk } from '@fletching/kernels/concat'
import { hivePartition } from '@fletching/parquet'
import { type Data, DataType, type Dictionary, type RecordBatch, Vector } from 'apache-arrow'
import type { RowRanges } from './row-ranges.ts'

/** A folder of a table, and which rows of a batch belong there. */
export interface FolderRows {
  /** Such as `dt=2019-05-18`; empty when nothing parts the rows. */
  readonly folder: string
  readonly ranges: RowRanges
}

/**
 * Finds the folders of a batch's rows by the values of columns, in order of first appearance.
 *
 * - Nulls: rows without a value and those with the empty text share Hive's default partition.
 * - Cost: a row that has the values of the one before costs a comparison for each column.
 */
export function foldersOf(batch: RecordBatch, columns: readonly string[]): FolderRows[] {
  const { numRows } = batch
  if (numRows === 0) return []
  if (columns.length === 0) return [{ folder: '', ranges: Int32Array.of(0, numRows) }]
  const datas = columns.map((column) => dataOf(batch, column))
  const folderOf = datas.map((data, index) => folderReader(columns[index], data))
  const ends = new Map<string, number[]>()
  let lastRanges: number[] = []
  for (const start of startsOf(numRows, datas)) {
    const folder = folderOf.map((read) => read(start)).join('/')
    const ranges = ends.get(folder) ?? []
    ends.set(folder, ranges)
    if (ranges === lastRanges) continue
    if (start > 0) lastRanges.push(start)
    ranges.push(start)
    lastRanges = ranges
  }
  lastRanges.push(numRows)
  return Array.from(ends, ([folder, ranges]) => ({ folder, ranges: Int32Array.from(ranges) }))
}

function dataOf(batch: RecordBatch, column: string): Data {
  const data = batch.data.children[batch.schema.fields.findIndex(({ name }) => name === column)]
  if (data === undefined) throw internal(`no column "${column}" to part the batch by`)
  return data
}

/** The rows that differ from the one before in a column, and the first. */
function startsOf(rows: number, columns: readonly Data[]): Int32Array {
  const isStart = new Uint8Array(rows)
  isStart[0] = 1
  for (const column of columns) markChanges(column, isStart)
  const starts = new Int32Array(rows)
  let count = 0
  for (let row = 0; row < rows; row++) {
    starts[count] = row
    count += isStart[row]
  }
  return starts.subarray(0, count)
}

function markChanges(column: Data, isStart: Uint8Array): void {
  const isSame = comparisonOf(column)
  const { nullCount } = column
  for (let row = 1; row < isStart.length; row++) {
    if (!isSame(row) || (nullCount > 0 && isValid(column, row) !== isValid(column, row - 1))) isStart[row] = 1
  }
}

/** Whether the value of a row is that of the row before. What stands where there is none may count as a value: its folder is the same. */
function comparisonOf(data: Data): (row: number) => boolean {
  const { type, values, valueOffsets: offsets } = data
  if (DataType.isUtf8(type)) {
    return (row) => {
      const [before, start, end] = [offsets[row - 1], offsets[row], offsets[row + 1]]
      return end - start === start - before && areEqual(values, before, start, end)
    }
  }
  if (DataType.isDate(type) || DataType.isDictionary(type)) return (row) => values[row] === values[row - 1]
  const vector = new Vector([data])
  return (row) => vector.get(row) === vector.get(row - 1)
}

/** Gives the folder of a row's value, and makes that of each value once. */
function folderReader(column: string, data: Data): (row: number) => string {
  const read = readerOf(data)
  const folders = new Map<unknown, string>()
  return (row) => {
    const value = isValid(data, row) ? read(row) : null
    const known = folders.get(value)
    if (known !== undefined) return known
    const folder = hivePartition(column, value === null ? null : partitionText(data.type, value))
    folders.set(value, folder)
    return folder
  }
}

/** What gives the value of a row, and a number for a date. `Vector.get` would drop a byte order mark, and make one partition of two values. */
function readerOf(data: Data): (row: number) => unknown {
  const { type, values, valueOffsets: offsets } = data
  if (DataType.isDate(type)) return (row) => values[row]
  if (DataType.isUtf8(type)) return (row) => TEXT.decode(values.subarray(offsets[row], offsets[row + 1]))
  if (DataType.isDictionary(type)) return entryReader(data as Data<Dictionary>)
  const vector = new Vector([data])
  return (row) => vector.get(row)
}

/** Whether the bytes from `at` on are those from `start` to `end`. */
function areEqual(bytes: Uint8Array, at: number, start: number, end: number): boolean {
  for (let i = start; i < end; i++) if (bytes[at + i - start] !== bytes[i]) return false
  return true
}

function entryReader({ values: numbers, dictionary }: Data<Dictionary>): (row: number) => unknown {
  const entries = oneChunk(dictionary as Vector)
  const read = readerOf(entries)
  return (row) => {
    const entry = Number(numbers[row])
    return isValid(entries, entry) ? read(entry) : null
  }
}

function partitionText(type: DataType, value: unknown): string {
  if (DataType.isDictionary(type)) return partitionText((type as Dictionary).dictionary, value)
  return DataType.isDate(type) ? formatDay(value as number) : String(value)
}

function formatDay(days: number): string {
  const { year, month, day } = civilFromDays(days)
  return `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`
}

const TEXT = new TextDecoder('utf-8', { ignoreBOM: true })
