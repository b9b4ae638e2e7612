// @ts-check
// Polars: each line as one text, decoded to a struct of all fields, whose columns its streaming engine writes.
import { join } from 'node:path'
import pl from 'nodejs-polars'
import { removeInflated, scanLines } from './polars-lines.js'
import { makeFolders, table } from './task.js'
import { fields, keyOf, scalarOf } from './wide-task.js'

const scalars = {
  text: pl.Utf8,
  int64: pl.Int64,
  float64: pl.Float64,
  bool: pl.Bool,
  timestamp: pl.Utf8,
}

makeFolders()
const event = pl.Struct(fields.map((field) => new pl.Field(keyOf(field), typeOf(field))))
const columns = (await scanLines())
  .select(pl.col('line').str.jsonDecode(event).alias('event'))
  .select(...fields.map((field) => pl.col('event').struct.field(keyOf(field)).alias(keyOf(field))))
const read = fields.map((field) => withMoments(field, pl.col(keyOf(field))).alias(keyOf(field)))
const sunk = columns.select(...read).sinkParquet(join(table, 'part-00000.parquet'), { compression: 'snappy' })
// Version 0.24.1 gives its native object back as it is, which is told the engine by name.
const sink = /** @type {{ collectSync(engine: string): unknown }} */ (/** @type {unknown} */ (sunk))
sink.collectSync('streaming')
removeInflated()

/** @param {import('./wide-task.js').Field} field @returns {any} */
function typeOf(field) {
  if (field.item !== undefined) return pl.List(typeOf(field.item))
  if (field.fields === undefined) return scalarOf(scalars, field)
  return pl.Struct(field.fields.map((inner) => new pl.Field(keyOf(inner), typeOf(inner))))
}

/**
 * The column with its moments read, also those within structs; JSON is decoded to texts.
 * @param {import('./wide-task.js').Field} field
 * @param {any} column
 * @returns {any}
 */
function withMoments(field, column) {
  if (field.type === 'timestamp') return column.str.strptime(pl.Datetime('ms'), '%+')
  const inner = (field.fields ?? []).filter(hasMoments)
  if (inner.length === 0) return column
  return column.struct.withFields(
    inner.map((part) => withMoments(part, column.struct.field(keyOf(part))).alias(keyOf(part))),
  )
}

/** @param {import('./wide-task.js').Field} field @returns {boolean} */
function hasMoments({ type, fields = [] }) {
  return type === 'timestamp' || fields.some(hasMoments)
}
