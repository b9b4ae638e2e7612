import { authorError } from '@fletching/columns/errors'
import { describeOutputs } from '@fletching/engine'
import { formatSchema, type SchemaColumn, schemaFor } from '@fletching/personalize/avro-schema'
import { avroTypeOf } from '@fletching/personalize/avro-type'
import { type Dataset, type Domain, datasets } from '@fletching/personalize/dataset'
import { parseSchema } from '@fletching/personalize/parse-schema'
import { findJob } from '../../find-job.ts'
import { badOption } from '../../options.ts'
import { givenParams } from '../../params.ts'
import type { ToolCall } from '../../tools.ts'

/** `fletching personalize schema <dataset>`: the schema's text, the same at a terminal and in a file. */
export async function execute(call: ToolCall): Promise<void> {
  const { words, values, out } = call
  const dataset = datasetOf(words.dataset ?? '')
  const domain = (values.domain ?? 'custom') as Domain
  if (values.job !== undefined && values.columns !== undefined) {
    throw badOption('--columns', String(values.columns), 'expected either --columns or --job')
  }
  if (values.job === undefined && values.columns === undefined && schemaFor(dataset, domain).fields.length === 1) {
    throw authorError('MISSING_OPTION', `a schema for ${dataset} needs the columns of your own`, {
      help: [
        `expected --columns ${dataset === 'users' ? 'USER_ID' : 'ITEM_ID'},… in the order of the CSV`,
        `or --job segment-${dataset}-to-personalize, with its parameters, whose places do not matter here`,
      ],
    })
  }
  const columns = values.job === undefined ? givenColumns(values.columns) : await columnsOf(String(values.job), call)
  const text = formatSchema(schemaFor(dataset, domain, columns))
  parseSchema(text, { domain })
  out.write(text)
}

function datasetOf(text: string): Dataset {
  const dataset = datasets.find((name) => name === text)
  if (dataset !== undefined) return dataset
  throw authorError('USAGE', `there is no dataset "${text}"`, { help: `expected one of ${datasets.join(', ')}` })
}

function givenColumns(names: unknown): readonly SchemaColumn[] | undefined {
  return typeof names === 'string' ? names.split(',').map((name) => ({ name: name.trim() })) : undefined
}

async function columnsOf(name: string, call: ToolCall): Promise<readonly SchemaColumn[]> {
  const job = await findJob(name)
  const outputs = describeOutputs(job, await givenParams(job, call))
  const csv = outputs.find(({ format }) => format === 'csv')
  if (csv !== undefined) {
    return csv.schema.fields.map((field) => ({ name: field.name, type: avroTypeOf(field), isNullable: field.nullable }))
  }
  throw authorError('NO_CSV', 'the job writes no CSV, and Personalize imports nothing else', {
    at: `job ${job.name}`,
    help: 'give the columns with --columns, or a job with a writeCsv',
  })
}
