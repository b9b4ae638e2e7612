// @ts-check
// Polars: each line as one text, decoded to the fields that are wanted, in its streaming engine. Its own scanJson takes no
// schema in Node: it makes every field that it finds, and takes several times as long.
import { join } from 'node:path'
import pl from 'nodejs-polars'
import { removeInflated, scanLines } from './polars-lines.js'
import { csvFile, makeFolders, table, wanted } from './task.js'

makeFolders()
const event = pl.Struct([
  new pl.Field('userId', pl.Utf8),
  new pl.Field('event', pl.Utf8),
  new pl.Field('properties', pl.Struct([new pl.Field('sku', pl.Utf8)])),
  new pl.Field('timestamp', pl.Utf8),
])
const field = (/** @type {string} */ name) => pl.col('event').struct.field(name)
const filled = (/** @type {string} */ name) => pl.col(name).str.lengths().gt(0)
const written = pl.col('timestamp')
// A day alone is its midnight; the format wants a time.
const moment = pl
  .when(written.str.lengths().eq(10))
  .then(pl.concatString([written, pl.lit('T00:00:00Z')], ''))
  .otherwise(written)
const kept = (await scanLines())
  .select(pl.col('line').str.jsonDecode(event).alias('event'))
  .select(
    field('userId').alias('user_id'),
    field('properties').struct.field('sku').alias('item_id'),
    field('event').alias('event_type'),
    field('timestamp').alias('timestamp'),
  )
  .filter(pl.col('event_type').isIn(wanted).and(filled('user_id')).and(filled('item_id')))
  .withColumn(moment.str.strptime(pl.Datetime('ms'), '%+').alias('event_time'))
  .withColumn(pl.col('event_time').cast(pl.Int64).divideBy(1_000_000).floor().cast(pl.Int64).alias('timestamp_s'))
  .collectSync({ engine: 'streaming' })
kept
  .select(
    pl.col('user_id').alias('USER_ID'),
    pl.col('item_id').alias('ITEM_ID'),
    pl.col('event_type').alias('EVENT_TYPE'),
    pl.col('timestamp_s').alias('TIMESTAMP'),
  )
  .writeCSV(csvFile)
kept
  .select('user_id', 'item_id', 'event_type', 'timestamp_s', 'event_time')
  .writeParquet(join(table, 'part-00000.parquet'), { compression: 'snappy' })
removeInflated()
