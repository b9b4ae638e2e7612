import type { Tool } from '../tools.ts'
import { datasetChoices, domainOption } from './personalize-options.ts'

export const personalizePreflight: Tool = {
  words: ['personalize', 'preflight'],
  describe: 'look at a CSV, or at all files of a folder, as an import by Personalize would',
  positionals: [{ name: 'location', describe: 'the CSV or the folder that is imported, local or s3://' }],
  takesParameters: false,
  options: {
    dataset: { describe: 'what is imported; interactions by default', value: 'DATASET', choices: datasetChoices },
    domain: domainOption,
    schema: {
      describe: 'the Avro schema of the dataset, a file or an s3:// address; made of the header by default',
      value: 'LOCATION',
    },
    mode: {
      describe: 'how it is imported: full, the default, or incremental',
      value: 'MODE',
      choices: ['full', 'incremental'],
    },
  },
  examples: [
    ['personalize preflight s3://acme-out/interactions/', 'ends with 3 where the import or the training would fail'],
    [
      'personalize preflight out/csv --schema interactions.avsc --domain ecommerce',
      'also names, order and types of the columns, and the events that the domain wants',
    ],
  ],
  load: () => import('../commands/personalize/preflight.ts'),
}
