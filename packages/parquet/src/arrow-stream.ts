import { getBit, isValid, sliceBits, Utf8Builder, validityOf } from '@fletching/columns'
import {
  type Data,
  DataType,
  type Dictionary,
  Field,
  type Int32,
  makeData,
  RecordBatch,
  Schema,
  Struct,
  Table,
  tableToIPC,
  type Utf8,
} from 'apache-arrow'

/**
 * Batches as an Arrow IPC stream that another implementation can read.
 *
 * Every column gets buffers of its own: two neighbours that share one make Arrow JS write an unreadable message, and a slice would
 * carry more than its rows. Dictionary-encoded texts are put in place, since each batch may have a larger dictionary.
 */
export function arrowStream(schema: Schema, batches: readonly RecordBatch[]): Uint8Array {
  const plain = new Schema(schema.fields.map(plainField))
  const type = new Struct(plain.fields)
  const own = batches.map((batch) => {
    const children = batch.data.children.map(ownData)
    return new RecordBatch(plain, makeData({ type, length: batch.numRows, nullCount: 0, children }))
  })
  return tableToIPC(new Table(plain, own), 'stream')
}

function plainField(field: Field): Field {
  return DataType.isDictionary(field.type) ? new Field(field.name, field.type.dictionary, field.nullable) : field
}

function ownData(data: Data): Data {
  const { type, length, nullCount } = data
  if (DataType.isDictionary(type)) return decoded(data as Data<Dictionary<Utf8, Int32>>)
  const shape = { length, nullCount, nullBitmap: validityOf(data) ?? null }
  if (DataType.isUtf8(type)) {
    const { valueOffsets, values } = data as Data<Utf8>
    const first = valueOffsets[0]
    const offsets = new Int32Array(length + 1)
    for (let row = 0; row <= length; row++) offsets[row] = valueOffsets[row] - first
    return makeData({ type, ...shape, valueOffsets: offsets, data: values.slice(first, first + offsets[length]) })
  }
  if (DataType.isBool(type)) return makeData({ type, ...shape, data: sliceBits(data.values, data.offset, length) })
  return makeData({ type: type as Int32, ...shape, data: (data.values as Int32Array).slice(0, length) })
}

function decoded(data: Data<Dictionary<Utf8, Int32>>): Data<Utf8> {
  const builder = new Utf8Builder()
  const entries = data.dictionary?.data ?? []
  for (let row = 0; row < data.length; row++) {
    let entry = data.values[row]
    if (!isValid(data, row)) {
      builder.appendNull()
      continue
    }
    let chunk = 0
    while (entry >= entries[chunk].length) entry -= entries[chunk++].length
    const { values, valueOffsets, nullBitmap, nullCount, offset } = entries[chunk] as Data<Utf8>
    if (nullCount > 0 && !getBit(nullBitmap, offset + entry)) builder.appendNull()
    else builder.appendBytes(values, valueOffsets[entry], valueOffsets[entry + 1])
  }
  return builder.finish()
}
