import type { Tool } from '../tools.ts'
import { datasetChoices, domainOption } from './personalize-options.ts'

export const personalizeSchema: Tool = {
  words: ['personalize', 'schema'],
  describe: 'print the Avro schema for a dataset, or for what a job writes',
  positionals: [{ name: 'dataset', describe: `what is imported: ${datasetChoices.join(', ')}` }],
  takesParameters: true,
  options: {
    domain: domainOption,
    columns: {
      describe: 'the columns of the CSV in order, with commas between; without them the ones that Personalize needs',
      value: 'NAMES',
    },
    job: { describe: "take the columns and their types from this job's CSV", value: 'JOB' },
  },
  examples: [
    ['personalize schema interactions > interactions.avsc', 'the schema that segment-to-personalize writes for'],
    ['personalize schema users --columns USER_ID,AGE,GENDER', 'columns of your own become categorical texts'],
  ],
  load: () => import('../commands/personalize/schema.ts'),
}
