/* What `--help` says of the commands that are no tools: how they are called, examples, and what is the same for many. */

export const PARAMETERS_EPILOGUE =
  'A parameter of the job is written in capitals, as --NAME value or --NAME=value, and is read from the environment when it is absent; fletching list shows the parameters of the built-in jobs, and fletching list <job> those of any job.'

export const EXPLAIN_USAGE = 'Usage: fletching explain <job> [--PARAMETER value …] [--analyze [options]]'

export const EXPLAIN_EPILOGUE = [
  PARAMETERS_EPILOGUE,
  'The options other than --analyze are those of run, and need it: the plan alone depends on none of them.',
].join('\n\n')

export const RUN_USAGE = 'Usage: fletching run <job> [--PARAMETER value …] [options]'

export const RUN_EXAMPLES: [string, string][] = [
  [
    '$0 run segment-to-personalize --S3_JSON_INPUT_PATH s3://logs/segment-logs --S3_CSV_OUTPUT_PATH s3://out/interactions',
    'events in a bucket to a CSV in a bucket',
  ],
  [
    '$0 run segment-to-personalize --S3_JSON_INPUT_PATH data/events --S3_CSV_OUTPUT_PATH out/csv --S3_PARQUET_OUTPUT_PATH out/table --on-malformed quarantine',
    'local files; a table as well; lines that are not JSON are set apart',
  ],
  [
    'S3_JSON_INPUT_PATH=data/events S3_CSV_OUTPUT_PATH=out/csv FLETCHING_JOB=segment-to-personalize $0',
    'all of it from the environment',
  ],
]

export const EXIT_CODES_HELP =
  'Exit codes: 0 done, 2 the command or the job must change, 3 the data, 4 access, network or disk, 70 a bug, 130 and 143 signals.'

export const RUN_EPILOGUE = [
  PARAMETERS_EPILOGUE,
  'An option is read from FLETCHING_<OPTION> when it is absent, as in FLETCHING_ON_EMPTY=header.',
  EXIT_CODES_HELP,
].join('\n\n')

export const BOOKMARK_HELP =
  'show the runs that the bookmark knows; forget them all; forget those behind a run; or take all that is in the input now for read'

export const BOOKMARK_USAGE =
  'Usage: fletching bookmark <show|reset|rewind|set-to-now> <job> [run] [--PARAMETER value …] [options]'

export const BOOKMARK_EXAMPLES: [string, string][] = [
  [
    '$0 bookmark show segment-to-personalize --S3_JSON_INPUT_PATH s3://logs/segment-logs --S3_CSV_OUTPUT_PATH s3://out/interactions',
    'the runs that have read objects, with how many; the parameters say whose bookmark it is',
  ],
  [
    '$0 bookmark rewind segment-to-personalize 20190518T201305Z-5f0cb1d2e3a4 --S3_JSON_INPUT_PATH data/events --S3_CSV_OUTPUT_PATH out/csv --S3_PARQUET_OUTPUT_PATH out/table --outputs remove',
    'what runs after that one have read is new again; their files of the table are removed',
  ],
  [
    '$0 bookmark reset segment-to-personalize --S3_JSON_INPUT_PATH data/events --S3_CSV_OUTPUT_PATH out/csv --S3_PARQUET_OUTPUT_PATH out/table --outputs remove',
    'the next run reads the whole input, and what earlier runs wrote to the table is removed',
  ],
]

export const BOOKMARK_EPILOGUE = [
  PARAMETERS_EPILOGUE,
  'An option is read from FLETCHING_<OPTION> when it is absent, as in FLETCHING_STATE=s3://out/state.',
  EXIT_CODES_HELP,
].join('\n\n')

export const GEN_USAGE = 'Usage: fletching gen --to LOCATION [options]'

export const GEN_EXAMPLES: [string, string][] = [
  ['$0 gen --to data --bytes 50MB --seed 7', 'the same seed gives the same events'],
  [
    '$0 gen --to s3://logs --bytes 1GB --days 7 --traps 0.02 --malformed',
    'a week of events with two lines in a hundred that are hard to read',
  ],
]
