import type { Tool } from '../tools.ts'
import { datasetChoices, domainOption } from './personalize-options.ts'

export const personalizeImport: Tool = {
  words: ['personalize', 'import'],
  describe: 'import a CSV in S3 into a dataset, and wait until it is done; goes on where an earlier start stopped',
  positionals: [],
  takesParameters: false,
  options: {
    from: { describe: 'the CSV in S3, or the folder that holds nothing else', value: 'LOCATION' },
    'dataset-group': { describe: 'of the dataset; made if there is none of that name', value: 'NAME' },
    role: { describe: 'the role with which Personalize reads the CSV', value: 'ARN' },
    schema: {
      describe:
        'the Avro schema of the dataset, a file or an s3:// address; by default that which it has, or of a new one that of the header of the CSV',
      value: 'LOCATION',
    },
    dataset: {
      describe: 'what the CSV holds; interactions by default',
      value: 'TYPE',
      choices: datasetChoices,
    },
    domain: {
      ...domainOption,
      describe: 'the domain of the dataset group; by default that of a group which is there, and custom of a new one',
    },
    mode: {
      describe:
        'full replaces what earlier imports brought, incremental adds to it; auto (the default) takes what the dataset and the CSV ask for, and says why',
      value: 'MODE',
      choices: ['auto', 'full', 'incremental'],
    },
    'dry-run': {
      describe: 'print each request that would change something, as a JSON line, and make none of them',
      value: undefined,
    },
    timeout: {
      describe: 'stop waiting after so long, such as 90s, 30m or 6h; without end by default',
      value: 'DURATION',
    },
  },
  examples: [
    [
      'personalize import --from s3://my-exports/interactions --dataset-group shop --role arn:aws:iam::123456789012:role/import',
      'a CSV that a run wrote into the dataset group shop, which is made if need be',
    ],
  ],
  load: () => import('../commands/personalize/import.ts'),
}
