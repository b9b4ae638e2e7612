import { type Form, type Plain, valuesOf, vectorOf } from '@fletching/testing'
import { type DataType, Field, makeData, RecordBatch, Schema, Struct } from 'apache-arrow'

/** Columns by name, each with its type and its values. */
export type ColumnValues = Readonly<Record<string, readonly [DataType, readonly Plain[]]>>

/** The forms of a column of one chunk, which is what a batch holds. */
export const batchForms = ['plain', 'slice', 'slice of a slice', 'dictionary'] as const satisfies readonly Form[]

/** A batch of the columns, which all have as many values. */
export function batchOf(columns: ColumnValues, form: (typeof batchForms)[number] = 'plain'): RecordBatch {
  const children = Object.values(columns).map(([type, values]) => vectorOf(type, values, form).data[0])
  const fields = Object.keys(columns).map((name, i) => new Field(name, children[i].type, true))
  const [first] = Object.values(columns)
  const data = makeData({ type: new Struct(fields), length: first[1].length, nullCount: 0, children })
  return new RecordBatch(new Schema(fields), data)
}

/** The values of a batch's columns, by name. */
export function columnsOf(batch: RecordBatch): Record<string, Plain[]> {
  return Object.fromEntries(
    batch.schema.fields.map((field, i) => {
      const column = batch.getChildAt(i)
      return [field.name, column === null ? [] : valuesOf(column)]
    }),
  )
}
