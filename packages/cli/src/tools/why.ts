import { runOptionSpecs } from '../option-specs.ts'
import type { Tool } from '../tools.ts'

const { exclude, from, to } = runOptionSpecs

export const why: Tool = {
  words: ['why'],
  describe: 'tell the way of one event through a job: the row that came out of it, or why there is none',
  positionals: [{ name: 'messageId', describe: 'of the event, exactly as it stands in the log' }],
  takesParameters: true,
  options: {
    job: {
      describe: 'the job, a name or a path; segment-to-personalize by default',
      value: 'JOB',
    },
    exclude,
    from,
    to,
    'csv-dialect': runOptionSpecs['csv-dialect'],
    'partition-by': runOptionSpecs['partition-by'],
    'max-line-bytes': runOptionSpecs['max-line-bytes'],
    'max-depth': runOptionSpecs['max-depth'],
  },
  examples: [
    [
      'why ajs-6bf3a1 --S3_JSON_INPUT_PATH s3://logs/segment-logs --S3_CSV_OUTPUT_PATH s3://out/interactions',
      'with the parameters of the run; nothing is written',
    ],
  ],
  load: () => import('../commands/why.ts'),
}
