import { civilFromDays, isValid } from '@fletching/columns'
import { internal } from '@fletching/columns/errors'
import { oneChunk } from '@fletching/kernels/concat'
import { hivePartition } from '@fletching/parquet'
import { type Data, DataType, type Dictionary, type RecordBatch, type Utf8, Vector } from 'apache-arrow'
import type { RowRanges } from './row-ranges.ts'

/** A folder of a table, and which rows of a batch belong there. */
export interface FolderRows {
  /** Such as `dt=2019-05-18`; empty when nothing parts the rows. */
  readonly folder: string
  readonly ranges: RowRanges
}

/** Which folder each row has, by its number among them. */
interface Numbered {
  readonly folders: readonly string[]
  readonly numbers: Int32Array
}

/**
 * Finds the folders of a batch's rows by the values of columns, in order of first appearance.
 *
 * - Nulls: rows without a value and those with the empty text share Hive's default partition.
 * - Cost: a row that has the values of the one before costs a comparison.
 */
export function foldersOf(batch: RecordBatch, columns: readonly string[]): FolderRows[] {
  if (batch.numRows === 0) return []
  if (columns.length === 0) return [{ folder: '', ranges: Int32Array.of(0, batch.numRows) }]
  const { folders, numbers } = columns.map((column) => numberRows(batch, column)).reduce(within)
  if (folders.length === 1) return [{ folder: folders[0], ranges: Int32Array.of(0, batch.numRows) }]
  const ranges = rangesOf(numbers, folders.length)
  return folders.map((folder, number) => ({ folder, ranges: ranges[number] }))
}

function numberRows(batch: RecordBatch, column: string): Numbered {
  const index = batch.schema.fields.findIndex(({ name }) => name === column)
  const data = batch.data.children[index]
  if (data === undefined) throw internal(`no column "${column}" to part the batch by`)
  const read = readerOf(data)
  const folders: string[] = []
  const byFolder = new Map<string, number>()
  const byValue = new Map<unknown, number>()
  const numbers = new Int32Array(batch.numRows)
  let last: unknown
  let number = -1
  for (let row = 0; row < numbers.length; row++) {
    const value = isValid(data, row) ? read(row) : null
    if (number < 0 || value !== last) {
      number = byValue.get(value) ?? numberOf(value)
      last = value
    }
    numbers[row] = number
  }
  return { folders, numbers }

  function numberOf(value: unknown): number {
    const folder = hivePartition(column, value === null ? null : partitionText(data.type, value))
    const known = byFolder.get(folder) ?? folders.length
    if (known === folders.length) folders.push(folder)
    byFolder.set(folder, known)
    byValue.set(value, known)
    return known
  }
}

/** The folders of a column within those of another. */
function within(outer: Numbered, inner: Numbered): Numbered {
  const folders: string[] = []
  const known = new Map<number, number>()
  const numbers = new Int32Array(outer.numbers.length)
  let last = -1
  let number = -1
  for (let row = 0; row < numbers.length; row++) {
    const pair = outer.numbers[row] * inner.folders.length + inner.numbers[row]
    if (pair !== last) {
      number = known.get(pair) ?? folders.length
      if (number === folders.length) {
        folders.push(`${outer.folders[outer.numbers[row]]}/${inner.folders[inner.numbers[row]]}`)
        known.set(pair, number)
      }
      last = pair
    }
    numbers[row] = number
  }
  return { folders, numbers }
}

/** For each number, where it stands. */
function rangesOf(numbers: Int32Array, count: number): RowRanges[] {
  const lengths = new Int32Array(count)
  for (let row = 0; row < numbers.length; row++) {
    if (row === 0 || numbers[row] !== numbers[row - 1]) lengths[numbers[row]] += 2
  }
  const ranges = Array.from(lengths, (length) => new Int32Array(length))
  const ends = new Int32Array(count)
  for (let start = 0, row = 1; row <= numbers.length; row++) {
    const number = numbers[start]
    if (row < numbers.length && numbers[row] === number) continue
    ranges[number][ends[number]++] = start
    ranges[number][ends[number]++] = row
    start = row
  }
  return ranges
}

/**
 * What gives the value of a row: the same text for neighbours that are equal, and a number for a date, so that none is made per row.
 * `Vector.get` would drop a byte order mark, and make one partition of two values.
 */
function readerOf(data: Data): (row: number) => unknown {
  if (DataType.isDate(data.type)) return (row) => data.values[row]
  if (DataType.isUtf8(data.type)) return textReader(data as Data<Utf8>)
  if (DataType.isDictionary(data.type)) return entryReader(data as Data<Dictionary>)
  const vector = new Vector([data])
  return (row) => vector.get(row)
}

function textReader({ values, valueOffsets: offsets }: Data<Utf8>): (row: number) => string {
  let start = 0
  let end = 0
  let text = ''
  return (row) => {
    const isSame = offsets[row + 1] - offsets[row] === end - start && areEqual(values, offsets[row], start, end)
    start = offsets[row]
    end = offsets[row + 1]
    if (!isSame) text = TEXT.decode(values.subarray(start, end))
    return text
  }
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
