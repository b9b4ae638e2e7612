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
import { DataType, type Dictionary, type RecordBatch, Schema, type Utf8, Vector } from 'apache-arrow'
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
  const { own, around } = weightOf(batch)
  if (own >= around) return { content: batch, byteLength: own + around }
  return fewRows(ranges === undefined || rowsIn(ranges) === batch.numRows ? batch : takeRanges(batch, ranges))
}

/** The batch of loose rows. */
export function looseBatch({ content }: LooseRows, schema: Schema): RecordBatch {
  return content instanceof Uint8Array ? withDictionaries(batchOfBytes(content, schema), schema) : content
}

/** Rows that are bytes, together. */
export function joinBytes(pieces: readonly Uint8Array[], schema: Schema): LooseRows {
  const joined = concatBatches(pieces.map((piece) => batchOfBytes(piece, schema)))
  const { own, around } = weightOf(joined)
  return own >= around ? looseRows(withDictionaries(joined, schema)) : fewRows(joined)
}

/** Bytes hold texts alone: a dictionary for a few of them takes longer to make than they are worth. */
function fewRows(batch: RecordBatch): LooseRows {
  const plain = mapColumns(batch, plainSchema(batch.schema), dictionaryDecode)
  // A copy, since what `serialize` gives may lie in more memory than it takes.
  const content = new Uint8Array(serialize(packBatch(plain)))
  return { content, byteLength: content.length + BYTES_BYTES }
}

function batchOfBytes(bytes: Uint8Array, schema: Schema): RecordBatch {
  return unpackBatch(plainSchema(schema), deserialize(bytes) as PackedBatch)
}

function weightOf(batch: RecordBatch): { own: number; around: number } {
  const packed = packBatch(batch)
  return { own: packedByteLength(packed), around: columnsIn(packed.columns) * COLUMN_BYTES }
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

function withDictionaries(batch: RecordBatch, schema: Schema): RecordBatch {
  return mapColumns(batch, schema, (column, type) =>
    DataType.isDictionary(type) ? dictionaryEncode(column as Vector<Utf8>) : column,
  )
}

/** The batch under a schema in which dictionaries come or go. */
function mapColumns(batch: RecordBatch, schema: Schema, map: (column: Vector, type: DataType) => Vector): RecordBatch {
  if (!hasDictionaries(schema) && !hasDictionaries(batch.schema)) return batch
  const children = batch.data.children.map((data, index) => map(new Vector([data]), schema.fields[index].type).data[0])
  return batchOf(schema, batch.numRows, children)
}

function plainSchema(schema: Schema): Schema {
  if (!hasDictionaries(schema)) return schema
  const plain = (type: DataType) => (DataType.isDictionary(type) ? (type as Dictionary).dictionary : type)
  return new Schema(schema.fields.map((field) => field.clone({ type: plain(field.type) })))
}

function hasDictionaries({ fields }: Schema): boolean {
  return fields.some(({ type }) => DataType.isDictionary(type))
}

/** Those within structs and lists are columns too. */
function columnsIn(columns: readonly PackedData[]): number {
  return columns.reduce((count, { children }) => count + columnsIn(children), columns.length)
}

/** Measured: what stands around a column of a batch, as objects and in its pieces of memory. */
const COLUMN_BYTES = 1024
/** What stands around bytes. */
const BYTES_BYTES = 512
