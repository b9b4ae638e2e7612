import type { Tool } from '../tools.ts'
import { domainOption } from './personalize-options.ts'

export const personalizeCheck: Tool = {
  words: ['personalize', 'check'],
  describe: 'look at an Avro schema as Personalize would',
  positionals: [{ name: 'schema', describe: 'the schema: a file or an s3:// address' }],
  takesParameters: false,
  options: { domain: domainOption },
  examples: [['personalize check interactions.avsc', 'names every field that would be refused, and why']],
  load: () => import('../commands/personalize/check.ts'),
}
