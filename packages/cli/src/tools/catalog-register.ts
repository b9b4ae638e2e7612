import { runOptionSpecs } from '../option-specs.ts'
import type { Tool } from '../tools.ts'

const { 'csv-dialect': csvDialect, 'partition-by': partitionBy, state } = runOptionSpecs

export const catalogRegister: Tool = {
  words: ['catalog', 'register'],
  describe: 'bring the Parquet table of a job and its partitions into the Glue Data Catalog',
  positionals: [{ name: 'job', describe: 'a name, or the path of a module whose default export is a job' }],
  takesParameters: true,
  options: {
    database: { describe: 'the database of the table; segmentdata by default', value: 'NAME' },
    table: {
      describe:
        'the name of the Parquet table, or of the CSV where there is no table, with or without its database; that of the folder by default',
      value: 'NAME',
    },
    'include-csv': {
      describe: 'bring the CSV into the catalog too, a table of text named after its folder',
      value: undefined,
    },
    policy: {
      describe:
        'what becomes of a table that is not as the job writes it: it gets the columns that are new (the default), the columns of the job, nothing but its partitions; or the command fails',
      value: 'POLICY',
      choices: ['add-columns', 'replace', 'partitions-only', 'fail'],
    },
    'take-over': { describe: 'make a table that others have made the one of this output', value: undefined },
    'no-projection': {
      describe: 'let Athena look the partitions up instead of computing them from the days of a query',
      value: undefined,
    },
    'first-day': {
      describe: 'the first day for which Athena computes partitions; 2012-01-01 in a new table by default',
      value: 'YYYY-MM-DD',
    },
    'dry-run': {
      describe: 'print each call that would change something as a line of JSON, and make none',
      value: undefined,
    },
    'csv-dialect': csvDialect,
    'partition-by': partitionBy,
    state,
  },
  examples: [
    [
      'catalog register segment-to-personalize --S3_JSON_INPUT_PATH s3://logs/segment-logs --S3_CSV_OUTPUT_PATH s3://out/interactions --S3_PARQUET_OUTPUT_PATH s3://out/events',
      'the table segmentdata.events, with the partitions that the last run has left',
    ],
  ],
  load: () => import('../commands/catalog/register.ts'),
}
