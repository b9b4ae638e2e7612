import {
  defineJob,
  int32,
  param,
  personalizeUsers,
  scanNdjson,
  segmentIdentify,
  writeCsv,
  writeParquet,
} from '@fletching/job'

/**
 * Segment's `identify` calls as the users that Amazon Personalize imports, and as a table for Athena.
 *
 * Of each user the last call by `timestamp` that says anything of age, gender, plan or country makes a row, as it is: what an earlier call alone said is
 * not kept. Nothing that names a person is read.
 */
export default defineJob({
  name: 'segment-users-to-personalize',
  params: {
    S3_JSON_INPUT_PATH: param.location('Segment NDJSON logs, usually gzip: a folder, an object or a glob'),
    S3_CSV_OUTPUT_PATH: param.location('the CSV for Amazon Personalize: a folder, or a path that ends in .csv'),
    S3_PARQUET_OUTPUT_PATH: param.location('the Parquet table for Athena: a folder').optional(),
  },
  plan: ({ S3_JSON_INPUT_PATH, S3_CSV_OUTPUT_PATH, S3_PARQUET_OUTPUT_PATH }) => {
    const users = scanNdjson(S3_JSON_INPUT_PATH, segmentIdentify)
      .filter((col) => col('type').isIn(['identify']), { reason: 'not an identify call' })
      .dropNulls('userId')
      .withColumns((col) => ({ age: col('traits.age').cast(int32(), { onFailure: 'null' }) }))
      .filter(
        (col) =>
          col('age')
            .isNotNull()
            .or(col('traits.gender').isNotNull())
            .or(col('traits.plan').isNotNull())
            .or(col('traits.address.country').isNotNull()),
        { reason: 'no trait wanted' },
      )
      .dropDuplicates(['userId'], { keep: 'last', by: 'timestamp' })
    const known = users.select((col) => ({
      USER_ID: col('userId'),
      AGE: col('age'),
      GENDER: col('traits.gender'),
      MEMBERSHIP: col('traits.plan'),
      COUNTRY: col('traits.address.country'),
    }))
    const table = users.select((col) => ({
      user_id: col('userId'),
      age: col('age'),
      gender: col('traits.gender'),
      membership: col('traits.plan'),
      country: col('traits.address.country'),
      updated_at: col('timestamp'),
    }))
    return [
      writeCsv(known, { to: S3_CSV_OUTPUT_PATH, schema: personalizeUsers, files: 1 }),
      writeParquet(table, { to: S3_PARQUET_OUTPUT_PATH }),
    ]
  },
})
