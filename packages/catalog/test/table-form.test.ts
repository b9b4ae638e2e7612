import { describe, expect, it } from 'vitest'
import { formOf } from '../src/table-form.ts'
import type { TableSpec } from '../src/table-spec.ts'

const spec: TableSpec = {
  database: 'segmentdata',
  name: 'events',
  form: 'parquet',
  location: 's3://out/events/',
  columns: [],
  partitions: [{ name: 'dt', type: 'string' }],
  isProjected: false,
}

const projection = {
  'projection.enabled': 'true',
  'projection.dt.type': 'date',
  'projection.dt.format': 'yyyy-MM-dd',
  'projection.dt.range': '2012-01-01,NOW',
  'projection.dt.interval': '1',
  'projection.dt.interval.unit': 'DAYS',
  'storage.location.template': `s3://out/events/dt=\${dt}/`,
}

describe('formOf', () => {
  it.each<[string, Partial<TableSpec>, Record<string, string>]>([
    ['a table', {}, {}],
    ['one that is projected', { isProjected: true }, projection],
    [
      'one from a day on',
      { isProjected: true, firstDay: '2019-05-18' },
      { ...projection, 'projection.dt.range': '2019-05-18,NOW' },
    ],
  ])('says how Parquet is read: %s', (_, given, parameters) => {
    expect(formOf({ ...spec, ...given })).toEqual({
      serde: 'org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe',
      inputFormat: 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat',
      outputFormat: 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat',
      serdeParameters: { 'serialization.format': '1' },
      parameters: { classification: 'parquet', ...parameters },
    })
  })

  it.each<[string, Partial<TableSpec>, string]>([
    ['a backslash before a quote', { escape: '\\' }, '\\'],
    ['a doubled quote', {}, '\u0001'],
  ])('says how a CSV is read: %s', (_, given, escapeChar) => {
    expect(formOf({ ...spec, form: 'opencsv', partitions: [], ...given })).toEqual({
      serde: 'org.apache.hadoop.hive.serde2.OpenCSVSerde',
      inputFormat: 'org.apache.hadoop.mapred.TextInputFormat',
      outputFormat: 'org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat',
      serdeParameters: { separatorChar: ',', quoteChar: '"', escapeChar },
      parameters: { classification: 'csv', 'skip.header.line.count': '1' },
    })
  })

  it.each<[string, Record<string, string>, Record<string, string>]>([
    ['no other names', {}, { 'case.insensitive': 'false' }],
    [
      'a name for a key that is none',
      { invited_user: 'Invited User?' },
      { 'case.insensitive': 'false', 'mapping.invited_user': 'Invited User?' },
    ],
    [
      'keys that differ in case alone',
      { url: 'URL', url_2: 'Url' },
      { 'case.insensitive': 'false', 'mapping.url': 'URL', 'mapping.url_2': 'Url' },
    ],
  ])('says how JSON is read: %s', (_, mappings, serdeParameters) => {
    expect(formOf({ ...spec, form: 'openx-json', partitions: [], mappings })).toEqual({
      serde: 'org.openx.data.jsonserde.JsonSerDe',
      inputFormat: 'org.apache.hadoop.mapred.TextInputFormat',
      outputFormat: 'org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat',
      serdeParameters: { 'ignore.malformed.json': 'true', ...serdeParameters },
      parameters: { classification: 'json' },
    })
  })
})
