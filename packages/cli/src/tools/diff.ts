import { runOptionSpecs } from '../option-specs.ts'
import type { Tool } from '../tools.ts'

export const diff: Tool = {
  words: ['diff'],
  describe: 'compare the rows of two outputs, CSV in any dialect or Parquet, whatever their order',
  positionals: [
    { name: 'a', describe: 'an object, a folder or a glob, local or s3://' },
    { name: 'b', describe: 'what it is compared with' },
  ],
  takesParameters: false,
  options: {
    key: {
      describe: 'columns that tell which row of A is which of B, with commas between; then changed rows are told',
      value: 'COLUMNS',
    },
    format: {
      describe: 'what is printed: text, the default at a terminal, or one JSON object',
      value: 'FORMAT',
      choices: ['text', 'json'],
    },
    limit: { describe: 'print so many rows of each kind; 20 by default', value: 'N' },
    'csv-escape': {
      describe: 'what stands before a quote within a quoted field of a CSV; found out by default, for each of the two',
      value: 'CHARACTER',
      choices: ['quote', 'backslash'],
    },
    exclude: runOptionSpecs.exclude,
    tmp: runOptionSpecs.tmp,
  },
  examples: [
    ['diff s3://acme-glue/out/ s3://acme-out/csv/', 'ends with 0 where both hold the same rows, with 3 where not'],
    ['diff before.csv after.csv --key USER_ID,ITEM_ID', 'also which columns of a row have changed'],
  ],
  load: () => import('../commands/diff.ts'),
}
