import { runOptionSpecs } from '../option-specs.ts'
import type { Tool } from '../tools.ts'

const { 'csv-dialect': csvDialect, 'partition-by': partitionBy } = runOptionSpecs

export const catalogDdl: Tool = {
  words: ['catalog', 'ddl'],
  describe: 'print the statements that make tables of a job, or of its events, in Athena; touches no data',
  positionals: [
    { name: 'job', describe: 'a name, or the path of a module whose default export is a job', isOptional: true },
  ],
  takesParameters: true,
  options: {
    database: { describe: 'the database of the tables; segmentdata by default', value: 'NAME' },
    table: {
      describe:
        'the name of the Parquet table, or of the CSV where there is no table, with or without its database; that of the folder by default',
      value: 'NAME',
    },
    raw: {
      describe: 'instead of a job: the folder of the events, whose table reads JSON; needs --schema',
      value: 'LOCATION',
    },
    schema: { describe: 'with --raw: the schema file of the events, of schema infer', value: 'LOCATION' },
    'no-projection': {
      describe: 'let Athena look the partitions up instead of computing them from the days of a query',
      value: undefined,
    },
    'first-day': {
      describe: 'the first day for which Athena computes partitions; 2012-01-01 by default',
      value: 'YYYY-MM-DD',
    },
    'csv-dialect': csvDialect,
    'partition-by': partitionBy,
  },
  examples: [
    [
      'catalog ddl segment-to-personalize --S3_JSON_INPUT_PATH s3://logs/segment-logs --S3_CSV_OUTPUT_PATH s3://out/interactions --S3_PARQUET_OUTPUT_PATH s3://out/events',
      'the tables segmentdata.interactions and segmentdata.events, and a view with types of the first',
    ],
    [
      'catalog ddl --raw s3://logs/segment-logs --schema logs.schema.json --table segmentdata.segment_logs',
      'the table of the events as they were logged',
    ],
  ],
  load: () => import('../commands/catalog/ddl.ts'),
}
