import { openPersonalizeServer, type PersonalizeServer } from '@fletching/testing/personalize-server'
import { describe, expect, it } from 'vitest'

const NAME = 'arn:aws:personalize:us-east-1:123456789012'
const SCHEMA = { name: 's', schema: '{"fields":[]}' }
const ROLE = 'arn:aws:iam::123456789012:role/import'

/** Asks as the SDK would, but whatever one likes. */
async function ask({ endpoint }: PersonalizeServer, operation: string, input: object) {
  const answer = await fetch(endpoint, {
    method: 'POST',
    headers: { 'x-amz-target': `AmazonPersonalize.${operation}` },
    body: JSON.stringify(input),
  })
  const { __type, ...body } = (await answer.json()) as Record<string, unknown>
  return __type === undefined ? body : `${answer.status} ${String(__type)}`
}

const wrong: readonly (readonly [string, object, string])[] = [
  ['CreateSchema', { ...SCHEMA, Name: 's' }, 'CreateSchema input has Name, which the model does not know'],
  ['CreateSchema', { name: 's' }, 'CreateSchema input lacks schema'],
  ['CreateSchema', { name: 1, schema: '{}' }, 'CreateSchema input.name is 1, not a text'],
  ['ListSchemas', { maxResults: '10' }, 'ListSchemas input.maxResults is "10", not a number'],
  [
    'CreateDatasetImportJob',
    { jobName: 'j', datasetArn: 'd', dataSource: { location: 's3://b/k' } },
    'CreateDatasetImportJob input.dataSource has location, which the model does not know',
  ],
  [
    'CreateDatasetImportJob',
    { jobName: 'j', datasetArn: 'd', dataSource: 's3://b/k' },
    'CreateDatasetImportJob input.dataSource is no structure',
  ],
  [
    'CreateDatasetImportJob',
    { jobName: 'j', datasetArn: 'd', dataSource: {}, publishAttributionMetricsToS3: 'yes' },
    'CreateDatasetImportJob input.publishAttributionMetricsToS3 is "yes", not true or false',
  ],
  ['CreateDatasetGroup', { name: 'g', tags: {} }, 'CreateDatasetGroup input.tags is no list'],
  ['CreateDatasetGroup', { name: 'g', tags: [{ tagKey: 'a' }] }, 'CreateDatasetGroup input.tags[0] lacks tagValue'],
  ['CreateDatasetGroups', { name: 'g' }, 'CreateDatasetGroups is not known here'],
]

describe('openPersonalizeServer', () => {
  it.each(wrong)('fails at its end after %s of %j', async (operation, input, what) => {
    const server = await openPersonalizeServer()
    expect(await ask(server, operation, input)).toMatch(/^400 (ValidationException|UnknownOperationException)$/)
    await expect(server.close()).rejects.toThrow(`not as Personalize has it:\n${what}`)
  })

  it('fails at its end after an answer of its own that is none', async () => {
    const server = await openPersonalizeServer()
    server.account.add('schema', 's', 's', { ...SCHEMA, schema: 7 })
    await ask(server, 'DescribeSchema', { schemaArn: `${NAME}:schema/s` })
    await expect(server.close()).rejects.toThrow(
      'not as Personalize has it:\nDescribeSchema output.schema.schema is 7, not a text',
    )
  })

  it('refuses what Personalize refuses', async () => {
    const server = await openPersonalizeServer({ pendingRequests: 0, progressRequests: 0 })
    const dataset = (more: object = {}) => ({
      name: 'd',
      schemaArn: `${NAME}:schema/s`,
      datasetGroupArn: `${NAME}:dataset-group/g`,
      datasetType: 'Interactions',
      ...more,
    })
    const job = (jobName: string, more: object = {}) => ({
      jobName,
      datasetArn: `${NAME}:dataset/g/INTERACTIONS`,
      dataSource: { dataLocation: 's3://b/k.csv' },
      roleArn: ROLE,
      ...more,
    })
    const steps: readonly (readonly [string, object, unknown])[] = [
      ['CreateSchema', SCHEMA, { schemaArn: `${NAME}:schema/s` }],
      ['CreateSchema', SCHEMA, '400 ResourceAlreadyExistsException'],
      ['CreateSchema', { ...SCHEMA, name: '-s' }, '400 InvalidInputException'],
      ['CreateSchema', { ...SCHEMA, name: 't', schema: 'fields' }, '400 InvalidInputException'],
      ['CreateSchema', { ...SCHEMA, name: 't', domain: 'SHOP' }, '400 InvalidInputException'],
      ['CreateDataset', dataset(), '400 ResourceNotFoundException'],
      ['CreateDatasetGroup', { name: 'g' }, { datasetGroupArn: `${NAME}:dataset-group/g` }],
      ['CreateDatasetGroup', { name: 'g' }, '400 ResourceAlreadyExistsException'],
      ['CreateDataset', dataset({ datasetType: 'Baskets' }), '400 InvalidInputException'],
      ['CreateDataset', dataset(), { datasetArn: `${NAME}:dataset/g/INTERACTIONS` }],
      ['CreateDataset', dataset({ name: 'e' }), '400 ResourceAlreadyExistsException'],
      [
        'CreateDatasetGroup',
        { name: 'v', domain: 'VIDEO_ON_DEMAND' },
        { datasetGroupArn: `${NAME}:dataset-group/v`, domain: 'VIDEO_ON_DEMAND' },
      ],
      ['CreateDataset', dataset({ datasetGroupArn: `${NAME}:dataset-group/v` }), '400 InvalidInputException'],
      ['CreateDatasetImportJob', job('j', { importMode: 'INCREMENTAL' }), '400 InvalidInputException'],
      ['CreateDatasetImportJob', job('j', { importMode: 'ALL' }), '400 InvalidInputException'],
      ['CreateDatasetImportJob', job('j', { roleArn: 'import' }), '400 InvalidInputException'],
      ['CreateDatasetImportJob', job('j', { dataSource: { dataLocation: '/k' } }), '400 InvalidInputException'],
      ['CreateDatasetImportJob', job('j'), { datasetImportJobArn: `${NAME}:dataset-import-job/j` }],
      ['CreateDatasetImportJob', job('j'), '400 ResourceAlreadyExistsException'],
      [
        'CreateDatasetImportJob',
        job('k', { importMode: 'INCREMENTAL' }),
        { datasetImportJobArn: `${NAME}:dataset-import-job/k` },
      ],
      ['ListSchemas', { nextToken: 'x' }, '400 InvalidNextTokenException'],
      ['DescribeDatasetImportJob', { datasetImportJobArn: 'x' }, '400 ResourceNotFoundException'],
    ]
    for (const [operation, input, answer] of steps)
      expect([operation, await ask(server, operation, input)]).toEqual([operation, answer])
    await server.close()
  })

  it('lets things wait for one another, five imports at once', async () => {
    const server = await openPersonalizeServer({ pendingRequests: 1, progressRequests: 1 })
    await ask(server, 'CreateSchema', SCHEMA)
    await ask(server, 'CreateDatasetGroup', { name: 'g' })
    const dataset = {
      name: 'd',
      schemaArn: `${NAME}:schema/s`,
      datasetGroupArn: `${NAME}:dataset-group/g`,
      datasetType: 'Users',
    }
    const states = [await ask(server, 'CreateDataset', dataset), await ask(server, 'CreateDataset', dataset)]
    expect([...states, await ask(server, 'CreateDataset', dataset)]).toEqual([
      '400 ResourceInUseException',
      '400 ResourceInUseException',
      { datasetArn: `${NAME}:dataset/g/USERS` },
    ])
    const job = (jobName: string) =>
      ask(server, 'CreateDatasetImportJob', {
        jobName,
        datasetArn: `${NAME}:dataset/g/USERS`,
        dataSource: { dataLocation: 's3://b/k.csv' },
        roleArn: ROLE,
      })
    expect([await job('j'), await job('j')]).toEqual(Array(2).fill('400 ResourceInUseException'))
    for (let other = 0; other < 5; other++)
      server.account.add('dataset-import-job', `o${other}`, `o${other}`, {}).status = 'CREATE PENDING'
    expect(await job('j')).toBe('400 LimitExceededException')
    server.account.resources.forEach((resource) => {
      if (resource.name === 'o0') resource.status = 'ACTIVE'
    })
    expect(await job('j')).toEqual({ datasetImportJobArn: `${NAME}:dataset-import-job/j` })
    await server.close()
  })
})
