import { type Plain, vectorOf } from '@fletching/testing'
import { type DataType, Field, makeData, RecordBatch, Schema, Struct } from 'apache-arrow'

/** Columns by name, each with its type and its values. */
export type ColumnValues = Readonly<Record<string, readonly [DataType, readonly Plain[]]>>

/** A batch of the columns, which all have as many values. */
export function batchOf(columns: ColumnValues): RecordBatch {
  const fields = Object.entries(columns).map(([name, [type]]) => new Field(name, type, true))
  const children = Object.values(columns).map(([type, values]) => vectorOf(type, values).data[0])
  const [first] = Object.values(columns)
  const data = makeData({ type: new Struct(fields), length: first[1].length, nullCount: 0, children })
  return new RecordBatch(new Schema(fields), data)
}
