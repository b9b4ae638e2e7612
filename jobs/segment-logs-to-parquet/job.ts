import {
  coalesce,
  defineJob,
  type Field,
  type LooseColumn,
  param,
  type Schema,
  scanNdjson,
  writeParquet,
} from '@fletching/job'

/** When an event was, by the first of these that its schema has, and of which its row holds a moment. */
const MOMENTS = ['timestamp', 'received_at', 'sent_at', 'original_timestamp']

/**
 * All events of Segment's raw log as a table for Athena, with every field that the schema names, structs and lists as such.
 *
 * Nothing is filtered. Rows are partitioned by the day of the event; of an event without any moment the day is null, and its row stands in Hive's
 * default partition. A moment may be a text: one odd value in the log is enough for `schema infer` to find that. A schema without any makes a table
 * without partitions.
 */
export default defineJob({
  name: 'segment-logs-to-parquet',
  params: {
    S3_JSON_INPUT_PATH: param.location('Segment NDJSON logs, usually gzip: a folder, an object or a glob'),
    S3_PARQUET_OUTPUT_PATH: param.location('the Parquet table for Athena: a folder'),
    SCHEMA: param.schema('the columns of the events, as fletching schema infer finds them'),
    DEDUPE: param.text('drop events that repeat an earlier one: the column that tells, as message_id').optional(),
  },
  plan: ({ S3_JSON_INPUT_PATH, S3_PARQUET_OUTPUT_PATH, SCHEMA, DEDUPE }) => {
    const events = scanNdjson(S3_JSON_INPUT_PATH, SCHEMA)
    // An event without a value in that column is nobody's repeat.
    const wanted = DEDUPE === undefined ? events : events.dropDuplicates([DEDUPE], { keep: 'first', nulls: 'distinct' })
    const [first, ...others] = momentsOf(SCHEMA)
    if (first === undefined) return [writeParquet(wanted, { to: S3_PARQUET_OUTPUT_PATH })]
    const day = dayName(SCHEMA)
    const table = wanted.withColumns((col) => ({
      [day]: coalesce(
        momentOf(col(first.name), first),
        ...others.map((field) => momentOf(col(field.name), field)),
      ).date(),
    }))
    return [writeParquet(table, { to: S3_PARQUET_OUTPUT_PATH, partitionBy: [day] })]
  },
})

/** A name for the day that no column of the events has, since a column that is added replaces one of its name. */
function dayName({ fields }: Schema): string {
  const taken = new Set(fields.map(({ name }) => name))
  if (!taken.has('dt')) return 'dt'
  let name = 'event_dt'
  for (let number = 2; taken.has(name); number++) name = `event_dt_${number}`
  return name
}

function momentsOf({ fields }: Schema): readonly Field[] {
  return MOMENTS.flatMap((moment) =>
    fields.filter(({ name, type }) => name === moment && (type.kind === 'timestamp' || type.kind === 'text')),
  )
}

function momentOf(column: LooseColumn, { type }: Field) {
  return type.kind === 'text' ? column.parseTimestamp() : column
}
