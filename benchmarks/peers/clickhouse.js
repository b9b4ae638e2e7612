// @ts-check
// ClickHouse, as chdb: one scan with the columns and types that are wanted, into a table in memory, and two inserts out of it.
import chdb from 'chdb'
import { csvFile, inputGlob, makeFolders, table, threadCount, wanted } from './task.js'

makeFolders()
const session = new chdb.Session()
session.query(`SET max_threads = ${threadCount}, max_insert_threads = ${threadCount},
  input_format_skip_unknown_fields = 1, date_time_input_format = 'best_effort',
  output_format_parquet_compression_method = 'snappy'`)
session.query(
  `CREATE TABLE kept (user_id String, item_id String, event_type String, event_time DateTime64(3, 'UTC')) ENGINE = Memory`,
)
session.query(`
  INSERT INTO kept SELECT userId, properties.sku, event, timestamp
  FROM file('${inputGlob}', 'JSONEachRow',
    $$userId String, event String, properties Tuple(sku String), timestamp DateTime64(3, 'UTC')$$)
  WHERE event IN (${wanted.map((event) => `'${event}'`).join(', ')}) AND userId != '' AND properties.sku != ''`)
session.query(`
  INSERT INTO FUNCTION file('${csvFile}', 'CSVWithNames', 'USER_ID String, ITEM_ID String, EVENT_TYPE String, TIMESTAMP Int64')
  SELECT user_id, item_id, event_type, toUnixTimestamp(event_time) FROM kept`)
session.query(`
  INSERT INTO FUNCTION file('${table}/dt={_partition_id}/part-00000.parquet', 'Parquet',
    $$user_id String, item_id String, event_type String, timestamp_s Int64, event_time DateTime64(3, 'UTC')$$)
  PARTITION BY toString(toDate(event_time))
  SELECT user_id, item_id, event_type, toUnixTimestamp(event_time), event_time FROM kept`)
session.close()
