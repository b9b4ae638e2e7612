import {
  defineJob,
  param,
  personalizeInteractions,
  scanNdjson,
  segmentTrack,
  writeCsv,
  writeParquet,
} from '@fletching/job'

/**
 * Product events of Segment's raw log as the interactions that Amazon Personalize imports, and as a table for Athena.
 *
 * Segment's raw log may hold a message twice, of retries and replays; with `DEDUPE` the first of them makes a row.
 *
 * A row needs an event of the three kinds, a `userId` and a `properties.sku`; an order that names its items only in
 * `properties.products[]` is counted apart, since an author will want to know how many there are.
 */
export default defineJob({
  name: 'segment-to-personalize',
  params: {
    S3_JSON_INPUT_PATH: param.location('Segment NDJSON logs, usually gzip: a folder, an object or a glob'),
    S3_CSV_OUTPUT_PATH: param.location('the CSV for Amazon Personalize: a folder, or a path that ends in .csv'),
    S3_PARQUET_OUTPUT_PATH: param.location('the Parquet table for Athena: a folder').optional(),
    DEDUPE: param.text('drop events that repeat an earlier one: the column that tells, as messageId').optional(),
  },
  plan: ({ S3_JSON_INPUT_PATH, S3_CSV_OUTPUT_PATH, S3_PARQUET_OUTPUT_PATH, DEDUPE }) => {
    const events = scanNdjson(S3_JSON_INPUT_PATH, segmentTrack)
      .filter((col) => col('event').isIn(['Product Added', 'Order Completed', 'Product Clicked']))
      .dropNulls('userId')
      .filter((col) => col('properties.sku').isNotNull().or(col('properties.products').isNull()), {
        reason: 'order without sku',
      })
      .dropNulls('event', 'properties.sku')
    // An event without a value in that column is nobody's repeat.
    const wanted = DEDUPE === undefined ? events : events.dropDuplicates([DEDUPE], { keep: 'first', nulls: 'distinct' })
    const interactions = wanted.select((col) => ({
      USER_ID: col('userId'),
      ITEM_ID: col('properties.sku'),
      EVENT_TYPE: col('event'),
      TIMESTAMP: col('timestamp').epochSeconds(),
    }))
    const table = wanted.select((col) => ({
      user_id: col('userId'),
      item_id: col('properties.sku'),
      event_type: col('event'),
      timestamp_s: col('timestamp').epochSeconds(),
      event_time: col('timestamp'),
      dt: col('timestamp').date(),
    }))
    return [
      writeCsv(interactions, { to: S3_CSV_OUTPUT_PATH, schema: personalizeInteractions, files: 1 }),
      writeParquet(table, { to: S3_PARQUET_OUTPUT_PATH, partitionBy: ['dt'] }),
    ]
  },
})
