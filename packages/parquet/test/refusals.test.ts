import { Utf8Builder } from '@fletching/columns'
import {
  type DataType,
  Dictionary,
  Field,
  FixedSizeList,
  Float32,
  Int32,
  List,
  makeData,
  RecordBatch,
  Schema,
  Struct,
  Utf8,
  Vector,
} from 'apache-arrow'
import { expect, it } from 'vitest'
import {
  type Compression,
  checkParquet,
  defaultWriter,
  openRowGroupEncoder,
  ParquetFile,
  type ParquetWriterName,
} from '../src/index.ts'
import { batchOf, fileOf } from './batches.ts'
import { nestedBatch } from './nested.ts'
import { readChunk } from './oracle.ts'
import { footerOf } from './readers.ts'

it.each(['Id', 'user id', 'é', '', 'a-b', 'a.b'])('takes no column named %j', async (name) => {
  const schema = new Schema([new Field(name, new Utf8(), false)])
  const refusal = expect.objectContaining({ kind: 'author', code: 'BAD_COLUMN_NAME' })
  await expect(openRowGroupEncoder(schema, { writer: 'parquet-wasm', compression: 'none' })).rejects.toEqual(refusal)
  expect(() => new ParquetFile(schema)).toThrow(refusal)
})

it('takes no two columns of one name, and no file without columns', () => {
  const field = new Field('a', new Utf8(), false)
  expect(() => new ParquetFile(new Schema([field, field]))).toThrow('BAD_COLUMN_NAME: two columns are named "a"')
  expect(() => new ParquetFile(new Schema([]))).toThrow('NO_COLUMNS: a Parquet file needs a column')
})

const struct = (...fields: Field[]) => new Struct(fields)
const list = (type: DataType) => new List(new Field('item', type, true))

it.each<[string, DataType, string]>([
  [
    'a list of a fixed length',
    new FixedSizeList(2, new Field('item', new Utf8())),
    'NOT_IN_PARQUET: Parquet files are not written with FixedSizeList[2]<Utf8>\n  at column c\n  cast it, or leave it out',
  ],
  [
    'a type that is not written, deep down',
    struct(new Field('products', list(struct(new Field('price', new Float32()))))),
    'NOT_IN_PARQUET: Parquet files are not written with Float32\n  at column c.products[].price\n  cast it, or leave it out',
  ],
  [
    'a struct without fields',
    list(list(struct())),
    'NOT_IN_PARQUET: Parquet files are not written with a struct that has no fields\n  at column c[][]\n  cast it, or leave it out',
  ],
  [
    'a name within a struct that Athena would not find',
    list(struct(new Field('userId', new Utf8()))),
    'BAD_COLUMN_NAME: "userId" is no name for a Parquet column\n  at column c[].userId\n  Athena wants lower-case letters, digits and _ only',
  ],
  [
    'two fields of one name',
    struct(new Field('o', struct(new Field('a', new Utf8()), new Field('a', new Int32())))),
    'BAD_COLUMN_NAME: two fields are named "a"\n  at column c.o',
  ],
])('takes no column with %s', (_, type, message) => {
  const schema = new Schema([new Field('c', type, true)])
  expect(() => new ParquetFile(schema)).toThrow(expect.objectContaining({ kind: 'author', message }))
})

it('takes columns nested as deep as their levels fit into bytes', async () => {
  const deep = (levels: number): DataType => {
    let type: DataType = new Int32()
    for (let level = 1; level < levels; level++) type = struct(new Field('a', type, true))
    return type
  }
  const label = `c${'.a'.repeat(255)}`
  expect(() => new ParquetFile(new Schema([new Field('c', deep(256), true)]))).toThrow(
    expect.objectContaining({
      kind: 'author',
      message: `NOT_IN_PARQUET: Parquet files are not written with columns nested more than 255 levels deep\n  at column ${label}\n  cast it, or leave it out`,
    }),
  )
  const batch = nestedBatch([new Field('c', deep(255), true)], [{ c: null }])
  const file = await fileOf(batch.schema, [batch])
  expect(readChunk(file, footerOf(file).row_groups[0].columns[0], 255).definitions).toEqual([0])
})

it('parquetjs-lite has no structs and no lists', () => {
  const schema = new Schema([new Field('a', new Int32()), new Field('tags', list(new Utf8()))])
  expect(() => checkParquet(schema, { writer: 'parquetjs-lite', compression: 'none' })).toThrow(
    expect.objectContaining({
      kind: 'author',
      message:
        'NOT_SUPPORTED: parquetjs-lite cannot write structs or lists\n  at column tags\n  leave --parquet-writer out: the default can',
    }),
  )
})

it.each<[ParquetWriterName, Compression, string]>([
  ['parquetjs-lite', 'zstd', 'choose snappy, gzip or none, or the writer parquet-wasm'],
  ['fletching', 'zstd', 'choose snappy or none, or the writer parquet-wasm'],
  ['fletching', 'gzip', 'choose snappy or none, or the writer parquet-wasm'],
])('%s has no %s', async (writer, compression, help) => {
  const { schema } = batchOf({ a: ['long', [1n]] })
  const message = `NOT_SUPPORTED: ${writer} cannot compress with ${compression}\n  ${help}`
  await expect(openRowGroupEncoder(schema, { writer, compression })).rejects.toMatchObject({ kind: 'author', message })
})

it.each<[Compression, ParquetWriterName]>([
  ['snappy', 'fletching'],
  ['none', 'fletching'],
  ['zstd', 'parquet-wasm'],
  ['gzip', 'parquet-wasm'],
])('of %s is written by %s where no writer is named', async (compression, writer) => {
  expect(defaultWriter(compression)).toBe(writer)
  const { schema } = batchOf({ a: ['long', [1n]] })
  checkParquet(schema, { writer, compression })
})

it.each([
  ['a whole number beyond 2^53', batchOf({ a: ['long', [2n ** 53n]] })],
  ['a whole number beyond -2^53', batchOf({ a: ['long?', [null, -(2n ** 53n)]] })],
  ['not a number', batchOf({ a: ['double', [Number.NaN]] })],
])('parquetjs-lite refuses %s', async (_, batch) => {
  await expect(fileOf(batch.schema, [batch], { writer: 'parquetjs-lite' })).rejects.toMatchObject({
    kind: 'data',
    code: 'NOT_IN_PARQUETJS',
    // Errors tell no value.
    what: expect.not.stringMatching(/\d{3}/),
    help: expect.arrayContaining([expect.stringContaining('leave --parquet-writer out')]),
  })
})

it('takes no null that a dictionary brings along, where the schema has none', async () => {
  const type = new Dictionary(new Utf8(), new Int32())
  const builder = new Utf8Builder()
  builder.append('a')
  builder.appendNull()
  const data = makeData({ type, length: 3, data: Int32Array.of(0, 1, 0), dictionary: new Vector([builder.finish()]) })
  const fields = [new Field('a', type, false)]
  const schema = new Schema(fields)
  const batch = new RecordBatch(
    schema,
    makeData({ type: new Struct(fields), length: 3, nullCount: 0, children: [data] }),
  )
  await expect(fileOf(schema, [batch])).rejects.toMatchObject({
    kind: 'internal',
    what: 'column a has no nulls, but a batch came with 1',
  })
})

it('wants its pieces in order', async () => {
  const batch = batchOf({ a: ['long', [1n]] })
  const encoder = await openRowGroupEncoder(batch.schema, { writer: 'parquet-wasm', compression: 'none' })
  const group = await encoder.encode([{ batch }])
  const file = new ParquetFile(batch.schema)
  expect(() => file.append(group)).toThrow('INTERNAL')
  expect(() => file.finish()).toThrow('INTERNAL')
  file.start()
  file.finish()
  expect(() => file.append(group)).toThrow('INTERNAL')
  const other = new ParquetFile(batchOf({ b: ['long', [1n]] }).schema)
  other.start()
  expect(() => other.append(group)).toThrow('INTERNAL')
})
