import { runOptionSpecs } from '../option-specs.ts'
import type { Tool } from '../tools.ts'
import { inputOptionSpecs } from './look-options.ts'

export const profile: Tool = {
  words: ['profile'],
  describe: 'write a report on the outputs of the last run of a job, or on files, as one HTML file and as JSON',
  positionals: [
    {
      name: 'what',
      describe: 'a job, a name or the path of a module; or an object, a folder or a glob of CSV or Parquet',
      isOptional: true,
    },
  ],
  takesParameters: true,
  options: {
    to: {
      describe: 'where the report goes, local or s3://; profile.html by default, and none where --json is given alone',
      value: 'LOCATION',
    },
    json: { describe: 'where the same goes as JSON, local or s3://, or - for standard output', value: 'LOCATION' },
    force: { describe: 'write over a file that is no profile of ours', value: undefined },
    job: { describe: 'the job where no word says what; its parameters say whose run', value: 'JOB' },
    ...inputOptionSpecs,
    'partition-by': runOptionSpecs['partition-by'],
    state: runOptionSpecs.state,
  },
  examples: [
    [
      'profile segment-to-personalize --S3_JSON_INPUT_PATH data/events --S3_CSV_OUTPUT_PATH out/interactions',
      'the last run with these parameters, in profile.html',
    ],
    ['profile s3://acme-out/interactions/ --to s3://acme-reports/interactions.html', 'files of any origin'],
  ],
  load: () => import('../commands/profile.ts'),
}
