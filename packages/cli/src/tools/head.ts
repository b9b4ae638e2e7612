import type { Tool } from '../tools.ts'
import { format, inputOptionSpecs } from './look-options.ts'

export const head: Tool = {
  words: ['head'],
  describe: 'print the first rows of NDJSON, CSV or Parquet',
  positionals: [{ name: 'location', describe: 'an object, a folder, a glob, or - for standard input' }],
  takesParameters: false,
  options: {
    rows: { describe: 'so many; 10 by default', value: 'N' },
    format,
    ...inputOptionSpecs,
  },
  examples: [
    ['head s3://logs/segment-logs', 'the first ten events, as JSON into a file and as a table at a terminal'],
    ['head out/table --rows 50 --format csv', 'of a Parquet table'],
  ],
  load: () => import('../commands/head.ts'),
}
