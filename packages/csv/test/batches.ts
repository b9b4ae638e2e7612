import { sliceBatch } from '@fletching/columns'
import { type Form, type Plain, vectorOf } from '@fletching/testing'
import {
  Bool,
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
import { type CsvDialect, CsvEncoder } from '../src/index.ts'

export type Kind = 'text' | 'dictionary' | 'long' | 'int' | 'double' | 'bool' | 'moment' | 'day'
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
  const encoder = new CsvEncoder(batches[0].schema, { dialect })
  const pieces = [encoder.header(), ...batches.map((batch) => encoder.encode(batch))]
  return Buffer.concat(pieces).toString()
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
