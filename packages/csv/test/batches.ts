import { sliceBatch } from '@fletching/columns'
import { type Form, type Plain, vectorOf } from '@fletching/testing'
import {
  Bool,
  type DataType,
  DateDay,
  Dictionary,
  Field,
  Float32,
  Float64,
  Int8,
  Int16,
  Int32,
  Int64,
  makeData,
  RecordBatch,
  Schema,
  Struct,
  TimestampMicrosecond,
  TimestampMillisecond,
  TimestampNanosecond,
  TimestampSecond,
  Uint8,
  Uint16,
  Uint32,
  Uint64,
  Utf8,
} from 'apache-arrow'
import { type CsvDialect, CsvEncoder } from '../src/index.ts'

/** The types that CSV has a form for. */
const TYPES = {
  text: new Utf8(),
  dictionary: new Dictionary(new Utf8(), new Int32()),
  byteDictionary: new Dictionary(new Utf8(), new Uint8()),
  shortDictionary: new Dictionary(new Utf8(), new Int16()),
  byte: new Int8(),
  short: new Int16(),
  int: new Int32(),
  long: new Int64(),
  ubyte: new Uint8(),
  ushort: new Uint16(),
  uint: new Uint32(),
  ulong: new Uint64(),
  float: new Float32(),
  double: new Float64(),
  bool: new Bool(),
  second: new TimestampSecond('UTC'),
  moment: new TimestampMillisecond('UTC'),
  microsecond: new TimestampMicrosecond('UTC'),
  nanosecond: new TimestampNanosecond('UTC'),
  day: new DateDay(),
} as const satisfies Readonly<Record<string, DataType>>

export type Kind = keyof typeof TYPES
export const kinds = Object.keys(TYPES) as readonly Kind[]
export type Value = string | bigint | number | boolean | null
export type Columns = Readonly<Record<string, readonly [kind: Kind, values: readonly Value[]]>>

/** Ways in which a column of one batch lies in memory: from bit 0 on, or as a cut from the midst of poison. */
export const batchForms = ['plain', 'slice', 'slice of a slice'] as const satisfies readonly Form[]

/** A batch of whole columns, in the form that is given for each. */
export function batchOf(columns: Columns, formOf: (column: string) => Form = () => 'plain'): RecordBatch {
  const entries = Object.entries(columns)
  const children = entries.map(([name, [kind, values]]) => dataOf(TYPES[kind], values, formOf(name)))
  return batchFrom(
    entries.map(([name]) => name),
    children,
  )
}

/** The CSV of some batches, which may be slices, with the header. */
export function csvOf(batches: readonly RecordBatch[], dialect: CsvDialect): string {
  return encode(batches, dialect).csv
}

/** The same, and the line breaks that became blanks. */
export function encode(batches: readonly RecordBatch[], dialect: CsvDialect) {
  const encoder = new CsvEncoder(batches[0].schema, { dialect })
  const pieces = [encoder.header(), ...batches.map((batch) => encoder.encode(batch))]
  return { csv: Buffer.concat(pieces).toString(), lineBreaksReplaced: encoder.counts.lineBreaksReplaced }
}

/** The batch cut at some rows. */
export function cutBatch(batch: RecordBatch, rows: readonly number[]): RecordBatch[] {
  const bounds = [0, ...rows, batch.numRows]
  return bounds.slice(1).map((end, part) => sliceBatch(batch, bounds[part], end))
}

function dataOf(type: DataType, values: readonly Value[], form: Form) {
  return vectorOf(type, values as readonly Plain[], form).data[0]
}

function batchFrom(names: readonly string[], children: ReturnType<typeof dataOf>[]): RecordBatch {
  const fields = names.map((name, column) => new Field(name, children[column].type, true))
  const { length } = children[0]
  const data = makeData({ type: new Struct(fields), length, nullCount: 0, children })
  return new RecordBatch(new Schema(fields), data)
}
