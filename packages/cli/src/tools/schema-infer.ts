import { runOptionSpecs } from '../option-specs.ts'
import type { Tool } from '../tools.ts'

export const schemaInfer: Tool = {
  words: ['schema', 'infer'],
  describe: 'find the types of events, and print the schema file by which a job reads them',
  positionals: [
    { name: 'location', describe: 'NDJSON: an object, a folder, a glob, or - for standard input' },
    { name: 'more', describe: 'further ones, for the same schema', isOptional: true, repeats: true },
  ],
  takesParameters: false,
  options: {
    to: { describe: 'write the schema file there instead of printing it', value: 'LOCATION' },
    into: {
      describe: 'add what is new to the schema file there, as the contracts of its fields allow; it is only read',
      value: 'LOCATION',
    },
    evidence: {
      describe: 'write down what was seen at every path, how often and where first, and what was made of it',
      value: 'LOCATION',
    },
    name: { describe: 'the name of the schema; events by default, with --into that of the file', value: 'NAME' },
    'max-fields': {
      describe: 'of more fields in all, the objects with the most become JSON text; 1000 by default',
      value: 'N',
    },
    'max-object-fields': {
      describe: 'objects with more different keys become JSON text; 200 by default',
      value: 'N',
    },
    'max-struct-depth': { describe: 'what is nested deeper becomes JSON text; 16 by default, 255 at most', value: 'N' },
    'max-line-bytes': runOptionSpecs['max-line-bytes'],
    'max-depth': runOptionSpecs['max-depth'],
    'max-rows': { describe: 'read so many events; all by default', value: 'N' },
    'max-files': { describe: 'read so many objects; all by default', value: 'N' },
    exclude: runOptionSpecs.exclude,
  },
  examples: [
    ['schema infer s3://logs/segment-logs > logs.schema.json', 'the schema of all events below a folder'],
    [
      'schema infer s3://logs/segment-logs --into logs.schema.json --to logs.schema.json',
      'what is new is added to it, and told of',
    ],
  ],
  load: () => import('../commands/schema-infer.ts'),
}
