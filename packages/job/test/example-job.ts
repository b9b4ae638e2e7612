import {
  defineJob,
  param,
  personalizeInteractions,
  scanNdjson,
  segmentTrack,
  writeCsv,
  writeParquet,
} from '@fletching/job'

/** The job of the house style, word for word. */
export default defineJob({
  name: 'segment-to-personalize',
  params: {
    S3_JSON_INPUT_PATH: param.location('Segment NDJSON logs'),
    S3_CSV_OUTPUT_PATH: param.location('Personalize CSV, one file'),
    S3_PARQUET_OUTPUT_PATH: param.location('Athena table').optional(),
  },
  plan: ({ S3_JSON_INPUT_PATH, S3_CSV_OUTPUT_PATH, S3_PARQUET_OUTPUT_PATH }) => {
    const wanted = scanNdjson(S3_JSON_INPUT_PATH, segmentTrack)
      .filter((col) => col('event').isIn(['Product Added', 'Order Completed', 'Product Clicked']))
      .dropNulls('userId', 'event', 'properties.sku')
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
