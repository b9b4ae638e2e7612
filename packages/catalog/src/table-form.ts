import type { TableSpec } from './table-spec.ts'

/** How a table's files are read, in Hive's words: what the clauses of DDL and the storage descriptor of Glue's API both say. */
export interface TableForm {
  readonly serde: string
  readonly inputFormat: string
  readonly outputFormat: string
  readonly serdeParameters: Readonly<Record<string, string>>
  /** Of the table. */
  readonly parameters: Readonly<Record<string, string>>
}

/**
 * The form of a table.
 *
 * - Source: Athena, "Parquet SerDe", "Open CSV SerDe for processing CSV", "OpenX JSON SerDe", "Set up partition projection".
 */
export function formOf(spec: TableSpec): TableForm {
  switch (spec.form) {
    case 'parquet':
      return {
        serde: 'org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe',
        inputFormat: 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat',
        outputFormat: 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat',
        serdeParameters: { 'serialization.format': '1' },
        parameters: { classification: 'parquet', ...projection(spec) },
      }
    case 'opencsv':
      return {
        ...TEXT,
        serde: 'org.apache.hadoop.hive.serde2.OpenCSVSerde',
        serdeParameters: { separatorChar: ',', quoteChar: '"', escapeChar: spec.escape ?? NO_ESCAPE },
        parameters: { classification: 'csv', 'skip.header.line.count': '1' },
      }
    case 'openx-json':
      return {
        ...TEXT,
        serde: 'org.openx.data.jsonserde.JsonSerDe',
        serdeParameters: {
          'ignore.malformed.json': 'true',
          // Else two keys that differ in case alone make a line none, in whatever object they stand.
          'case.insensitive': 'false',
          ...prefixed('mapping.', spec.mappings ?? {}),
        },
        parameters: { classification: 'json' },
      }
  }
}

/** One date names the folders: Athena reckons them from the days of the query. */
function projection({ isProjected, partitions, location, firstDay }: TableSpec): Record<string, string> {
  if (!isProjected) return {}
  const [{ name }] = partitions
  return {
    'projection.enabled': 'true',
    [`projection.${name}.type`]: 'date',
    [`projection.${name}.format`]: 'yyyy-MM-dd',
    [`projection.${name}.range`]: `${firstDay ?? FIRST_DAY},NOW`,
    [`projection.${name}.interval`]: '1',
    [`projection.${name}.interval.unit`]: 'DAYS',
    'storage.location.template': `${location}${name}=\${${name}}/`,
  }
}

function prefixed(prefix: string, values: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [prefix + name, value]))
}

const TEXT = {
  inputFormat: 'org.apache.hadoop.mapred.TextInputFormat',
  outputFormat: 'org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat',
}

/** A doubled quote needs no escape; the SerDe must have one, and would drop a lone backslash if it were that. */
const NO_ESCAPE = '\u0001'

/** Before the first event that anybody collects. */
const FIRST_DAY = '2012-01-01'
