import { type Fault, failed, type Rule, throttled } from '@fletching/testing/personalize-server'
import { describe, expect, it } from 'vitest'
import { resourceName } from '../src/import/names.ts'
import type { Call, ImportOptions, ImportProgress } from '../src/import.ts'
import { CSV, csvOf, ROLE, SCHEMA, withEnds } from './import-ends.ts'

const REFUSED = (code: string, message?: string): Fault => ({
  kind: 'error',
  status: 400,
  code,
  ...(message === undefined ? {} : { message }),
})

describe('importDataset', () => {
  it('looks for all, makes what is missing, in order, and waits for each', () =>
    withEnds({}, async ({ personalize, run }) => {
      const progress: string[] = []
      const done = await run({ onProgress: ({ kind, name, status }) => progress.push(`${kind} ${name}: ${status}`) })
      const [job] = personalize.names('dataset-import-job')
      expect(job).toMatch(/^shop-interactions-[0-9a-f]{12}$/)
      expect(done).toEqual({
        group: 'shop',
        dataset: 'interactions',
        job,
        jobArn: `arn:aws:personalize:us-east-1:123456789012:dataset-import-job/${job}`,
        mode: 'FULL',
        wasThere: false,
        isReplaced: false,
      })
      expect(personalize.requests.map(({ operation }) => operation)).toEqual([
        'ListDatasetGroups',
        'ListSchemas',
        'CreateSchema',
        'CreateDatasetGroup',
        ...Array(3).fill('DescribeDatasetGroup'),
        'CreateDataset',
        ...Array(3).fill('DescribeDataset'),
        'CreateDatasetImportJob',
        ...Array(3).fill('DescribeDatasetImportJob'),
      ])
      const states = ['CREATE PENDING', 'CREATE IN_PROGRESS', 'ACTIVE']
      expect(progress).toEqual(
        ['dataset group shop', 'dataset interactions', `dataset import job ${job}`].flatMap((what) =>
          states.map((state) => `${what}: ${state}`),
        ),
      )
      const made = personalize.requests.filter(({ operation }) => operation.startsWith('Create'))
      const [schema] = personalize.names('schema')
      expect(schema).toMatch(/^shop-interactions-[0-9a-f]{12}$/)
      const arn = (path: string) => `arn:aws:personalize:us-east-1:123456789012:${path}`
      expect(made.map(({ input }) => input)).toEqual([
        { name: schema, schema: SCHEMA },
        { name: 'shop' },
        {
          name: 'shop-interactions',
          schemaArn: arn(`schema/${schema}`),
          datasetGroupArn: arn('dataset-group/shop'),
          datasetType: 'Interactions',
        },
        {
          jobName: job,
          datasetArn: arn('dataset/shop/INTERACTIONS'),
          dataSource: { dataLocation: 's3://exports/interactions/part-00000.csv' },
          roleArn: ROLE,
          importMode: 'FULL',
        },
      ])
    }))

  it('finds everything again, over all pages of every list', () =>
    withEnds({ pageSize: 1 }, async ({ personalize, run }) => {
      for (const name of ['a', 'b', 'c']) {
        personalize.account.add('dataset-group', name, name, { name })
        personalize.account.add('schema', name, name, { name, schema: SCHEMA })
      }
      await run()
      // The layout of a schema is not what it says.
      const again = await run({ schema: JSON.stringify(JSON.parse(SCHEMA), undefined, 2) })
      expect(again).toMatchObject({ wasThere: true, mode: 'FULL' })
      expect(personalize.names('dataset-import-job')).toHaveLength(1)
      expect(personalize.names('schema')).toHaveLength(4)
    }))

  it('imports a folder of CSVs, and a domain', () =>
    withEnds({}, async ({ s3, personalize, run }) => {
      s3.put('exports', 'items/a.csv', Buffer.from('ITEM_ID,PRICE,CATEGORY_L1,COLOUR\r\ni1,1.5,shoes,red\r\n'))
      s3.put('exports', 'items/b.csv', Buffer.from('ITEM_ID,PRICE,CATEGORY_L1,COLOUR\r\ni2,2,shoes,\r\n'))
      const from = { scheme: 's3', bucket: 'exports', key: 'items' } as const
      await run({ from, dataset: 'items', domain: 'ecommerce', schema: undefined })
      const { input } = personalize.requests.find(({ operation }) => operation === 'CreateDatasetImportJob') ?? {}
      expect(input?.dataSource).toEqual({ dataLocation: 's3://exports/items/' })
      const schema = personalize.requests.find(({ operation }) => operation === 'CreateSchema')?.input.schema
      expect(JSON.parse(String(schema)).fields).toEqual([
        { name: 'ITEM_ID', type: 'string' },
        { name: 'PRICE', type: 'float' },
        { name: 'CATEGORY_L1', type: 'string', categorical: true },
        { name: 'COLOUR', type: ['null', 'string'], categorical: true },
      ])
      // A dataset keeps its schema, whatever the header is.
      s3.put('exports', 'items/a.csv', Buffer.from('ITEM_ID,COLOUR\ni1,red\n'))
      await run({ from, dataset: 'items', schema: undefined, mode: 'full' })
      expect(personalize.account.resources.map(({ input }) => input.domain)).toEqual([
        'ECOMMERCE',
        'ECOMMERCE',
        ...Array(3).fill(undefined),
      ])
      // A group keeps its domain.
      await run({ from: CSV, dataset: 'interactions' })
      expect(personalize.names('dataset')).toEqual(['shop-items', 'shop-interactions'])
    }))

  it('makes a new job of a new CSV, and of the same again after a failure or a later full import', () =>
    withEnds(
      { failures: ['Insufficient privileges for accessing data in Amazon S3'] },
      async ({ s3, personalize, run }) => {
        await expect(run()).rejects.toThrow('IMPORT_FAILED')
        const second = await run()
        expect(second?.job).toMatch(/^shop-interactions-[0-9a-f]{12}-2$/)
        s3.put('exports', CSV.key, csvOf(1001))
        const other = await run({ mode: 'full' })
        expect(other?.job).not.toContain(second?.job.slice(0, -2))
        s3.put('exports', CSV.key, csvOf(1000))
        const third = await run({ mode: 'full' })
        expect(third?.job).toBe(second?.job.replace(/-2$/, '-3'))
        expect(await run({ mode: 'full' })).toMatchObject({ job: third?.job, wasThere: true })
        // Another way to import is another import.
        expect(await run({ mode: 'incremental' })).toMatchObject({
          job: second?.job.replace(/-2$/, '-4'),
          wasThere: false,
        })
        expect(await run()).toMatchObject({ wasThere: true })
        expect(personalize.names('dataset-import-job')).toHaveLength(5)
      },
    ))

  it('waits for a free place when five imports are under way', () =>
    withEnds({}, async ({ personalize, run }) => {
      const told: ImportProgress[] = []
      const busy = Array.from({ length: 5 }, (_, job) =>
        personalize.account.add('dataset-import-job', `other-${job}`, `other-${job}`, {}),
      )
      for (const job of busy) job.status = 'CREATE PENDING'
      const onProgress = (progress: ImportProgress) => {
        told.push(progress)
        if (told.filter(({ status }) => status === 'NO PLACE').length === 3) busy[2].status = 'ACTIVE'
      }
      expect(await run({ onProgress })).toMatchObject({ wasThere: false })
      expect(told.filter(({ status }) => status === 'NO PLACE')).toHaveLength(3)
      expect(personalize.names('dataset-import-job')).toHaveLength(6)
    }))

  it('tells when the CSV was replaced meanwhile', () =>
    withEnds({}, async ({ s3, run }) => {
      const onProgress = ({ kind }: ImportProgress) => {
        if (kind === 'dataset import job') s3.put('exports', CSV.key, csvOf(1002))
      }
      expect(await run({ onProgress })).toMatchObject({ isReplaced: true })
    }))

  it('prints what it would do, and does nothing', () =>
    withEnds({}, async ({ personalize, run }) => {
      const calls: Call[] = []
      expect(await run({ onDryCall: (call) => calls.push(call) })).toBeUndefined()
      expect(calls.map(({ call }) => call)).toEqual([
        'CreateSchema',
        'CreateDatasetGroup',
        'CreateDataset',
        'CreateDatasetImportJob',
      ])
      expect(calls[2].input).toMatchObject({ datasetGroupArn: 'ARN of dataset group shop' })
      expect(personalize.account.resources).toEqual([])
      await run()
      const requests = personalize.requests.length
      calls.length = 0
      expect(await run({ onDryCall: (call) => calls.push(call) })).toBeUndefined()
      expect(calls).toEqual([])
      expect(personalize.requests.slice(requests).every(({ operation }) => !operation.startsWith('Create'))).toBe(true)
    }))

  it('takes for its own what another start has made meanwhile', () =>
    withEnds({}, async ({ personalize, run }) => {
      const [one, two] = await Promise.all([run(), run()])
      expect(one?.job).toBe(two?.job)
      expect(personalize.names('dataset-import-job')).toHaveLength(1)
      expect(personalize.account.resources).toHaveLength(4)
    }))

  it('gives an import another number where its name is that of a dataset which is gone', () =>
    withEnds({}, async ({ personalize, run }) => {
      const first = await run()
      // As after deleting and making the dataset anew; jobs stay.
      const job = personalize.account.resources.find(({ name }) => name === first?.job)
      if (job !== undefined) Object.assign(job, { input: { ...job.input, datasetArn: 'gone' } })
      expect(await run()).toMatchObject({ job: `${first?.job}-2`, wasThere: false })
    }))
})

interface Refused {
  readonly faults?: readonly Rule[]
  readonly failures?: readonly string[]
  readonly records?: number
  readonly options?: Partial<ImportOptions>
  readonly message: string
}

const JOB = resourceName('shop', 'interactions', '').replace(/[0-9a-f]{12}$/, 'DIGEST')
const refusals: Readonly<Record<string, Refused>> = {
  'a name that cannot be': {
    options: { group: 'my shop' },
    message: `BAD_RESOURCE_NAME: "my shop" cannot be the name of a dataset group
  expected at most 63 letters, digits, hyphens and underscores, a letter or a digit first`,
  },
  'a CSV of this machine': {
    options: { from: { scheme: 'file', path: '/data/out.csv' } },
    message: `NOT_IN_S3: Personalize reads from S3 alone
  at /data/out.csv
  let the job write to s3://, or copy the CSV there`,
  },
  'an address that is too long': {
    options: { from: { scheme: 's3', bucket: 'exports', key: `${'a'.repeat(250)}.csv` } },
    message: `LOCATION_TOO_LONG: the address of the CSV has 267 characters, and an import takes 256
  at s3://exports/${'a'.repeat(250)}.csv
  write it to a shorter one`,
  },
  'no CSV': {
    options: { from: { scheme: 's3', bucket: 'exports', key: 'other/' } },
    message: `NO_CSV: there is no CSV
  at s3://exports/other/
  run the job that writes it first`,
  },
  'a schema that is none': {
    options: { schema: 'USER_ID,ITEM_ID' },
    message: `SCHEMA_REFUSED: Personalize would refuse the schema
  at SCHEMA_NOT_JSON: the schema is not JSON
  write it with \`fletching personalize schema\``,
  },
  'a schema of other columns': {
    options: { schema: SCHEMA.replace('"long"', '"int"').replace('"string"', '["null","string"]') },
    message: `SCHEMA_REFUSED: Personalize would refuse the schema
  at FIELD_NULLABLE: a required field may be null, or a field is nothing but null (USER_ID)
  at RESERVED_TYPE: a field whose name Personalize knows has another type (TIMESTAMP)
  a required field has one type; null stands in a union with another type, as in ["null", "string"]
  USER_ID, ITEM_ID, EVENT_TYPE: string; TIMESTAMP, CREATION_TIMESTAMP: long; EVENT_VALUE, PRICE: float; IMPRESSION, RECOMMENDATION_ID, EVENT_ATTRIBUTION_SOURCE: string`,
  },
  'a schema of another dataset': {
    options: { dataset: 'users' },
    message: `SCHEMA_REFUSED: the schema is one of Interactions, and the dataset one of users
  give the schema of users, or --dataset`,
  },
  'a domain that needs other columns': {
    options: { domain: 'ecommerce', schema: SCHEMA.replace(',{"name":"EVENT_TYPE","type":"string"}', '') },
    message: `SCHEMA_REFUSED: Personalize would refuse the schema
  at DOMAIN_FIELD: a field that the domain requires is missing (EVENT_TYPE)
  add it to the schema, and to the data`,
  },
  'a header that is none': {
    options: { schema: undefined, dataset: 'users', from: { scheme: 's3', bucket: 'exports', key: 'quoted.csv' } },
    message: `BAD_HEADER: the header of the CSV lacks USER_ID
  at s3://exports/quoted.csv
  expected the names of the columns in the first line, without quotes and a byte order mark, such as USER_ID,ITEM_ID,TIMESTAMP
  fletching personalize preflight LOCATION tells what else Personalize would refuse`,
  },
  'a CSV of one line': {
    options: { schema: undefined, dataset: 'users', from: { scheme: 's3', bucket: 'exports', key: 'empty.csv' } },
    message: `BAD_HEADER: the CSV has no header with records below it
  at s3://exports/empty.csv
  expected the names of the columns in the first line, without quotes and a byte order mark, such as USER_ID,ITEM_ID,TIMESTAMP
  fletching personalize preflight LOCATION tells what else Personalize would refuse`,
  },
  'a name of a column that cannot be': {
    options: { schema: undefined, dataset: 'users', from: { scheme: 's3', bucket: 'exports', key: 'odd.csv' } },
    message: `BAD_HEADER: name 2 of the header has more than letters, digits and underscores
  at s3://exports/odd.csv
  expected the names of the columns in the first line, without quotes and a byte order mark, such as USER_ID,ITEM_ID,TIMESTAMP
  fletching personalize preflight LOCATION tells what else Personalize would refuse`,
  },
  'too few rows': {
    records: 999,
    message: `FEW_INTERACTIONS: the CSV has 999 interactions, and an import needs 1000
  batch up: let a run collect the rows of several days, or import the rows of all runs (run with --csv full)
  or send few events one by one with PutEvents`,
  },
  'access that is denied': {
    faults: [{ operation: 'CreateDatasetGroup', fault: REFUSED('AccessDeniedException') }],
    message: `PERSONALIZE_ACCESS_DENIED: not allowed to personalize:CreateDatasetGroup
  at CreateDatasetGroup
  at dataset group shop
  allow personalize:CreateDatasetGroup on * to whoever runs this command`,
  },
  'a role that may not be passed': {
    faults: [
      {
        operation: 'CreateDatasetImportJob',
        fault: REFUSED(
          'AccessDeniedException',
          `User: arn:aws:iam::123456789012:user/somebody is not authorized to perform: iam:PassRole on resource: ${ROLE} because no identity-based policy allows it`,
        ),
      },
    ],
    message: `PERSONALIZE_ACCESS_DENIED: not allowed to iam:PassRole
  at CreateDatasetImportJob
  at dataset import job ${JOB}
  allow iam:PassRole on ${ROLE} to whoever runs this command`,
  },
  'a limit that no waiting helps against': {
    faults: [{ operation: 'CreateSchema', fault: REFUSED('LimitExceededException', 'You have 500 schemas.') }],
    message: `PERSONALIZE_LIMIT: You have 500 schemas.
  at CreateSchema
  at schema ${JOB}
  remove what is not used, or ask AWS for more`,
  },
  'a request that Personalize does not like': {
    options: { roleArn: 'personalize-import' },
    message: `PERSONALIZE_REFUSED: InvalidInputException: Invalid ARN: personalize-import
  at CreateDatasetImportJob
  at dataset import job ${JOB}
  what was made so far stays; the same command goes on with it`,
  },
  'credentials that ran out': {
    faults: [{ fault: REFUSED('ExpiredTokenException', 'The security token included in the request is expired') }],
    message: `EXPIRED_CREDENTIALS: the credentials ran out
  at ListDatasetGroups
  at dataset group shop
  the same command goes on where this one ended`,
  },
  'credentials that are none': {
    faults: [
      { fault: REFUSED('UnrecognizedClientException', 'The security token included in the request is invalid') },
    ],
    message: `NO_CREDENTIALS: Personalize was not given credentials that it takes (UnrecognizedClientException)
  at ListDatasetGroups
  at dataset group shop
  set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, a profile, or the role of the container`,
  },
  'a dataset that was deleted meanwhile': {
    faults: [{ operation: 'DescribeDataset', fault: REFUSED('ResourceNotFoundException', 'gone') }],
    message: `PERSONALIZE_REFUSED: ResourceNotFoundException: gone
  at DescribeDataset
  at dataset interactions
  it was removed meanwhile; run the command again`,
  },
  'a region that is none': {
    options: { region: 'no region' },
    message: `NO_REGION: the region of Personalize is not known, or is no region
  at ListDatasetGroups
  at dataset group shop
  set AWS_REGION to the region of the dataset group`,
  },
  'a server that is not there': {
    options: { endpoint: 'http://127.0.0.1:1' },
    message: `NETWORK: Personalize cannot be reached: ECONNREFUSED
  at ListDatasetGroups
  at dataset group shop
  check the network and the endpoint`,
  },
  'an import that fails': {
    failures: ['Unable to create data import job: Insufficient privileges for accessing data in Amazon S3.'],
    message: `IMPORT_FAILED: Unable to create data import job: Insufficient privileges for accessing data in Amazon S3.
  at dataset import job ${JOB}
  the bucket and the role must both let Personalize read: fletching personalize policy --bucket BUCKET --account ACCOUNT prints what they need, and --check FILE names what a policy lacks
  of a bucket with a key of its own, the policy of the key must let Personalize use it (--kms ARN); a bucket that only a VPC may read does not work`,
  },
  'a first import that should add to nothing': {
    options: { mode: 'incremental' },
    message: `FIRST_IMPORT_IS_FULL: the dataset has no import to add to
  Personalize takes a first import as a full one: leave --mode incremental out`,
  },
  'too long a wait': {
    options: { timeoutMs: 0 },
    message: `IMPORT_TIMEOUT: the import is not done after 0 s
  at dataset group shop
  it goes on in AWS; the same command goes on waiting`,
  },
}

describe('importDataset refuses', () => {
  it.each(Object.entries(refusals))('%s', async (_name, { faults = [], failures = [], records, options, message }) => {
    await withEnds({ faults, failures }, async ({ s3, run }) => {
      s3.put('exports', 'quoted.csv', Buffer.from('"USER_ID","AGE"\n"u1",42\n'))
      s3.put('exports', 'odd.csv', Buffer.from('USER_ID,first name\nu1,Ann\n'))
      s3.put('exports', 'empty.csv', Buffer.from('USER_ID,AGE'))
      if (records !== undefined) s3.put('exports', CSV.key, csvOf(records, ''))
      await expect(run(options).catch(messageOf)).resolves.toBe(message)
    })
  })

  it('a folder with a file of another kind', () =>
    withEnds({}, async ({ s3, run }) => {
      s3.put('exports', 'interactions/_SUCCESS', Buffer.alloc(0))
      const from = { scheme: 's3', bucket: 'exports', key: 'interactions/' } as const
      await expect(
        run({ from }).catch(messageOf),
      ).resolves.toBe(`FOREIGN_FILE: the folder holds a file that is no CSV, and Personalize reads every file of a folder
  at s3://exports/interactions/_SUCCESS
  move it away, or give --from the address of the CSV itself`)
    }))

  it('what is there and is something else', () =>
    withEnds({}, async ({ personalize, s3, run }) => {
      await run()
      await expect(
        run({ domain: 'ecommerce' }).catch(messageOf),
      ).resolves.toBe(`GROUP_DIFFERS: the dataset group shop has the domain custom, not ecommerce
  the domain of a group cannot be changed: leave --domain out, or give another --dataset-group`)
      await expect(
        run({
          schema: SCHEMA.replace('EVENT_TYPE', 'EVENT_KIND').replace(
            'KIND","type":"string"',
            'KIND","type":"string","categorical":true',
          ),
        }).catch(messageOf),
      ).resolves.toBe(`SCHEMA_DIFFERS: the dataset shop-interactions has another schema
  at arn:aws:personalize:us-east-1:123456789012:schema/${personalize.names('schema')[0]}
  leave --schema out to keep the one that it has; aws personalize describe-schema --schema-arn ARN prints it
  or import into another --dataset-group, or put the dataset on the new schema first (aws personalize update-dataset)`)
      s3.put('exports', CSV.key, csvOf(2000))
      await expect(
        run().catch(messageOf),
      ).resolves.toBe(`MODE_NEEDED: nothing says whether the CSV holds everything or an increment
  --mode full lets it replace what earlier imports brought, --mode incremental adds it to that
  of a CSV that fletching run wrote it is told by the manifest beside its folder`)
      personalize.account.resources[1].status = 'DELETE IN_PROGRESS'
      await expect(run().catch(messageOf)).resolves.toBe(`BEING_DELETED: the dataset group is being deleted
  at dataset group shop
  run the command again when it is gone`)
    }))

  it('a dataset group that could not be made', () =>
    withEnds({}, async ({ personalize, run }) => {
      const onProgress = () => {
        personalize.account.resources[1].status = 'CREATE FAILED'
      }
      await expect(run({ onProgress }).catch(messageOf)).resolves.toBe(`CREATE_FAILED: Personalize gave no reason
  at dataset group shop
  delete the dataset group in Personalize, and run the command again`)
    }))

  it('answers that are none', () =>
    withEnds(
      { faults: [{ operation: 'CreateDatasetGroup', fault: { kind: 'error', status: 200, code: 'x' } }] },
      async ({ run }) => {
        await expect(
          run().catch(messageOf),
        ).resolves.toBe(`PERSONALIZE_FAILED: the answer to CreateDatasetGroup lacks what every answer has
  run it again; if it stays so, something between here and AWS may answer in its place`)
      },
    ))

  it.each([
    ['throttling that does not end', throttled, 'Personalize throttled every try'],
    ['a server that fails for ever', failed, 'Personalize answered 500 to every try'],
  ])('%s', (_name, fault, what) =>
    withEnds({ faults: [{ operation: 'ListSchemas', fault }] }, async ({ personalize, run }) => {
      await expect(run().catch(messageOf)).resolves.toBe(`PERSONALIZE_FAILED: ${what}
  at ListSchemas
  at schema ${JOB}
  run it again later: the same command goes on where this one ended`)
      expect(personalize.requests.filter(({ operation }) => operation === 'ListSchemas')).toHaveLength(5)
    }),
  )

  it('to go on when it is told to end', () =>
    withEnds({ faults: [{ operation: 'DescribeDataset', fault: { kind: 'stall' } }] }, async ({ run }) => {
      const controller = new AbortController()
      const onProgress = ({ status }: ImportProgress) => {
        if (status === 'ACTIVE') setImmediate(() => controller.abort(new Error('end')))
      }
      await expect(run({ signal: controller.signal, onProgress }).catch(messageOf)).resolves.toBe('end')
    }))
})

/** With the digest of a name told as such. */
function messageOf(error: unknown): string {
  return (error as Error).message.replace(/(?<=job shop-interactions-|schema shop-interactions-)[0-9a-f]{12}/, 'DIGEST')
}
