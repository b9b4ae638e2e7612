// @ts-check
// DuckDB: one scan with the columns and types that are wanted, into a temporary table, and two copies out of it.
import { DuckDBInstance } from '@duckdb/node-api'
import { csvFile, inputGlob, makeFolders, table, threadCount, wanted } from './task.js'

makeFolders()
const instance = await DuckDBInstance.create(':memory:', {
  threads: String(threadCount),
  preserve_insertion_order: 'false',
})
const connection = await instance.connect()
// A time without an offset is UTC, not the machine's.
await connection.run("SET TimeZone = 'UTC'")
await connection.run(`
  CREATE TEMP TABLE kept AS
  SELECT userId AS user_id, properties.sku AS item_id, event AS event_type,
    epoch_ms(timestamp) // 1000 AS timestamp_s, timestamp AS event_time
  FROM read_ndjson('${inputGlob}', auto_detect = false, columns = {
    userId: 'VARCHAR', event: 'VARCHAR', properties: 'STRUCT(sku VARCHAR)', timestamp: 'TIMESTAMPTZ'})
  WHERE event IN (${wanted.map((event) => `'${event}'`).join(', ')}) AND userId <> '' AND properties.sku <> ''`)
await connection.run(`
  COPY (SELECT user_id AS USER_ID, item_id AS ITEM_ID, event_type AS EVENT_TYPE, timestamp_s AS "TIMESTAMP" FROM kept)
  TO '${csvFile}' (FORMAT csv, HEADER)`)
await connection.run(`
  COPY (SELECT *, strftime(event_time, '%Y-%m-%d') AS dt FROM kept)
  TO '${table}' (FORMAT parquet, COMPRESSION snappy, PARTITION_BY (dt), OVERWRITE_OR_IGNORE)`)
connection.closeSync()
instance.closeSync()
