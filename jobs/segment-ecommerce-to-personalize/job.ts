import {
  concat,
  defineJob,
  ecommerceEvents,
  float64,
  itemOf,
  param,
  personalizeValuedInteractions,
  saidOfItem,
  scanNdjson,
  segmentEcommerce,
  text,
  when,
  writeCsv,
  writeParquet,
} from '@fletching/job'

const { types, orders, takenBack } = ecommerceEvents
const wanted = Object.keys(types)
/** Personalize reads values as floats of 32 bits. */
const VALUE_MAX = 3.4e38

/**
 * Events of Segment's ecommerce spec as the interactions that Amazon Personalize imports, with what each was worth, and as a table for Athena.
 *
 * An order, a cart or a checkout makes a row of each of its `products[]`, any other event one of the product at its top. An item is called by its
 * `product_id`, or else by its `sku`, of the same product; the items dataset and live events must do the same.
 *
 * An order that was updated repeats its items: of the rows of one order and item the last by `timestamp` stays, at its place in the input. With `DEDUPE` the last of
 * the other events that are alike in that column stays too.
 */
export default defineJob({
  name: 'segment-ecommerce-to-personalize',
  params: {
    S3_JSON_INPUT_PATH: param.location('Segment NDJSON logs, usually gzip: a folder, an object or a glob'),
    S3_CSV_OUTPUT_PATH: param.location('the CSV for Amazon Personalize: a folder, or a path that ends in .csv'),
    S3_PARQUET_OUTPUT_PATH: param.location('the Parquet table for Athena: a folder').optional(),
    DEDUPE: param.text('drop events that repeat another: the column that tells, as messageId').optional(),
  },
  plan: ({ S3_JSON_INPUT_PATH, S3_CSV_OUTPUT_PATH, S3_PARQUET_OUTPUT_PATH, DEDUPE }) => {
    const products = scanNdjson(S3_JSON_INPUT_PATH, segmentEcommerce)
      .filter((col) => col('event').isIn([...wanted, ...takenBack]))
      .filter((col) => col('event').isIn(wanted), { reason: 'refund or removal' })
      .dropNulls('userId', 'event')
      .explode('properties.products', { as: 'product', outer: true, position: 'position' })
      .withColumns((col) => {
        const said = saidOfItem(col)
        const price = said('price').cast(float64(), { onFailure: 'null' })
        const quantity = said('quantity').cast(float64(), { onFailure: 'null' })
        return { item: itemOf(col), value: price.times(quantity.fillNull(1)) }
      })
      .withColumns((col) => ({
        value: when(col('value').ge(-VALUE_MAX).and(col('value').le(VALUE_MAX)), col('value')).otherwise(null),
      }))
      .dropNulls('item')
    // A row without a value in one of these two columns is nobody's repeat.
    const marked = products.withColumns((col) => {
      const isOfOrder = col('event').isIn(orders).and(col('properties.order_id').isNotNull())
      const told = DEDUPE === undefined ? null : concat('event ', col(DEDUPE as 'messageId').cast(text()))
      return {
        repeats: when(isOfOrder, concat('order ', col('properties.order_id'))).otherwise(told),
        part: when(isOfOrder, col('item')).otherwise(col('position').fillNull(0).cast(text())),
      }
    })
    const rows = marked.dropDuplicates(['repeats', 'part'], { keep: 'last', by: 'timestamp', nulls: 'distinct' })
    const interactions = rows.select((col) => ({
      USER_ID: col('userId'),
      ITEM_ID: col('item'),
      EVENT_TYPE: col('event').mapValues(types),
      EVENT_VALUE: col('value'),
      TIMESTAMP: col('timestamp').epochSeconds(),
    }))
    const table = rows.select((col) => ({
      user_id: col('userId'),
      item_id: col('item'),
      event_type: col('event').mapValues(types),
      event_value: col('value'),
      timestamp_s: col('timestamp').epochSeconds(),
      event_time: col('timestamp'),
      dt: col('timestamp').date(),
    }))
    return [
      writeCsv(interactions, { to: S3_CSV_OUTPUT_PATH, schema: personalizeValuedInteractions, files: 1 }),
      writeParquet(table, { to: S3_PARQUET_OUTPUT_PATH, partitionBy: ['dt'] }),
    ]
  },
})
