import {
  bool,
  category,
  float64,
  id,
  int64,
  json,
  optimize,
  scanNdjson,
  schema,
  struct,
  text,
  timestamp,
  type Write,
  writeCsv,
  writeParquet,
} from '@fletching/plan'
import type { RunOptions } from '../src/options.ts'
import { lower, type PhysicalPlan } from '../src/physical.ts'

/** Columns of every kind that a scan reads. */
export const events = schema('events', {
  userId: id(),
  event: category(),
  timestamp: timestamp().required(),
  properties: struct({ sku: id(), note: text() }),
  count: int64(),
  price: float64(),
  vip: bool(),
  extra: json(),
})

/** Where the plan of a test reads and writes; without an output there is no such sink. */
export interface Ends {
  readonly input: string
  readonly csv?: string
  readonly table?: string
}

/** The sinks of a small job: a CSV, and a table by day. */
export function sinksFor({ input, csv, table }: Ends): Write[] {
  const rows = scanNdjson(input, events).select((col) => ({
    user: col('userId'),
    item: col('properties.sku'),
    day: col('timestamp').date(),
  }))
  const sinks = [writeCsv(rows, { to: csv }), writeParquet(rows, { to: table, partitionBy: ['day'] })]
  return sinks.filter((sink) => sink !== undefined)
}

export function planFor(ends: Ends, options: RunOptions = {}): PhysicalPlan {
  return lower(optimize(sinksFor(ends)), options)
}
