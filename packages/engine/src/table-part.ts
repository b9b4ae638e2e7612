import { deserialize, serialize } from 'node:v8'
import {
  batchOf,
  ownsMemory,
  type PackedBatch,
  type PackedData,
  packBatch,
  packedByteLength,
  unpackBatch,
} from '@fletching/columns'
import { concatBatches } from '@fletching/kernels/concat'
import { dictionaryDecode, dictionaryEncode } from '@fletching/kernels/dictionary'
import type { BatchRows } from '@fletching/parquet'
import { DataType, type RecordBatch, Schema, type Utf8, Vector } from 'apache-arrow'
import { foldersOf } from './partition.ts'
import { type RowRanges, rowsIn, takeRanges } from './row-ranges.ts'

/** Rows of a batch that share a folder of a table, without the columns that name it. */
export interface TablePart extends LooseRows {
  readonly folder: string
  /** Where they stood in the batch. */
  readonly ranges: RowRanges
}

/** Rows that are nobody else's. */
export interface LooseRows {
  /**
   * The rows alone, or a batch that holds more, in which they lie where they stood; as bytes where they are few, since what stands around a few rows
   * takes many times what they do.
   */
  readonly content: RecordBatch | Uint8Array
  /** What they take in memory, or so; of a batch that holds more, all of it. */
  readonly byteLength: number
}

/**
 * Parts a batch by the values of columns, in order of first appearance, and leaves those columns out. Rows keep their order.
 *
 * - Memory: the part that has half of the rows or more keeps the batch, so that most rows are not copied; the rows of others are. So each part has memory
 *   of its own, and holds at most twice what its rows take.
 *
 * - `isShared`: somebody else has the batch too, and nobody keeps it.
 */
export function partsOf(batch: RecordBatch, columns: readonly string[], isShared: boolean): TablePart[] {
  const folders = foldersOf(batch, columns)
  const rest = withoutColumns(batch, columns)
  const most = folders.findIndex(({ ranges }) => 2 * rowsIn(ranges) >= batch.numRows)
  return folders.map(({ folder, ranges }, at) => {
    if (at !== most) return { folder, ranges, ...looseRows(takeRanges(rest, ranges)) }
    const loose = looseRows(rest, ranges)
    const isOthers = loose.content === rest && (isShared || !ownsMemory(packBatch(rest)))
    return { folder, ranges, ...loose, ...(isOthers ? { content: concatBatches([rest]) } : {}) }
  })
}

/** Rows of a batch that is nobody else's: all of them, or those that are said. */
export function looseRows(batch: RecordBatch, ranges?: RowRanges): LooseRows {
  const packed = packBatch(batch)
  const around = columnsIn(packed.columns) * COLUMN_BYTES
  const byteLength = packedByteLength(packed)
  if (byteLength >= around) return { content: batch, byteLength: byteLength + around }
  const few = ranges === undefined || rowsIn(ranges) === batch.numRows ? batch : takeRanges(batch, ranges)
  // A copy, since what `serialize` gives may lie in more memory than it takes.
  const content = new Uint8Array(serialize(packBatch(withOwnDictionaries(few))))
  return { content, byteLength: content.length + BYTES_BYTES }
}

/** The batch of loose rows. */
export function looseBatch({ content }: LooseRows, schema: Schema): RecordBatch {
  return content instanceof Uint8Array ? unpackBatch(schema, deserialize(content) as PackedBatch) : content
}

/** The rows of a part, in the batch that holds them. */
export function rowsOfPart(part: TablePart, schema: Schema): BatchRows {
  const batch = looseBatch(part, schema)
  return batch.numRows === rowsIn(part.ranges) ? { batch } : { batch, ranges: part.ranges }
}

function withoutColumns(batch: RecordBatch, columns: readonly string[]): RecordBatch {
  if (columns.length === 0) return batch
  const isLeft = batch.schema.fields.map(({ name }) => !columns.includes(name))
  const fields = batch.schema.fields.filter((_, column) => isLeft[column])
  const children = batch.data.children.filter((_, column) => isLeft[column])
  return batchOf(new Schema(fields), batch.numRows, children)
}

/** With dictionaries of the texts that these rows have, not of those of all rows around them. */
function withOwnDictionaries(batch: RecordBatch): RecordBatch {
  const children = batch.data.children.map((data) =>
    DataType.isDictionary(data.type)
      ? dictionaryEncode(dictionaryDecode(new Vector([data])) as Vector<Utf8>).data[0]
      : data,
  )
  return batchOf(batch.schema, batch.numRows, children)
}

/** Those within structs and lists are columns too. */
function columnsIn(columns: readonly PackedData[]): number {
  return columns.reduce((count, { children }) => count + columnsIn(children), columns.length)
}

/** Measured: what stands around a column of a batch, as objects and in its pieces of memory. */
const COLUMN_BYTES = 1024
/** What stands around bytes. */
const BYTES_BYTES = 512
