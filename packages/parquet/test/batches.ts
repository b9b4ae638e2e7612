import { DictionaryBuilder } from '@fletching/columns'
import {
  Bool,
  type Data,
  type DataType,
  DateDay,
  Dictionary,
  Field,
  Float64,
  Int32,
  Int64,
  makeData,
  RecordBatch,
  Schema,
  Struct,
  TimestampMillisecond,
  Utf8,
} from 'apache-arrow'
import {
  type Compression,
  openRowGroupEncoder,
  ParquetFile,
  type ParquetOptions,
  type ParquetWriterName,
} from '../src/index.ts'

/** Every writer with every compression that it knows. */
export const writers: readonly (readonly [ParquetWriterName, Compression])[] = [
  ['fletching', 'snappy'],
  ['fletching', 'none'],
  ['parquet-wasm', 'snappy'],
  ['parquet-wasm', 'zstd'],
  ['parquet-wasm', 'gzip'],
  ['parquet-wasm', 'none'],
  ['parquetjs-lite', 'snappy'],
  ['parquetjs-lite', 'gzip'],
  ['parquetjs-lite', 'none'],
]

type Kind = 'text' | 'dictionary' | 'long' | 'int' | 'double' | 'bool' | 'moment' | 'day'
type Value = string | Uint8Array | bigint | number | boolean | null

/** A column of a test: its kind, with `?` when it may be null, and its values. */
export type Column = readonly [kind: Kind | `${Kind}?`, values: readonly Value[]]

/** A batch of whole columns, with a wrong value under every null. */
export function batchOf(columns: Readonly<Record<string, Column>>): RecordBatch {
  const fields: Field[] = []
  const children: Data[] = []
  for (const [name, [kind, values]] of Object.entries(columns)) {
    const type = TYPES[kind.replace('?', '') as Kind]
    fields.push(new Field(name, type, kind.endsWith('?')))
    children.push(dataOf(type, values))
  }
  const schema = new Schema(fields)
  const length = children[0].length
  return new RecordBatch(schema, makeData({ type: new Struct(fields), length, nullCount: 0, children }))
}

/** The bytes of a file with a row group for each batch. */
export async function fileOf(
  schema: Schema,
  batches: readonly RecordBatch[],
  options: Partial<ParquetOptions> = {},
): Promise<Uint8Array> {
  const encoder = await openRowGroupEncoder(schema, { writer: 'fletching', compression: 'snappy', ...options })
  const file = new ParquetFile(schema)
  const pieces = [file.start()]
  for (const batch of batches) pieces.push(file.append(await encoder.encode([{ batch }])))
  pieces.push(file.finish())
  const bytes = Buffer.concat(pieces)
  if (bytes.length !== file.bytes) throw new Error(`${bytes.length} bytes, but the file says ${file.bytes}`)
  return bytes
}

/** The rows in the form in which the readers give them. */
export function rowsOf(columns: Readonly<Record<string, Column>>): Record<string, string | null>[] {
  const entries = Object.entries(columns)
  return entries[0][1][1].map((_, row) =>
    Object.fromEntries(entries.map(([name, [, values]]) => [name, textOf(values[row])])),
  )
}

function textOf(value: Value): string | null {
  if (value === null) return null
  if (typeof value === 'string' || value instanceof Uint8Array) return Buffer.from(value as string).toString('hex')
  return String(value)
}

function dataOf(type: DataType, values: readonly Value[]): Data {
  const length = values.length
  const nullBitmap = new Uint8Array((length + 7) >> 3)
  let nullCount = 0
  for (const [row, value] of values.entries()) {
    if (value === null) nullCount++
    else nullBitmap[row >> 3] |= 1 << (row & 7)
  }
  const shape = nullCount === 0 ? { length, nullCount } : { length, nullCount, nullBitmap }
  if (type instanceof Dictionary) return dictionaryOf(values)
  if (type instanceof Utf8) {
    const texts = values.map((value) => Buffer.from((value ?? 'POISON') as string))
    const valueOffsets = new Int32Array(length + 1)
    for (const [row, text] of texts.entries()) valueOffsets[row + 1] = valueOffsets[row] + text.length
    return makeData({ type, ...shape, valueOffsets, data: Buffer.concat(texts) })
  }
  if (type instanceof Bool) {
    const bits = new Uint8Array((length + 7) >> 3)
    for (const [row, value] of values.entries()) if (value !== false) bits[row >> 3] |= 1 << (row & 7)
    return makeData({ type, ...shape, data: bits })
  }
  if (type instanceof Int64 || type instanceof TimestampMillisecond) {
    const longs = BigInt64Array.from(values.map((value) => (value === null ? -777n : (value as bigint))))
    return makeData({ type: type as Int64, ...shape, data: longs })
  }
  const numbers = values.map((value) => (value === null ? -777 : (value as number)))
  if (type instanceof Float64) return makeData({ type, ...shape, data: Float64Array.from(numbers) })
  return makeData({ type: type as Int32, ...shape, data: Int32Array.from(numbers) })
}

function dictionaryOf(values: readonly Value[]): Data {
  const builder = new DictionaryBuilder()
  for (const value of values) {
    if (value === null) builder.appendNull()
    else {
      const bytes = Buffer.from(value as string)
      builder.appendBytes(bytes, 0, bytes.length)
    }
  }
  return builder.finish()
}

const TYPES: Readonly<Record<Kind, DataType>> = {
  text: new Utf8(),
  dictionary: new Dictionary(new Utf8(), new Int32()),
  long: new Int64(),
  int: new Int32(),
  double: new Float64(),
  bool: new Bool(),
  moment: new TimestampMillisecond('UTC'),
  day: new DateDay(),
}
