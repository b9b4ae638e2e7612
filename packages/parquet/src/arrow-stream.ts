import { sliceBits, validityOf } from '@fletching/columns'
import {
  type Data,
  DataType,
  Dictionary,
  Field,
  type Int32,
  makeData,
  RecordBatch,
  Schema,
  Struct,
  Table,
  tableToIPC,
  type Utf8,
  type Vector,
} from 'apache-arrow'

/**
 * A batch as an Arrow IPC stream that another implementation can read. The schema says what may be null.
 *
 * - Memory: one copy. What two columns share is copied once more: two neighbours in the same memory make Arrow JS write an unreadable
 *   message.
 */
export function arrowStream(schema: Schema, batch: RecordBatch): Uint8Array {
  const seen = new Set<ArrayBufferLike>()
  const own: Own = (buffer) => {
    if (seen.has(buffer.buffer)) return buffer.slice() as typeof buffer
    seen.add(buffer.buffer)
    return buffer
  }
  const children = batch.data.children.map((data, column) => plainData(data, column, own))
  const fields = schema.fields.map(({ name, nullable }, column) => new Field(name, children[column].type, nullable))
  const data = makeData({ type: new Struct(fields), length: batch.numRows, nullCount: 0, children })
  return tableToIPC(new Table([new RecordBatch(new Schema(fields), data)]), 'stream')
}

type Own = <T extends Uint8Array | Int32Array>(buffer: T) => T

/** The chunk with all of its bits from bit 0 on. */
function plainData(data: Data, column: number, own: Own): Data {
  const { type, length, nullCount } = data
  const shape = { length, nullCount, nullBitmap: validityOf(data) ?? null }
  if (DataType.isBool(type)) return makeData({ type, ...shape, data: sliceBits(data.values, data.offset, length) })
  if (DataType.isDictionary(type)) {
    const { values, dictionary } = data as Data<Dictionary<Utf8, Int32>>
    // A dictionary is known by its number, and columns may share a type.
    const numbered = new Dictionary(type.dictionary as Utf8, type.indices as Int32, column)
    return makeData({ type: numbered, ...shape, data: own(values), dictionary: dictionary as Vector<Utf8> })
  }
  if (DataType.isUtf8(type)) {
    const { valueOffsets, values } = data as Data<Utf8>
    return makeData({ type, ...shape, valueOffsets: own(valueOffsets), data: own(values) })
  }
  return makeData({ type: type as Int32, ...shape, data: own(data.values as Int32Array) })
}
