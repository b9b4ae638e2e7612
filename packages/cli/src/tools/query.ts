import { runOptionSpecs } from '../option-specs.ts'
import type { Tool } from '../tools.ts'
import { format, inputOptionSpecs } from './look-options.ts'

export const query: Tool = {
  words: ['query'],
  describe: 'answer SQL over the outputs of the last run of a job, its input, and other files',
  positionals: [{ name: 'sql', describe: 'one SELECT, as DuckDB understands it' }],
  takesParameters: true,
  options: {
    job: {
      describe:
        "give the outputs of the last run of this job as tables named after their folders, and its input as segment_logs; the job's parameters say whose run",
      value: 'JOB',
    },
    table: {
      describe: 'give what lies at a location as a table of this name; may be repeated',
      value: 'NAME=LOCATION',
      repeats: true,
    },
    database: { describe: 'the schema in which the tables stand; segmentdata by default', value: 'NAME' },
    format,
    ...inputOptionSpecs,
    'partition-by': runOptionSpecs['partition-by'],
    state: runOptionSpecs.state,
    tmp: { describe: 'a folder for what comes from S3 and for what has no room in memory', value: 'FOLDER' },
    'show-data': runOptionSpecs['show-data'],
  },
  examples: [
    [
      'query \'SELECT * FROM "segmentdata"."transformed" LIMIT 50\' --job segment-to-personalize --S3_JSON_INPUT_PATH data/events --S3_CSV_OUTPUT_PATH out/transformed',
      'rows of the CSV of the last run',
    ],
    ["query 'SELECT count(*) FROM raw' --table raw=s3://logs/segment-logs", 'of no job'],
  ],
  load: () => import('../commands/query.ts'),
}
