import type { Tool } from '../tools.ts'
import { inputOptionSpecs } from './look-options.ts'

export const count: Tool = {
  words: ['count'],
  describe: 'print how many rows NDJSON, CSV or Parquet has',
  positionals: [{ name: 'location', describe: 'an object, a folder, a glob, or - for standard input' }],
  takesParameters: false,
  options: inputOptionSpecs,
  examples: [['count s3://logs/segment-logs', 'the events of all objects below a folder']],
  load: () => import('../commands/count.ts'),
}
