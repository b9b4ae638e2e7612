import {
  BoolBuilder,
  type ColumnBuilder,
  DictionaryBuilder,
  Float64Builder,
  Int64Builder,
  sliceBatch,
  TimestampBuilder,
  Utf8Builder,
} from '@fletching/columns'
import { Field, makeData, RecordBatch, Schema, Struct } from 'apache-arrow'
import { type CsvDialect, CsvEncoder } from '../src/index.ts'

export type Kind = 'text' | 'dictionary' | 'long' | 'double' | 'bool' | 'moment'
export type Value = string | bigint | number | boolean | null
export type Columns = Readonly<Record<string, readonly [kind: Kind, values: readonly Value[]]>>

/** A batch of whole columns. */
export function batchOf(columns: Columns): RecordBatch {
  const children = Object.values(columns).map(([kind, values]) => {
    const { builder, append } = openBuilder(kind)
    for (const value of values) {
      if (value === null) builder.appendNull()
      else append(value)
    }
    return builder.finish()
  })
  const fields = Object.keys(columns).map((name, column) => new Field(name, children[column].type, true))
  const { length } = children[0]
  const data = makeData({ type: new Struct(fields), length, nullCount: 0, children })
  return new RecordBatch(new Schema(fields), data)
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

function openBuilder(kind: Kind): { builder: ColumnBuilder; append: (value: Value) => void } {
  switch (kind) {
    case 'text': {
      const builder = new Utf8Builder()
      return { builder, append: (value) => builder.append(value as string) }
    }
    case 'dictionary': {
      const builder = new DictionaryBuilder()
      return {
        builder,
        append: (value) => {
          const bytes = Buffer.from(value as string)
          builder.appendBytes(bytes, 0, bytes.length)
        },
      }
    }
    case 'long': {
      const builder = new Int64Builder()
      return { builder, append: (value) => builder.append(value as bigint) }
    }
    case 'double': {
      const builder = new Float64Builder()
      return { builder, append: (value) => builder.append(value as number) }
    }
    case 'bool': {
      const builder = new BoolBuilder()
      return { builder, append: (value) => builder.append(value as boolean) }
    }
    case 'moment': {
      const builder = new TimestampBuilder()
      return { builder, append: (value) => builder.append(value as bigint) }
    }
  }
}
