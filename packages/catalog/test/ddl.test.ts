import { describe, expect, it } from 'vitest'
import { createDatabase, createTable, repairTable } from '../src/ddl.ts'
import type { TableSpec } from '../src/table-spec.ts'

const spec: TableSpec = {
  database: 'segmentdata',
  name: 'events',
  form: 'parquet',
  location: "s3://out/it's \\ here/",
  columns: [
    { name: 'timestamp', type: 'bigint', comment: "seconds, not Glue's" },
    { name: 'context', type: 'struct<date:array<struct<user:string,sku:string>>,ip:string>' },
  ],
  partitions: [
    { name: 'dt', type: 'string' },
    { name: 'n', type: 'int' },
  ],
  isProjected: false,
}

describe('createDatabase', () => {
  it('makes one where there is none', () => {
    expect(createDatabase('segmentdata')).toBe('CREATE DATABASE IF NOT EXISTS `segmentdata`')
  })
})

describe('createTable', () => {
  it('quotes every name and escapes every text', () => {
    expect(createTable(spec)).toBe(String.raw`CREATE EXTERNAL TABLE IF NOT EXISTS ${'`segmentdata`.`events`'} (
  ${'`timestamp`'} bigint COMMENT 'seconds, not Glue\'s',
  ${'`context`'} struct<${'`date`'}:array<struct<${'`user`'}:string,sku:string>>,ip:string>
)
PARTITIONED BY (
  ${'`dt`'} string,
  ${'`n`'} int
)
ROW FORMAT SERDE 'org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe'
WITH SERDEPROPERTIES (
  'serialization.format' = '1'
)
STORED AS INPUTFORMAT 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat'
OUTPUTFORMAT 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat'
LOCATION 's3://out/it\'s \\ here/'
TBLPROPERTIES (
  'classification' = 'parquet'
)`)
  })

  it('writes a control character as its escape', () => {
    const csv = createTable({ ...spec, form: 'opencsv', partitions: [] })
    expect(csv.split('\n').find((line) => line.includes('escapeChar'))).toBe(String.raw`  'escapeChar' = '\u0001'`)
  })

  it('refuses a location that it cannot hold', () => {
    expect(() => createTable({ ...spec, location: 's3://out/a\nb/' })).toThrow(
      expect.objectContaining({
        message: String.raw`BAD_LOCATION: the location s3://out/a\nb/ holds a control character
  at table segmentdata.events
  no statement of Athena can hold it: give the job another output folder`,
      }),
    )
  })
})

describe('repairTable', () => {
  it('names the table', () => {
    expect(repairTable(spec)).toBe('MSCK REPAIR TABLE `segmentdata`.`events`')
  })
})
