import {
  defineJob,
  ecommerceEvents,
  float64,
  itemOf,
  param,
  personalizeItems,
  saidOfItem,
  scanNdjson,
  segmentEcommerce,
  writeCsv,
  writeParquet,
} from '@fletching/job'

/**
 * Products in events of Segment's ecommerce spec as the items that Amazon Personalize imports, and as a table for Athena.
 *
 * Of each item the last event by `timestamp` that says anything of its price, category or brand makes a row. Who acted does not matter, logged in or not. Items are
 * called as in `segment-ecommerce-to-personalize`.
 */
export default defineJob({
  name: 'segment-items-to-personalize',
  params: {
    S3_JSON_INPUT_PATH: param.location('Segment NDJSON logs, usually gzip: a folder, an object or a glob'),
    S3_CSV_OUTPUT_PATH: param.location('the CSV for Amazon Personalize: a folder, or a path that ends in .csv'),
    S3_PARQUET_OUTPUT_PATH: param.location('the Parquet table for Athena: a folder').optional(),
  },
  plan: ({ S3_JSON_INPUT_PATH, S3_CSV_OUTPUT_PATH, S3_PARQUET_OUTPUT_PATH }) => {
    const items = scanNdjson(S3_JSON_INPUT_PATH, segmentEcommerce)
      .filter((col) => col('event').isIn(Object.keys(ecommerceEvents.types)))
      .explode('properties.products', { as: 'product', outer: true })
      .withColumns((col) => {
        const said = saidOfItem(col)
        return {
          item: itemOf(col),
          price: said('price').cast(float64(), { onFailure: 'null' }),
          category: said('category'),
          brand: said('brand'),
        }
      })
      .dropNulls('item')
      .filter((col) => col('price').isNotNull().or(col('category').isNotNull()).or(col('brand').isNotNull()), {
        reason: 'nothing said of the item',
      })
      .dropDuplicates(['item'], { keep: 'last', by: 'timestamp' })
    const known = items.select((col) => ({
      ITEM_ID: col('item'),
      PRICE: col('price'),
      CATEGORY_L1: col('category'),
      BRAND: col('brand'),
    }))
    const table = items.select((col) => ({
      item_id: col('item'),
      price: col('price'),
      category_l1: col('category'),
      brand: col('brand'),
      updated_at: col('timestamp'),
    }))
    return [
      writeCsv(known, { to: S3_CSV_OUTPUT_PATH, schema: personalizeItems, files: 1 }),
      writeParquet(table, { to: S3_PARQUET_OUTPUT_PATH }),
    ]
  },
})
