import {
  defineJob,
  param,
  personalizeInteractions,
  scanNdjson,
  segmentTrack,
  writeCsv,
  writeParquet,
} from '@fletching/job'
import { formatLocation } from '@fletching/storage'
import { describe, expect, it } from 'vitest'
import { describeOutputs } from '../src/describe-outputs.ts'

const job = defineJob({
  name: 'both',
  params: { INPUT: param.location('events'), CSV: param.location('a folder'), TABLE: param.location('a folder') },
  plan: ({ INPUT, CSV, TABLE }) => {
    const wanted = scanNdjson(INPUT, segmentTrack).dropNulls('userId', 'event', 'properties.sku')
    const interactions = wanted.select((col) => ({
      USER_ID: col('userId'),
      ITEM_ID: col('properties.sku'),
      EVENT_TYPE: col('event'),
      TIMESTAMP: col('timestamp').epochSeconds(),
    }))
    const table = wanted.select((col) => ({ user: col('userId'), at: col('timestamp'), day: col('timestamp').date() }))
    return [
      writeCsv(interactions, { to: CSV, schema: personalizeInteractions }),
      writeParquet(table, { to: TABLE, partitionBy: ['day'] }),
    ]
  },
})

function described(csv: string, options = {}) {
  return describeOutputs(job, { INPUT: 'in', CSV: csv, TABLE: 's3://b/table' }, options).map((output) => ({
    ...output,
    location: formatLocation(output.location),
    folder: output.folder && formatLocation(output.folder),
    schema: output.schema.fields.map(String),
    fileSchema: output.fileSchema.names,
  }))
}

describe('describeOutputs', () => {
  it('tells places, columns, folders, dialect and what is demanded', () => {
    const columns = ['USER_ID: Utf8', 'ITEM_ID: Utf8', 'EVENT_TYPE: Dictionary<Int32, Utf8>', 'TIMESTAMP: Int64']
    expect(described('s3://b/csv')).toEqual([
      {
        format: 'csv',
        location: 's3://b/csv/part-00000.csv',
        folder: 's3://b/csv/',
        schema: columns,
        fileSchema: ['USER_ID', 'ITEM_ID', 'EVENT_TYPE', 'TIMESTAMP'],
        partitionBy: [],
        dialect: 'personalize',
        demands: 'personalizeInteractions',
      },
      {
        format: 'parquet',
        location: 's3://b/table/',
        folder: 's3://b/table/',
        schema: ['user: Utf8', 'at: Timestamp<MILLISECOND, UTC>', 'day: Date32<DAY>'],
        fileSchema: ['user', 'at'],
        partitionBy: ['day'],
        dialect: undefined,
        demands: undefined,
      },
    ])
  })

  it('knows no folder of a CSV that may have neighbours', () => {
    expect(described('s3://b/x.csv')[0].folder).toBeUndefined()
  })

  it('heeds what a run is given', () => {
    const [csv, table] = described('out', { csvDialect: 'glue', partitionBy: [] })
    expect([csv.dialect, table.partitionBy, table.fileSchema]).toEqual(['glue', [], ['user', 'at', 'day']])
  })

  it('refuses what a run would refuse', () => {
    expect(() => described('out', { partitionBy: ['days'] })).toThrow('UNKNOWN_COLUMN: no column "days"')
  })
})
