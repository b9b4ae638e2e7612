import { csvDialects } from '@fletching/plan'
import { type OptionSpec, type OptionSpecs, runOptionSpecs } from '../option-specs.ts'

const csvDialect: OptionSpec = {
  describe:
    'how a CSV is quoted that is read; personalize by default, which also reads a doubled quote; rfc4180 or glue where a backslash is but a character',
  value: 'DIALECT',
  choices: csvDialects,
}

export const format: OptionSpec = {
  describe: 'how rows are printed: as a table, the default at a terminal, as CSV, or as a JSON object a line',
  value: 'FORMAT',
  choices: ['table', 'csv', 'json'],
}

/** How input is read by every command that looks at data. */
export const inputOptionSpecs: OptionSpecs = { exclude: runOptionSpecs.exclude, 'csv-dialect': csvDialect }
