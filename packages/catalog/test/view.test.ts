import {
  Bool,
  type DataType,
  DateDay,
  Field,
  Float64,
  Int32,
  Int64,
  Schema,
  TimestampMillisecond,
  Utf8,
} from 'apache-arrow'
import { describe, expect, it } from 'vitest'
import { tableSpec } from '../src/spec-of.ts'
import { typedView } from '../src/view.ts'

function viewOf(columns: Readonly<Record<string, DataType>>, moments: Readonly<Record<string, string>>): string {
  const schema = new Schema(Object.entries(columns).map(([name, type]) => new Field(name, type, true)))
  const output = { format: 'csv', folder: 's3://out/csv/', schema, partitionBy: [] } as const
  const table = tableSpec(output, { database: 'segmentdata', name: 'csv' })
  return typedView(table, schema, { name: 'csv_typed', moments })
}

describe('typedView', () => {
  it.each<[string, Readonly<Record<string, DataType>>, Readonly<Record<string, string>>, string]>([
    [
      'every type',
      {
        Text: new Utf8(),
        n: new Int32(),
        m: new Int64(),
        x: new Float64(),
        b: new Bool(),
        day: new DateDay(),
        at: new TimestampMillisecond('UTC'),
      },
      {},
      `  nullif("text", '') AS "text",
  try_cast("n" AS int) AS "n",
  try_cast("m" AS bigint) AS "m",
  try_cast("x" AS double) AS "x",
  try_cast("b" AS boolean) AS "b",
  try_cast("day" AS date) AS "day",
  try_cast(replace(replace("at", 'T', ' '), 'Z', '') AS timestamp) AS "at"`,
    ],
    [
      'seconds as a moment',
      { TIMESTAMP: new Int64() },
      { TIMESTAMP: 'event_time' },
      `  try_cast("timestamp" AS bigint) AS "timestamp",
  timestamp '1970-01-01 00:00:00' + try_cast("timestamp" AS bigint) * interval '1' second AS "event_time"`,
    ],
    [
      'a moment beside a column of its name',
      { TIMESTAMP: new Int64(), EVENT_TIME: new Utf8() },
      { TIMESTAMP: 'event_time' },
      `  try_cast("timestamp" AS bigint) AS "timestamp",
  nullif("event_time", '') AS "event_time",
  timestamp '1970-01-01 00:00:00' + try_cast("timestamp" AS bigint) * interval '1' second AS "event_time_2"`,
    ],
  ])('gives back %s', (_, columns, moments, expected) => {
    expect(viewOf(columns, moments)).toBe(`CREATE OR REPLACE VIEW "segmentdata"."csv_typed" AS
SELECT
${expected}
FROM "segmentdata"."csv"`)
  })
})
