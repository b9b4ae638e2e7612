import { explain } from '@fletching/plan'
import { expect, it } from 'vitest'
import job from './example-job.ts'

it('explains the job', () => {
  const sinks = job.build({
    S3_JSON_INPUT_PATH: 's3://logs/segment/',
    S3_CSV_OUTPUT_PATH: 's3://out/csv/',
    S3_PARQUET_OUTPUT_PATH: 's3://out/table/',
  })
  expect(explain(sinks)).toMatchInlineSnapshot(`
    "Logical plan
      write csv s3://out/csv/ as personalizeInteractions, dialect personalize
        select USER_ID = userId, ITEM_ID = properties.sku, EVENT_TYPE = event, TIMESTAMP = epochSeconds(timestamp)
          (1) filter properties.sku is not null, else "properties.sku missing"
            filter event is not null, else "event missing"
              filter userId is not null, else "userId missing"
                filter event in ('Product Added', 'Order Completed', 'Product Clicked'), else "event not wanted"
                  scan ndjson s3://logs/segment/ as segmentTrack
      write parquet s3://out/table/, partitioned by dt
        select user_id = userId, item_id = properties.sku, event_type = event, timestamp_s = epochSeconds(timestamp), event_time = timestamp, dt = date(timestamp)
          (1) as above

    Optimized plan
      write csv s3://out/csv/ as personalizeInteractions, dialect personalize
        USER_ID: text = userId
        ITEM_ID: text = properties.sku
        EVENT_TYPE: text = event
        TIMESTAMP: int64 = epochSeconds(timestamp)
      write parquet s3://out/table/, partitioned by dt
        user_id: text = userId
        item_id: text = properties.sku
        event_type: text = event
        timestamp_s: int64 = epochSeconds(timestamp)
        event_time: timestamp = timestamp
        dt: date = date(timestamp)
      scan ndjson s3://logs/segment/ as segmentTrack
        filters in the scan
          1. event in ('Product Added', 'Order Completed', 'Product Clicked'), else "event not wanted", naming event
          2. userId is not null, else "userId missing"
          3. event is not null, else "event missing"
          4. properties.sku is not null, else "properties.sku missing"
        columns
          userId: text, else set aside
          event: text, dictionary, else null
          properties.sku: text, else set aside
          timestamp: timestamp, required, else set aside
    "
  `)
})
