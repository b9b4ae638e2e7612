import type { CreateTableCommandInput } from '@aws-sdk/client-glue'
import { openTestGlue } from '@fletching/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { dryGlue, type Glue, openGlue, type Policy, type RegisterOptions, registerTable } from '../src/register.ts'
import { foldersOf, lookAt, owner, specOf, useEnvironment } from './glue-server.ts'

useEnvironment(openTestGlue)

let glue: Glue
let databases = 0

beforeAll(async () => {
  glue = await openGlue()
})
afterAll(() => glue.close())

const nextDatabase = () => `fletching_${process.pid}_${++databases}`

const ourParameters = {
  EXTERNAL: 'TRUE',
  classification: 'parquet',
  'fletching.job': 'segment-to-personalize',
  'fletching.output': 's3://acme-out/transformed/',
}

/** The message of the error that it ends with. */
async function failureOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'no error',
    (error: Error) => error.message,
  )
}

describe('registerTable', () => {
  it('makes database, table and partitions, and afterwards has nothing to do', async () => {
    const database = nextDatabase()
    const spec = specOf(database, ['user_id string', 'timestamp_s bigint'])
    const register = () => registerTable(glue, spec, foldersOf('2019-05-18', '2019-05-19'), owner)
    expect(await register()).toEqual({
      database,
      table: 'transformed',
      outcome: 'created',
      differences: [],
      partitions: { added: 2, changed: 0, unchanged: 0, withoutFiles: [] },
      unseen: [],
    })
    const made = await lookAt(glue, database)
    expect(made).toEqual({
      columns: ['user_id string', 'timestamp_s bigint'],
      location: 's3://acme-out/transformed/',
      parameters: ourParameters,
      partitions: [
        '2019-05-18 s3://acme-out/transformed/dt=2019-05-18/ user_id string,timestamp_s bigint',
        '2019-05-19 s3://acme-out/transformed/dt=2019-05-19/ user_id string,timestamp_s bigint',
      ],
    })
    expect(await register()).toMatchObject({
      outcome: 'unchanged',
      partitions: { added: 0, changed: 0, unchanged: 2, withoutFiles: [] },
    })
    expect(await lookAt(glue, database)).toEqual(made)
  })

  it('says how the files are read as DDL does', async () => {
    const database = nextDatabase()
    await registerTable(glue, specOf(database, ['a string'], { isProjected: true, firstDay: '2019-05-01' }), [], owner)
    const { Table } = await glue.call('GetTable', { DatabaseName: database, Name: 'transformed' })
    expect(Table).toMatchObject({
      TableType: 'EXTERNAL_TABLE',
      PartitionKeys: [{ Name: 'dt', Type: 'string' }],
      StorageDescriptor: {
        InputFormat: 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat',
        OutputFormat: 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat',
        SerdeInfo: {
          SerializationLibrary: 'org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe',
          Parameters: { 'serialization.format': '1' },
        },
      },
      Parameters: {
        ...ourParameters,
        'projection.enabled': 'true',
        'projection.dt.range': '2019-05-01,NOW',
        // biome-ignore lint/suspicious/noTemplateCurlyInString: Athena puts the day there.
        'storage.location.template': 's3://acme-out/transformed/dt=${dt}/',
      },
    })
  })

  it('adds partitions that are new, more than Glue takes at once, and names those without files', async () => {
    const database = nextDatabase()
    const spec = specOf(database, ['a string'])
    const days = Array.from({ length: 250 }, (_, day) => `d${String(day).padStart(3, '0')}`)
    await registerTable(glue, spec, foldersOf('d007', 'gone'), owner)
    expect((await registerTable(glue, spec, foldersOf(...days), owner)).partitions).toEqual({
      added: 249,
      changed: 0,
      unchanged: 1,
      withoutFiles: ['dt=gone'],
    })
    expect((await lookAt(glue, database)).partitions).toHaveLength(251)
  })

  it('asks for no partitions where there are no keys', async () => {
    const database = nextDatabase()
    const spec = specOf(database, ['a string'], { partitions: [] })
    for (const outcome of ['created', 'unchanged']) {
      expect(await registerTable(glue, spec, [], owner)).toMatchObject({
        outcome,
        partitions: { added: 0, changed: 0, unchanged: 0, withoutFiles: [] },
      })
    }
  })

  const differ = [
    'TABLE_DIFFERS: the table in the catalog is not as the job writes it',
    '  at DB.transformed',
    '  at + c string',
    '  at ~ a string → bigint',
    '  at - b (kept)',
    '  the catalog is as it was; --policy add-columns adds the columns that are new, --policy replace takes all',
  ].join('\n')
  const typesDiffer = [
    'TABLE_TYPES_DIFFER: columns of the table have other types than those of the files',
    '  at DB.transformed',
    '  at ~ a string → bigint',
    '  the catalog is as it was; --policy replace takes the columns of the job, for which the files of earlier runs must be written again; --table gives another name',
  ].join('\n')
  const moved = (columns: string) =>
    [
      'TABLE_TYPES_DIFFER: the columns of the table are not where those of the files are',
      '  at DB.transformed',
      `  at ~ order of columns a, b → ${columns}`,
      '  the catalog is as it was; --policy replace takes the columns of the job, for which the files of earlier runs must be written again; --table gives another name',
    ].join('\n')

  it.each<[Policy, readonly string[], readonly string[] | string, (readonly string[])?]>([
    ['add-columns', ['a string', 'b int'], ['a string', 'b int'], []],
    ['add-columns', ['b int', 'a string'], ['a string', 'b int'], []],
    ['add-columns', ['c string', 'a string', 'b int'], ['a string', 'b int', 'c string'], ['+ c string']],
    ['add-columns', ['a string'], ['a string', 'b int'], ['- b (kept)']],
    ['add-columns', ['a string', 'c string'], ['a string', 'b int', 'c string'], ['+ c string', '- b (kept)']],
    ['add-columns', ['a bigint', 'b int', 'c string'], typesDiffer],
    [
      'replace',
      ['c string', 'a bigint'],
      ['c string', 'a bigint'],
      ['+ c string', '~ a string → bigint', '- b (removed)'],
    ],
    [
      'partitions-only',
      ['c string', 'a bigint'],
      ['a string', 'b int'],
      ['+ c string', '~ a string → bigint', '- b (kept)'],
    ],
    ['fail', ['a string', 'b int'], ['a string', 'b int'], []],
    ['fail', ['c string', 'a bigint'], differ],
  ])('by %s, with columns %j, makes of a and b %j', async (policy, columns, expected, differences = []) => {
    const database = nextDatabase()
    await registerTable(glue, specOf(database, ['a string', 'b int']), foldersOf('d1'), owner)
    const before = await lookAt(glue, database)
    const second = registerTable(glue, specOf(database, columns), foldersOf('d2'), owner, { policy })
    if (typeof expected === 'string') {
      expect((await failureOf(second)).replace(database, 'DB')).toBe(expected)
      expect(await lookAt(glue, database)).toEqual(before)
      return
    }
    expect((await second).differences).toEqual(differences)
    const after = await lookAt(glue, database)
    expect(after.columns).toEqual(expected)
    expect(after.partitions.map((partition) => partition.split(' ')[0])).toEqual(['d1', 'd2'])
  })

  it.each<[Policy, readonly string[], readonly string[] | string]>([
    ['add-columns', ['a string', 'b string', 'c string'], ['a string', 'b string', 'c string']],
    ['add-columns', ['a string'], ['a string', 'b string']],
    ['add-columns', ['b string', 'a string'], moved('b, a')],
    ['add-columns', ['a string', 'c string', 'b string'], moved('a, c, b')],
    ['add-columns', ['b string'], moved('b')],
    ['replace', ['b string', 'a string'], ['b string', 'a string']],
  ])('by %s, with columns %j of a CSV, makes of a and b %j', async (policy, columns, expected) => {
    const database = nextDatabase()
    const csv = { form: 'opencsv', partitions: [] } as const
    await registerTable(glue, specOf(database, ['a string', 'b string'], csv), [], owner)
    const second = registerTable(glue, specOf(database, columns, csv), [], owner, { policy })
    if (typeof expected === 'string') expect((await failureOf(second)).replace(database, 'DB')).toBe(expected)
    else {
      await second
      expect((await lookAt(glue, database)).columns).toEqual(expected)
    }
  })

  it('keeps what others have said of a table', async () => {
    const database = nextDatabase()
    await registerTable(glue, specOf(database, ['a string', 'b int']), [], owner)
    const { Table } = await glue.call('GetTable', { DatabaseName: database, Name: 'transformed' })
    const { StorageDescriptor, PartitionKeys, Parameters } = Table ?? {}
    const Columns = StorageDescriptor?.Columns?.map((column) => ({ ...column, Comment: `of ${column.Name}` }))
    const said = {
      Name: 'transformed',
      TableType: 'EXTERNAL_TABLE',
      Description: 'what people clicked',
      Owner: 'growth',
      Retention: 7,
      PartitionKeys,
      Parameters: { ...Parameters, team: 'growth', 'projection.dt.type': 'date' },
      StorageDescriptor: { ...StorageDescriptor, Columns },
    }
    await glue.call('UpdateTable', { DatabaseName: database, TableInput: said })
    await registerTable(glue, specOf(database, ['b int', 'c int']), [], owner, { policy: 'replace' })
    const { Table: after } = await glue.call('GetTable', { DatabaseName: database, Name: 'transformed' })
    expect(after).toMatchObject({
      Description: 'what people clicked',
      Owner: 'growth',
      Retention: 7,
      Parameters: { ...ourParameters, team: 'growth' },
      StorageDescriptor: {
        Columns: [
          { Name: 'b', Type: 'int', Comment: 'of b' },
          { Name: 'c', Type: 'int' },
        ],
      },
    })
    expect(after?.Parameters).not.toHaveProperty('projection.dt.type')
  })

  it('keeps the projection of a table of ours where it is asked to', async () => {
    const database = nextDatabase()
    const register = (isProjected: boolean, options: RegisterOptions) =>
      registerTable(glue, specOf(database, ['a string'], { isProjected }), [], owner, options)
    const isProjected = async () => (await lookAt(glue, database)).parameters?.['projection.enabled']
    await register(false, { keepsProjection: true })
    expect(await register(true, { keepsProjection: true })).toMatchObject({ outcome: 'unchanged', differences: [] })
    expect(await isProjected()).toBeUndefined()
    expect(await register(true, {})).toMatchObject({ outcome: 'updated' })
    await register(false, { keepsProjection: true })
    expect(await isProjected()).toBe('true')
    await register(false, {})
    expect(await isProjected()).toBeUndefined()
  })

  it('names the folders that Athena will pass over', async () => {
    const spec = specOf(nextDatabase(), ['a string'], { isProjected: true })
    const days = foldersOf('2019-05-18', '2019-05-19', '__HIVE_DEFAULT_PARTITION__')
    const options = { now: new Date('2019-05-18') }
    for (const outcome of ['created', 'unchanged']) {
      expect(await registerTable(glue, spec, days, owner, options)).toMatchObject({
        outcome,
        unseen: ['dt=2019-05-19', 'dt=__HIVE_DEFAULT_PARTITION__'],
      })
    }
  })

  it('leads partitions to where their files are, and by replace gives them the types of the table', async () => {
    const database = nextDatabase()
    const elsewhere = [{ values: ['d1'], location: 's3://acme-old/dt=d1/' }, ...foldersOf('d2')]
    await registerTable(glue, specOf(database, ['a string']), elsewhere, owner)
    const register = (columns: string[], options: RegisterOptions = {}) =>
      registerTable(glue, specOf(database, columns), foldersOf('d1', 'd2'), owner, options)
    expect((await register(['a string'])).partitions).toMatchObject({ added: 0, changed: 1, unchanged: 1 })
    expect((await register(['a bigint'], { policy: 'replace' })).partitions).toMatchObject({ changed: 2, unchanged: 0 })
    expect((await register(['a bigint'], { policy: 'replace' })).partitions).toMatchObject({ changed: 0, unchanged: 2 })
    expect((await lookAt(glue, database)).partitions).toEqual([
      'd1 s3://acme-out/transformed/dt=d1/ a bigint',
      'd2 s3://acme-out/transformed/dt=d2/ a bigint',
    ])
  })

  it('refuses other partition keys by every policy', async () => {
    const database = nextDatabase()
    await registerTable(glue, specOf(database, ['a string']), [], owner)
    const keys = [
      { name: 'dt', type: 'string' },
      { name: 'hour', type: 'int' },
    ]
    for (const policy of ['add-columns', 'replace', 'partitions-only', 'fail'] as const) {
      const second = registerTable(glue, specOf(database, ['a string'], { partitions: keys }), [], owner, { policy })
      expect((await failureOf(second)).replace(database, 'DB')).toBe(
        [
          'PARTITION_KEYS_DIFFER: the table is partitioned by other columns than the files',
          '  at DB.transformed',
          '  at ~ partition keys dt string → dt string, hour int',
          '  the catalog is as it was; a table keeps its keys: remove it from the catalog, which leaves the files, or give another name with --table',
        ].join('\n'),
      )
    }
  })

  const theirs = { 'fletching.job': owner.job, 'fletching.output': owner.output }
  it.each<[string, string, CreateTableCommandInput['TableInput'], boolean]>([
    ['no parameters', 'no job of ours has made it', {} as never, true],
    ['another job', 'it is of the job other', { Parameters: { ...theirs, 'fletching.job': 'other' } } as never, true],
    [
      'another output',
      'it is of the output s3://x/',
      { Parameters: { ...theirs, 'fletching.output': 's3://x/' } } as never,
      true,
    ],
    [
      'another location',
      'its files lie at s3://x/t',
      { Parameters: theirs, StorageDescriptor: { Location: 's3://x/t' } } as never,
      true,
    ],
    [
      'a view',
      'it is no table of files alone: VIRTUAL_VIEW',
      { TableType: 'VIRTUAL_VIEW', Parameters: theirs } as never,
      false,
    ],
    ['Iceberg', 'it is no table of files alone: ICEBERG', { Parameters: { table_type: 'ICEBERG' } } as never, false],
  ])('leaves a table of others alone: %s', async (_, why, table, canBeTaken) => {
    const database = nextDatabase()
    const spec = specOf(database, ['a string'])
    await registerTable(glue, { ...spec, name: 'other' }, [], owner)
    const input = {
      Name: 'transformed',
      TableType: 'EXTERNAL_TABLE',
      PartitionKeys: [{ Name: 'dt', Type: 'string' }],
      StorageDescriptor: { Columns: [{ Name: 'a', Type: 'string' }] },
      ...table,
    }
    await glue.call('CreateTable', { DatabaseName: database, TableInput: input })
    const help = canBeTaken
      ? '--take-over makes it the table of this output; --table gives another name'
      : 'give another name with --table'
    const message = [
      `TABLE_NOT_OURS: the table in the catalog is another's: ${why}`,
      '  at DB.transformed',
      `  the catalog is as it was; ${help}`,
    ].join('\n')
    expect((await failureOf(registerTable(glue, spec, [], owner))).replace(database, 'DB')).toBe(message)
    const taking = registerTable(glue, spec, foldersOf('d1'), owner, { takesOver: true })
    if (!canBeTaken) expect((await failureOf(taking)).replace(database, 'DB')).toBe(message)
    else {
      expect(await taking).toMatchObject({ outcome: 'updated', partitions: { added: 1 } })
      expect(await registerTable(glue, spec, foldersOf('d1'), owner)).toMatchObject({ outcome: 'unchanged' })
      expect(await lookAt(glue, database)).toMatchObject({ columns: ['a string'], location: owner.output })
    }
  })

  it('has no table to add partitions to where there is none', async () => {
    const spec = specOf(nextDatabase(), ['a string'])
    const message = `NO_SUCH_TABLE: the catalog has no such table to add partitions to
  at ${spec.database}.transformed
  leave out --policy partitions-only, and it is made`
    expect(await failureOf(registerTable(glue, spec, [], owner, { policy: 'partitions-only' }))).toBe(message)
  })

  it('takes tables in S3 alone', async () => {
    const spec = specOf(nextDatabase(), ['a string'], { location: '/out/transformed/' })
    const message = `BAD_LOCATION: Athena reads from S3 alone, and the table lies at /out/transformed/
  at ${spec.database}.transformed
  give the job an output that begins with s3://; fletching query reads a table on this machine`
    expect(await failureOf(registerTable(glue, spec, [], owner))).toBe(message)
  })

  it('tells of every call that would change something, and makes none, when it is dry', async () => {
    const database = nextDatabase()
    const calls: string[] = []
    const dry = dryGlue(glue, (action, input) => calls.push(`${action} ${Object.keys(input).join()}`))
    const register = (columns: string[], days: string[], catalog: Glue) =>
      registerTable(catalog, specOf(database, columns), foldersOf(...days), owner)
    expect(await register(['a string'], ['d1'], dry)).toMatchObject({ outcome: 'created', partitions: { added: 1 } })
    expect(calls.splice(0)).toEqual([
      'CreateDatabase DatabaseInput',
      'CreateTable DatabaseName,TableInput',
      'BatchCreatePartition DatabaseName,TableName,PartitionInputList',
    ])
    await expect(lookAt(glue, database)).rejects.toMatchObject({ name: 'EntityNotFoundException' })
    await register(['a string'], ['d1'], glue)
    const before = await lookAt(glue, database)
    await register(['a string', 'b int'], ['d1', 'd2'], dry)
    expect(calls.splice(0)).toEqual([
      'UpdateTable DatabaseName,TableInput,SkipArchive,VersionId',
      'BatchCreatePartition DatabaseName,TableName,PartitionInputList',
    ])
    await register(['a string'], ['d1'], dry)
    expect(calls).toEqual([])
    expect(await lookAt(glue, database)).toEqual(before)
  })
})
