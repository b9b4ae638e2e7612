import type { Tool } from '../tools.ts'
import { format, inputOptionSpecs } from './look-options.ts'

export const schema: Tool = {
  words: ['schema'],
  describe: 'print the columns of NDJSON, CSV or Parquet, with their types; schema infer writes them down for a job',
  positionals: [{ name: 'location', describe: 'an object, a folder, a glob, or - for standard input' }],
  takesParameters: false,
  options: { format, ...inputOptionSpecs },
  examples: [
    ['schema s3://logs/segment-logs', 'every path of the events, the types that were seen there, and how often'],
    ['schema out/table', 'of a Parquet table, of which only the ends of the files are read'],
  ],
  load: () => import('../commands/schema.ts'),
}
