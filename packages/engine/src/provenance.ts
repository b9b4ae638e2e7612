import { batchOf, bitmapByteLength, setBit } from '@fletching/columns'
import { type Data, DateDay, Dictionary, Field, Int32, makeData, Schema, Utf8, vectorFromArray } from 'apache-arrow'
import { keyDay } from './key-day.ts'
import type { Rows } from './operators.ts'

/** A column that is the same for all rows of an object, by the object's name. */
export interface ObjectColumn {
  readonly name: string
  readonly of: 'file' | 'keyDay'
}

/** Adds columns that tell of the objects from which the rows came, which are given in their order. */
export function addObjectColumns(
  rows: Rows,
  columns: readonly ObjectColumn[],
  objects: readonly { readonly name: string }[],
): Rows {
  if (columns.length === 0) return rows
  const { batch, objectEnds } = rows
  const names = objects.map(({ name }) => name)
  const ends = [...objectEnds, batch.numRows]
  const schema = withObjectColumns(batch.schema, columns)
  const added = columns.map(({ of }) => (of === 'file' ? fileNames(ends, names) : keyDays(ends, names)))
  return { ...rows, batch: batchOf(schema, batch.numRows, [...batch.data.children, ...added]) }
}

/** The schema of rows that have got those columns. */
export function withObjectColumns(schema: Schema, columns: readonly ObjectColumn[]): Schema {
  const added = columns.map(({ name, of }) => {
    return new Field(name, of === 'file' ? new Dictionary(new Utf8(), new Int32()) : new DateDay(), of === 'keyDay')
  })
  return new Schema([...schema.fields, ...added])
}

/** For each row the name of its object; each name is held once. */
function fileNames(ends: readonly number[], names: readonly string[]): Data {
  const length = ends[ends.length - 1]
  const data = new Int32Array(length)
  forEachObject(ends, (object, start, end) => data.fill(object, start, end))
  // An object begins with its first row: behind the last end there may be none.
  const dictionary = vectorFromArray(names.slice(0, ends.length), new Utf8())
  return makeData({ type: new Dictionary(new Utf8(), new Int32()), length, nullCount: 0, data, dictionary })
}

/** For each row the received day in the name of its object. */
function keyDays(ends: readonly number[], names: readonly string[]): Data {
  const length = ends[ends.length - 1]
  const data = new Int32Array(length)
  const nullBitmap = new Uint8Array(bitmapByteLength(length))
  let nullCount = 0
  forEachObject(ends, (object, start, end) => {
    const day = keyDay(names[object])
    if (day === undefined) nullCount += end - start
    else {
      data.fill(day, start, end)
      for (let row = start; row < end; row++) setBit(nullBitmap, row)
    }
  })
  return makeData({ type: new DateDay(), length, nullCount, nullBitmap: nullCount === 0 ? null : nullBitmap, data })
}

/** Tells of the objects that have rows, and of which rows. */
function forEachObject(ends: readonly number[], tell: (object: number, start: number, end: number) => void): void {
  let start = 0
  for (const [object, end] of ends.entries()) {
    if (end > start) tell(object, start, end)
    start = end
  }
}
