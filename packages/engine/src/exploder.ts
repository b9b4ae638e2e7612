import { batchOf, formatPath } from '@fletching/columns'
import { internal } from '@fletching/columns/errors'
import { explode } from '@fletching/kernels/explode'
import { takeBatch } from '@fletching/kernels/take'
import type { Unfit } from '@fletching/ndjson'
import type { ExplodeStep } from '@fletching/plan'
import { DataType, Field, Int32, type List, type RecordBatch, Schema, type Vector } from 'apache-arrow'
import { evaluate } from './evaluate.ts'
import { placed, type Rows, rowsBefore } from './operators.ts'

/**
 * Makes a row of each item of a list. Every row knows its line from here on, by its number in the batch.
 *
 * - Memory: of the other columns, those that are looked at behind it are copied for each item.
 * - Order: that of the lines, and of the items in them. What does not fit in a line is said of each of its rows.
 */
export function explodeRows({ batch, unfit, objectEnds }: Rows, step: ExplodeStep): Rows {
  const lists = placed(`explode ${formatPath(step.item)}`, () => evaluate(step.list, batch)) as Vector<List>
  const { rows, items, positions } = explode(lists, step)
  const beside = takeBatch(carriedColumns(batch, step), rows)
  const made = step.position === undefined ? [items] : [items, positions]
  const children = [...beside.data.children, ...made.map(({ data }) => data[0])]
  const schema = explodedSchema(batch.schema, step)
  return {
    batch: batchOf(schema, rows.length, children),
    unfit: repeated(unfit, rows),
    objectEnds: rowsBefore(objectEnds, rows),
    lines: rows,
  }
}

/** The schema of the rows that come of a batch with this one. */
export function explodedSchema({ fields }: Schema, step: ExplodeStep): Schema {
  const name = formatPath(step.list.path)
  const list = fields.find((field) => field.name === name)?.type
  if (list === undefined || !DataType.isList(list)) throw internal(`the batch has no list "${name}"`)
  return new Schema([
    ...fields.filter(carriedBy(step)),
    new Field(formatPath(step.item), list.children[0].type, true),
    ...(step.position === undefined ? [] : [new Field(formatPath(step.position), new Int32(), step.outer)]),
  ])
}

function carriedColumns(batch: RecordBatch, step: ExplodeStep): RecordBatch {
  const isCarried = batch.schema.fields.map(carriedBy(step))
  const fields = batch.schema.fields.filter((_, column) => isCarried[column])
  const children = batch.data.children.filter((_, column) => isCarried[column])
  return batchOf(new Schema(fields), batch.numRows, children)
}

function carriedBy({ carried }: ExplodeStep): (field: Field) => boolean {
  const names = new Set(carried.map(formatPath))
  return ({ name }) => names.has(name)
}

/** The notes of lines, for each of their rows. */
function repeated(unfit: readonly Unfit[], lines: Int32Array): Unfit[] {
  const rows = unfit.map(({ row }) => row)
  const firsts = rowsBefore(rows, lines)
  const ends = rowsBefore(
    rows.map((row) => row + 1),
    lines,
  )
  return unfit.flatMap((note, index) =>
    Array.from({ length: ends[index] - firsts[index] }, (_, item) => ({ ...note, row: firsts[index] + item })),
  )
}
