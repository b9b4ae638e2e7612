import { batchOf, sliceBits, validityOf } from '@fletching/columns'
import {
  type Data,
  DataType,
  Dictionary,
  Field,
  type Int32,
  List,
  makeData,
  type RecordBatch,
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
  // A dictionary is known by its number, and columns may share a type.
  let dictionaries = 0
  const openPlain = { own, nextDictionary: () => dictionaries++ }
  const children = schema.fields.map((field, column) => plainData(field, batch.data.children[column], openPlain))
  const fields = schema.fields.map(({ name, nullable }, column) => new Field(name, children[column].type, nullable))
  return tableToIPC(new Table([batchOf(new Schema(fields), batch.numRows, children)]), 'stream')
}

type Own = <T extends Uint8Array | Int32Array>(buffer: T) => T

interface Plain {
  readonly own: Own
  readonly nextDictionary: () => number
}

/** The chunk with all of its bits from bit 0 on, and with the items of its lists alone. */
function plainData(field: Field, data: Data, plain: Plain): Data {
  const { own } = plain
  const { type, length, nullCount } = data
  const shape = { length, nullCount, nullBitmap: validityOf(data) ?? null }
  if (DataType.isBool(type)) return makeData({ type, ...shape, data: sliceBits(data.values, data.offset, length) })
  if (DataType.isDictionary(type)) {
    const { values, dictionary } = data as Data<Dictionary<Utf8, Int32>>
    const numbered = new Dictionary(type.dictionary as Utf8, type.indices as Int32, plain.nextDictionary())
    return makeData({ type: numbered, ...shape, data: own(values), dictionary: dictionary as Vector<Utf8> })
  }
  if (DataType.isUtf8(type)) {
    const { valueOffsets, values } = data as Data<Utf8>
    return makeData({ type, ...shape, valueOffsets: own(valueOffsets), data: own(values) })
  }
  if (DataType.isStruct(type)) {
    const children = (field.type as Struct).children.map((child, index) =>
      plainData(child, rowsOf(data.children[index], 0, length), plain),
    )
    const fields = (field.type as Struct).children.map(
      ({ name, nullable }, index) => new Field(name, children[index].type, nullable),
    )
    return makeData({ type: new Struct(fields), ...shape, children })
  }
  if (DataType.isList(type)) {
    const [item] = (field.type as List).children
    const { first, last } = itemRange(data)
    const child = plainData(item, rowsOf(data.children[0], first, last - first), plain)
    const valueOffsets = Int32Array.from({ length: length + 1 }, (_, list) => data.valueOffsets[list] - first)
    return makeData({ type: new List(new Field(item.name, child.type, item.nullable)), ...shape, valueOffsets, child })
  }
  return makeData({ type: type as Int32, ...shape, data: own(data.values as Int32Array) })
}

/** So many rows of a child, which may be longer than what it is a child of. */
function rowsOf(data: Data, start: number, length: number): Data {
  return data.length === length ? data : data.slice(start, length)
}

/** Where the items of a chunk's lists lie in its child; a chunk without lists may have no offsets. */
function itemRange({ valueOffsets, length }: Data): { readonly first: number; readonly last: number } {
  const [first = 0] = valueOffsets
  return { first, last: valueOffsets[length] ?? first }
}
