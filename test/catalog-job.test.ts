import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3'
import { DuckDBInstance } from '@duckdb/node-api'
import { type Glue, openGlue } from '@fletching/catalog/register'
import { generateObjects } from '@fletching/gen'
import {
  type Finished,
  fletching,
  glueEnv,
  inFolder,
  openFaultyGlue,
  openTestGlue,
  openTestS3,
  type TestGlue,
  type TestS3,
} from '@fletching/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const JOB = 'segment-to-personalize'
const before = { ...process.env }
let s3: TestS3
let catalog: TestGlue
let client: S3Client
let glue: Glue
let env: Record<string, string>
let made = 0

beforeAll(async () => {
  s3 = await openTestS3()
  catalog = await openTestGlue()
  env = { ...s3.env, ...catalog.env }
  Object.assign(process.env, env)
  client = new S3Client({ endpoint: s3.endpoint, forcePathStyle: true, requestChecksumCalculation: 'WHEN_REQUIRED' })
  glue = await openGlue()
})

afterAll(async () => {
  client.destroy()
  glue.close()
  await catalog.close()
  await s3.close()
  for (const name of Object.keys(env)) {
    if (before[name] === undefined) delete process.env[name]
    else process.env[name] = before[name]
  }
})

/** A bucket and a database of its own for each test, and the parameters of the job there. */
async function makePlace() {
  const name = `fletching-catalog-${process.pid}-${++made}`
  await client.send(new CreateBucketCommand({ Bucket: name }))
  const params = [
    `--S3_JSON_INPUT_PATH=s3://${name}/segment-logs`,
    `--S3_CSV_OUTPUT_PATH=s3://${name}/interactions`,
    `--S3_PARQUET_OUTPUT_PATH=s3://${name}/events`,
  ]
  return { bucket: name, database: name.replaceAll('-', '_'), params }
}

async function put(Bucket: string, Key: string, Body: Uint8Array | string): Promise<void> {
  await client.send(new PutObjectCommand({ Bucket, Key, Body }))
}

async function keysOf(Bucket: string, Prefix: string): Promise<string[]> {
  const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket, Prefix }))
  return Contents.map(({ Key = '' }) => Key)
}

/** The command, which tells no secret. */
async function command(args: readonly string[], more: Readonly<Record<string, string>> = {}): Promise<Finished> {
  const finished = await fletching(args, { env: { ...env, ...more } })
  expect(finished.stdout + finished.stderr).not.toContain('test-mark')
  expect(finished.stdout + finished.stderr).not.toContain('AKIATESTMARK')
  return finished
}

const event = (sku: string, day = '2019-05-18') =>
  `{"userId":"u","event":"Product Clicked","properties":{"sku":${JSON.stringify(sku)}},"timestamp":"${day}T20:13:05Z"}\n`

const lines = (text: string) =>
  text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>)

async function tableIn(DatabaseName: string, TableName = 'events') {
  const { Table } = await glue.call('GetTable', { DatabaseName, Name: TableName })
  const partitions: [string, string][] = []
  let NextToken: string | undefined
  do {
    const page = await glue.call('GetPartitions', { DatabaseName, TableName, ...(NextToken && { NextToken }) })
    for (const { Values = [], StorageDescriptor } of page.Partitions ?? []) {
      partitions.push([Values.join(), StorageDescriptor?.Location ?? ''])
    }
    NextToken = page.NextToken
  } while (NextToken !== undefined)
  return {
    columns: Table?.StorageDescriptor?.Columns ?? [],
    parameters: Table?.Parameters ?? {},
    partitions: partitions.toSorted(([a], [b]) => (a < b ? -1 : 1)),
  }
}

describe('fletching run --catalog', () => {
  it('leaves a table in the catalog whose partitions hold every row, with columns of those types', async () => {
    const { bucket, database, params } = await makePlace()
    for (const { key, bytes } of generateObjects({ seed: 11, events: 2000, days: 3 })) await put(bucket, key, bytes)
    const { code, stdout, stderr } = await command(['run', JOB, ...params, '--catalog', `${database}.events`])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const told = lines(stdout)
    const finished = told.find((line) => line.event === 'finished') as { accounting: { rows: number } }
    const { columns, parameters, partitions } = await tableIn(database)
    expect(told.filter((line) => line.event === 'note').map((line) => line.text)).toEqual([
      `${database}.events: created`,
      `  partitions: ${partitions.length} added, 0 changed, 0 as they were`,
      '  outside of the projection, and unseen by Athena: dt=1901-01-01',
    ])
    expect(parameters).toMatchObject({ 'fletching.job': JOB, 'fletching.output': `s3://${bucket}/events/` })
    expect(parameters['projection.enabled']).toBe('true')
    await inFolder(async (folder) => {
      for (const [, location] of partitions) {
        for (const Key of await keysOf(bucket, location.replace(`s3://${bucket}/`, ''))) {
          const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key }))
          await mkdir(join(folder, dirname(Key)), { recursive: true })
          await writeFile(join(folder, Key), (await Body?.transformToByteArray()) ?? '')
        }
      }
      const connection = await (await DuckDBInstance.create()).connect()
      const read = `from read_parquet('${folder}/events/**/*.parquet', hive_partitioning = true, hive_types_autocast = false)`
      const described = await connection.runAndReadAll(`describe select * ${read}`)
      expect(described.getRows().map(([name, type]) => [name, type])).toEqual([
        ...columns.map(({ Name, Type = '' }) => [Name, DUCKDB_TYPES[Type]]),
        ['dt', 'VARCHAR'],
      ])
      const counted = await connection.runAndReadAll(`select count(*)::int, count(distinct dt)::int ${read}`)
      expect(counted.getRows()).toEqual([[finished.accounting.rows, partitions.length]])
      connection.closeSync()
    })
  })

  it('adds what later runs append, and keeps the projection as it is', async () => {
    const { bucket, database, params } = await makePlace()
    await put(bucket, 'segment-logs/a', event('shoe'))
    const run = () =>
      command([
        'run',
        JOB,
        ...params,
        '--catalog',
        `${database}.events`,
        '--job-bookmark-option=job-bookmark-enable',
        '--csv=increment',
      ])
    expect((await run()).code).toBe(0)
    const register = ['catalog', 'register', JOB, ...params, '--database', database]
    expect((await command([...register, '--no-projection'])).code).toBe(0)
    await put(bucket, 'segment-logs/b', event('shoe', '2019-05-20'))
    const { stdout } = await run()
    expect(stdout).toContain('partitions: 1 added, 0 changed, 1 as they were')
    const { parameters, partitions } = await tableIn(database)
    expect(parameters['projection.enabled']).toBeUndefined()
    expect(partitions).toEqual([
      ['2019-05-18', `s3://${bucket}/events/dt=2019-05-18/`],
      ['2019-05-20', `s3://${bucket}/events/dt=2019-05-20/`],
    ])
  })

  it('writes values into the catalog as they are, and folders as they are named', async () => {
    const { bucket, database, params } = await makePlace()
    await put(bucket, 'segment-logs/a', event('a/b=c') + event('ä %'))
    const options = ['--partition-by', 'item_id', '--catalog', `${database}.events`]
    expect(await command(['run', JOB, ...params, ...options])).toMatchObject({ code: 0, stderr: '' })
    expect((await tableIn(database)).partitions).toEqual([
      ['a/b=c', `s3://${bucket}/events/item_id=a%2Fb%3Dc/`],
      ['ä %', `s3://${bucket}/events/item_id=ä %25/`],
    ])
    const { code, stderr } = await command(['catalog', 'register', JOB, ...params, '--database', database])
    expect({ code, stderr: stderr.replaceAll(database, 'DB') }).toEqual({
      code: 2,
      stderr: `PARTITION_KEYS_DIFFER: the table is partitioned by other columns than the files
  at DB.events
  at ~ partition keys item_id string → dt string
  the catalog is as it was; a table keeps its keys: remove it from the catalog, which leaves the files, or give another name with --table
`,
    })
  })

  it('ends with 4 when the outputs are complete and the table is that of others', async () => {
    const { bucket, database, params } = await makePlace()
    await put(bucket, 'segment-logs/a', event('shoe'))
    await glue.call('CreateDatabase', { DatabaseInput: { Name: database } })
    const theirs = { Name: 'events', PartitionKeys: [{ Name: 'dt', Type: 'string' }] }
    await glue.call('CreateTable', { DatabaseName: database, TableInput: theirs })
    const { code, stdout, stderr } = await command(['run', JOB, ...params, '--catalog', `${database}.events`])
    expect({ code, stderr: stderr.replaceAll(database, 'DB') }).toEqual({
      code: 4,
      stderr: `TABLE_NOT_OURS: the table in the catalog is another's: no job of ours has made it
  at DB.events
  the catalog is as it was; --take-over makes it the table of this output; --table gives another name
  the outputs of the run are complete; fletching catalog register segment-to-personalize --database DB --table events does the rest
`,
    })
    expect(lines(stdout).map((line) => line.event)).toEqual(['started', 'finished', 'failed'])
    expect(await keysOf(bucket, 'events/')).toEqual(['events/dt=2019-05-18/part-00000.parquet'])
    const register = ['catalog', 'register', JOB, ...params, '--database', database, '--take-over']
    const taken = await command(register)
    expect(lines(taken.stdout)[0]).toMatchObject({ outcome: 'updated', partitions: { added: 1 } })
  })

  it.each<[string, readonly string[], string]>([
    ['events', [], 'expected a database and a table, as in segmentdata.events: lower-case letters, digits and _'],
    ['Db.events', [], 'expected a database and a table, as in segmentdata.events: lower-case letters, digits and _'],
    ['a.b.c', [], 'expected a database and a table, as in segmentdata.events: lower-case letters, digits and _'],
    [
      'db.events',
      [],
      'it names one table, and the job segment-to-personalize writes none: give it the location of one',
    ],
    [
      'db.events',
      ['--S3_PARQUET_OUTPUT_PATH=/out/table'],
      'Athena reads from S3 alone, and the table would lie at /out/table/',
    ],
  ])('refuses %s with %j before anything is read', async (given, more, help) => {
    const args = ['run', JOB, '--S3_JSON_INPUT_PATH=/nowhere', '--S3_CSV_OUTPUT_PATH=/out/csv', ...more]
    expect(await command([...args, '--catalog', given])).toEqual({
      code: 2,
      stdout: '',
      stderr: `BAD_OPTION: --catalog got "${given}"\n  ${help}\n`,
    })
  })
})

describe('fletching catalog register', () => {
  it('prints each call of a dry run, and then what it did', async () => {
    const { bucket, database, params } = await makePlace()
    await put(bucket, 'segment-logs/a', event('shoe'))
    expect((await command(['run', JOB, ...params])).code).toBe(0)
    const register = ['catalog', 'register', JOB, ...params, '--database', database, '--table', 'clicks']
    const dry = await command([...register, '--dry-run'])
    expect({ code: dry.code, stderr: dry.stderr }).toEqual({ code: 0, stderr: '' })
    const [first, , third] = lines(dry.stdout)
    expect(lines(dry.stdout).map((line) => line.call)).toEqual([
      'CreateDatabase',
      'CreateTable',
      'BatchCreatePartition',
    ])
    expect(first).toEqual({ call: 'CreateDatabase', input: { DatabaseInput: { Name: database } } })
    expect(third).toMatchObject({
      input: {
        DatabaseName: database,
        TableName: 'clicks',
        PartitionInputList: [
          { Values: ['2019-05-18'], StorageDescriptor: { Location: `s3://${bucket}/events/dt=2019-05-18/` } },
        ],
      },
    })
    await expect(tableIn(database, 'clicks')).rejects.toMatchObject({ name: 'EntityNotFoundException' })
    const expected = { database, table: 'clicks', outcome: 'created', differences: [], unseen: [] }
    expect(lines((await command(register)).stdout)).toEqual([
      { ...expected, partitions: { added: 1, changed: 0, unchanged: 0, withoutFiles: [] } },
    ])
    expect(await command([...register, '--dry-run'])).toEqual({ code: 0, stdout: '', stderr: '' })
    expect(lines((await command(register)).stdout)).toMatchObject([
      { outcome: 'unchanged', partitions: { unchanged: 1 } },
    ])
  })

  it('brings the CSV into the catalog too, if asked, as its dialect has to be read', async () => {
    const { bucket, database, params } = await makePlace()
    await put(bucket, 'segment-logs/a', event('shoe'))
    expect((await command(['run', JOB, ...params])).code).toBe(0)
    const register = ['catalog', 'register', JOB, ...params, '--database', database, '--include-csv']
    const outcomesOf = async (...args: readonly string[]) => {
      const { code, stdout, stderr } = await command([...register, ...args])
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
      return lines(stdout).map(({ table, outcome }) => [table, outcome])
    }
    const csvOf = async () => {
      const { Table } = await glue.call('GetTable', { DatabaseName: database, Name: 'interactions' })
      const { Columns, Location, SerdeInfo } = Table?.StorageDescriptor ?? {}
      const header = Table?.Parameters?.['skip.header.line.count']
      const columns = Columns?.map(({ Name, Type }) => `${Name} ${Type}`)
      return { columns, Location, escape: SerdeInfo?.Parameters?.escapeChar, header }
    }
    expect(await outcomesOf()).toEqual([
      ['interactions', 'created'],
      ['events', 'created'],
    ])
    const expected = {
      columns: ['user_id string', 'item_id string', 'event_type string', 'timestamp string'],
      Location: `s3://${bucket}/interactions/`,
      escape: '\\',
      header: '1',
    }
    expect(await csvOf()).toEqual(expected)
    expect(await outcomesOf()).toEqual([
      ['interactions', 'unchanged'],
      ['events', 'unchanged'],
    ])
    expect(await outcomesOf('--csv-dialect', 'glue', '--table', 'clicks')).toEqual([
      ['interactions', 'updated'],
      ['clicks', 'created'],
    ])
    expect(await csvOf()).toEqual({ ...expected, escape: '\u0001' })
  })

  it('takes the folders for partitions where no run has left a manifest', async () => {
    const { bucket, database, params } = await makePlace()
    await put(bucket, 'events/dt=2019-05-18/x.parquet', 'x')
    await put(bucket, 'events/dt=2019-05-19/_SUCCESS', 'x')
    const { code, stdout } = await command(['catalog', 'register', JOB, ...params, '--database', database])
    expect(code).toBe(0)
    expect(lines(stdout)).toMatchObject([
      {
        event: 'note',
        text: 'no run of the job has left a manifest: partitions are the folders that hold Parquet files',
      },
      { outcome: 'created', partitions: { added: 1 } },
    ])
    await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: 'events/dt=2019-05-18/x.parquet' }))
    const again = await command(['catalog', 'register', JOB, ...params, '--database', database])
    expect(lines(again.stdout)[1]).toMatchObject({ partitions: { withoutFiles: ['dt=2019-05-18'] } })
  })

  it('says which right is missing', async () => {
    const { params } = await makePlace()
    const refused = {
      kind: 'refused',
      status: 400,
      code: 'AccessDeniedException',
      message: 'arn:aws:iam::1:user/test-mark',
    } as const
    const server = await openFaultyGlue({ plan: [{ action: 'CreateDatabase', fault: refused }] })
    const args = ['catalog', 'register', JOB, ...params]
    const { code, stderr } = await command(args, glueEnv(server.endpoint))
    await server.close()
    expect({ code, stderr }).toEqual({
      code: 4,
      stderr: `CATALOG_ACCESS_DENIED: not allowed to make the database
  at glue:CreateDatabase of segmentdata
  allow the role glue:CreateDatabase on catalog, database/segmentdata
  where Lake Formation governs the catalog, grant it CREATE_DATABASE too
`,
    })
  })

  const local = ['--S3_JSON_INPUT_PATH=/nowhere', '--S3_CSV_OUTPUT_PATH=/out/csv']
  it.each<[readonly string[], string]>([
    [
      local,
      `NO_TABLE: the job segment-to-personalize writes no Parquet table
  give it the location of one, such as S3_PARQUET_OUTPUT_PATH of segment-to-personalize
  --include-csv brings the CSV into the catalog, a table of text
`,
    ],
    [
      ['--S3_JSON_INPUT_PATH=/nowhere', '--S3_CSV_OUTPUT_PATH=s3://out/all/a.csv', '--include-csv'],
      `NO_TABLE: the CSV has no folder of its own
  at s3://out/all/a.csv
  Athena reads every file of a folder, so let the job write to a folder instead of a path that ends in .csv
`,
    ],
    [
      [...local, '--S3_PARQUET_OUTPUT_PATH=/out/table/csv', '--include-csv'],
      `SAME_TABLE: two outputs would be csv in Athena
  at /out/csv/
  at /out/table/csv/
  give the Parquet table another name with --table, or the outputs folders of other names
`,
    ],
    [
      [...local, '--S3_PARQUET_OUTPUT_PATH=/out/table'],
      `BAD_LOCATION: Athena reads from S3 alone, and the table lies at /out/table/
  at segmentdata.table
  give the job an output that begins with s3://; fletching query reads a table on this machine
`,
    ],
    [
      [...local, '--database=Db'],
      'BAD_OPTION: --database got "Db"\n  expected lower-case letters, digits and _, as in db\n',
    ],
    [
      [...local, '--S3_PARQUET_OUTPUT_PATH=/out/table', '--table=a-b'],
      'BAD_OPTION: --table got "a-b"\n  expected lower-case letters, digits and _, as in a_b\n',
    ],
  ])('refuses %j', async (args, expected) => {
    const { code, stderr } = await command(['catalog', 'register', JOB, ...args])
    expect({ code, stderr }).toEqual({ code: 2, stderr: expected })
  })
})

const DUCKDB_TYPES: Readonly<Record<string, string>> = {
  string: 'VARCHAR',
  bigint: 'BIGINT',
  timestamp: 'TIMESTAMP WITH TIME ZONE',
}
