import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { describeOutputs } from '@fletching/engine'
import { resolveParams } from '@fletching/job'
import segmentToPersonalize from '@fletching/jobs/segment-to-personalize'
import { formatSchema, schemaFor } from '@fletching/personalize/avro-schema'
import { avroTypeOf } from '@fletching/personalize/avro-type'
import { type Finished, fletching, inFolder, openTestS3 } from '@fletching/testing'
import { describe, expect, it } from 'vitest'
import { event } from './faults/run.ts'

const JOB = 'segment-to-personalize'
const PARAMS = ['--S3_JSON_INPUT_PATH', 'in', '--S3_CSV_OUTPUT_PATH', 'out/csv']
const HEADER = 'USER_ID,ITEM_ID,EVENT_TYPE,TIMESTAMP'

/** 52 users with twenty events each. */
const events = Array.from({ length: 1040 }, (_, row) =>
  event(`u${row % 52}`).replace(
    '20:13:05.123Z',
    `${String(10 + Math.floor(row / 3600))}:${String(Math.floor(row / 60) % 60).padStart(2, '0')}:${String(row % 60).padStart(2, '0')}.000Z`,
  ),
)
const good = [
  HEADER,
  ...Array.from({ length: 1040 }, (_, row) => `u${row % 52},i1,Click,${1_558_000_000 + row}`),
  '',
].join('\n')

/** Runs a command in a folder of files; what it says is without the folder. */
function command(
  line: readonly string[],
  files: Readonly<Record<string, string>> = {},
): Promise<Finished & { files: (name: string) => string }> {
  return inFolder(async (cwd) => {
    await mkdir(join(cwd, 'in'))
    for (const [name, text] of Object.entries(files)) await writeFile(join(cwd, name), text)
    const { code, stdout, stderr } = await fletching(line, { cwd })
    const kept: Record<string, string> = {}
    for (const name of ['out/csv/part-00000.csv', 'report.json']) {
      kept[name] = await readFile(join(cwd, name), 'utf8').catch(() => '')
    }
    const plain = (text: string) => text.replaceAll(cwd, '.')
    return { code, stdout: plain(stdout), stderr: plain(stderr), files: (name) => plain(kept[name]) }
  })
}

describe('personalize schema', () => {
  it('is by default that of the main job’s CSV, names and order and types', async () => {
    const { code, stdout } = await command(['personalize', 'schema', 'interactions'])
    const schema = schemaFor('interactions', 'custom')
    expect([code, stdout]).toEqual([0, formatSchema(schema)])
    const params = resolveParams(segmentToPersonalize, { S3_JSON_INPUT_PATH: 'in', S3_CSV_OUTPUT_PATH: 'out/csv' })
    const [csv] = describeOutputs(segmentToPersonalize, params)
    expect(csv.schema.fields.map((field) => ({ name: field.name, type: avroTypeOf(field) }))).toEqual(
      schema.fields.map(({ name, type }) => ({ name, type })),
    )
    expect(csv.schema.fields.some(({ nullable }) => nullable)).toBe(false)
  })

  it.each<[string[], string]>([
    [
      ['users', '--columns', 'USER_ID, AGE'],
      formatSchema(schemaFor('users', 'custom', [{ name: 'USER_ID' }, { name: 'AGE' }])),
    ],
    [['items', '--domain', 'ecommerce'], formatSchema(schemaFor('items', 'ecommerce'))],
    [['interactions', '--job', JOB, ...PARAMS], formatSchema(schemaFor('interactions', 'custom'))],
  ])('%j', async (line, schema) => {
    expect(await command(['personalize', 'schema', ...line])).toMatchObject({ code: 0, stdout: schema, stderr: '' })
  })

  it.each<[string[], string]>([
    [['things'], 'USAGE: there is no dataset "things"\n  expected one of interactions, users, items\n'],
    [
      ['users'],
      'MISSING_OPTION: a schema for users needs the columns of your own\n  expected --columns USER_ID,… in the order of the CSV\n  or --job segment-users-to-personalize, with its parameters, whose places do not matter here\n',
    ],
    [
      ['users', '--columns', 'USER_ID'],
      'SCHEMA_REFUSED: Personalize would refuse the schema\n  METADATA_MISSING: there is no column beside the id\n',
    ],
    [
      ['items', '--columns', 'A-B'],
      'SCHEMA_REFUSED: Personalize would refuse the schema\n  FIELD_NAME: a name holds more than letters, digits and underscores: A-B\n  FIELD_REQUIRED_MISSING: a required field is missing: ITEM_ID\n',
    ],
    [
      ['items', '--columns', 'A', '--job', JOB],
      'BAD_OPTION: --columns got "A"\n  expected either --columns or --job\n',
    ],
    [
      ['interactions', '--job', './table.mjs', '--INPUT', 'in'],
      'NO_CSV: the job writes no CSV, and Personalize imports nothing else\n  at job table\n  give the columns with --columns, or a job with a writeCsv\n',
    ],
  ])('%j is refused', async (line, stderr) => {
    expect(await command(['personalize', 'schema', ...line], { 'table.mjs': TABLE_JOB })).toMatchObject({
      code: 2,
      stdout: '',
      stderr,
    })
  })
})

describe('personalize check', () => {
  it('passes a schema that is taken', async () => {
    const files = { 'a.avsc': formatSchema(schemaFor('interactions', 'custom')) }
    const { code, stdout, stderr } = await command(['personalize', 'check', 'a.avsc'], files)
    expect([code, JSON.parse(stdout), stderr]).toEqual([0, { verdict: 'passed', findings: [] }, ''])
  })

  it('names what is refused, and ends with 2', async () => {
    const files = { 'a.avsc': formatSchema({ ...schemaFor('users', 'custom'), version: '2' }) }
    const { code, stdout, stderr } = await command(['personalize', 'check', 'a.avsc'], files)
    expect(code).toBe(2)
    expect(JSON.parse(stdout)).toMatchObject({
      verdict: 'failed',
      findings: [{ code: 'SCHEMA_VERSION' }, { code: 'METADATA_MISSING' }],
    })
    expect(stderr).toBe(
      'SCHEMA_REFUSED: Personalize would refuse the schema\n  at a.avsc\n  SCHEMA_VERSION: the version is another\n  METADATA_MISSING: there is no column beside the id\n',
    )
  })

  it.each<[string, string]>([
    ['none.avsc', 'NO_INPUT: there is no object at ./none.avsc\n  give the address of a schema\n'],
    [
      'large.avsc',
      'SCHEMA_REFUSED: the file is too large for a schema\n  at ./large.avsc\n  a schema has 10,000 characters at most\n',
    ],
  ])('%s is no schema', async (name, stderr) => {
    const files = { 'large.avsc': 'x'.repeat(1_000_001) }
    expect(await command(['personalize', 'check', name], files)).toMatchObject({ code: 2, stdout: '', stderr })
  })
})

describe('personalize preflight', () => {
  it('tells what it sees as JSON, and ends with 0 where nothing is refused', async () => {
    const { code, stdout, stderr } = await command(['personalize', 'preflight', 'in'], {
      'in/a.csv': `${good}u1,i1,Click,0\n`,
    })
    expect([code, stderr]).toEqual([0, ''])
    expect(JSON.parse(stdout)).toMatchObject({
      verdict: 'warned',
      findings: [
        { code: 'TIMESTAMP_BEFORE_2000', places: [{ object: './in/a.csv', line: 1042 }] },
        { code: 'NOT_IN_S3' },
        { code: 'ADVISED_VOLUME' },
      ],
      figures: { records: 1041, users: 52 },
    })
  })

  it('ends with 3 where an import or the training would fail', async () => {
    const line = [
      'personalize',
      'preflight',
      'in/a.csv',
      '--domain',
      'ecommerce',
      '--schema',
      'a.avsc',
      '--mode',
      'incremental',
    ]
    const files = {
      'in/a.csv': `${HEADER}\nu1,i1,,1\n`,
      'a.avsc': formatSchema(schemaFor('interactions', 'ecommerce')),
    }
    const { code, stdout, stderr } = await command(line, files)
    expect(code).toBe(3)
    expect((JSON.parse(stdout) as { verdict: string }).verdict).toBe('failed')
    expect(stderr).toBe(
      'PREFLIGHT_FAILED: Personalize would refuse it: VALUE_MISSING, FEW_INTERACTIONS, FEW_USERS\n  at in/a.csv\n  the checklist on standard output says where, and the way out\n',
    )
  })

  it('says how to look at another dataset where columns of interactions are missing', async () => {
    const files = { 'in/a.csv': 'USER_ID,AGE\nu1,7\n' }
    const { code, stderr } = await command(['personalize', 'preflight', 'in'], files)
    expect([code, stderr]).toEqual([
      3,
      'PREFLIGHT_FAILED: Personalize would refuse it: COLUMN_MISSING, FEW_INTERACTIONS, FEW_USERS\n  at in\n  the checklist on standard output says where, and the way out\n  it was looked at as interactions; --dataset users or --dataset items looks at it as these\n',
    ])
  })

  it('looks at users', async () => {
    const files = { 'in/a.csv': 'USER_ID,AGE\nu1,7\n' }
    const { code, stdout } = await command(['personalize', 'preflight', 'in', '--dataset', 'users'], files)
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({
      verdict: 'warned',
      findings: [{ code: 'COLUMN_UNKNOWN' }, { code: 'NOT_IN_S3' }],
    })
  })

  it('reads from S3, where a path is no longer than Personalize takes', async () => {
    const s3 = await openTestS3()
    const Bucket = `fletching-preflight-${process.pid}`
    const client = new S3Client({
      endpoint: s3.endpoint,
      forcePathStyle: true,
      region: 'us-east-1',
      credentials: { accessKeyId: s3.env.AWS_ACCESS_KEY_ID, secretAccessKey: s3.env.AWS_SECRET_ACCESS_KEY },
      requestChecksumCalculation: 'WHEN_REQUIRED',
    })
    try {
      await client.send(new CreateBucketCommand({ Bucket }))
      const folder = `${'x'.repeat(256 - `s3://${Bucket}/`.length)}`
      for (const Key of [`${folder}/a.csv`, `${folder}/_SUCCESS`]) {
        await client.send(new PutObjectCommand({ Bucket, Key, Body: good, ContentType: 'text/plain' }))
      }
      const look = async (path: string) => {
        const { stdout } = await fletching(['personalize', 'preflight', `s3://${Bucket}/${path}`], {
          env: { ...s3.env },
        })
        return (JSON.parse(stdout) as { findings: { code: string }[] }).findings.map(({ code }) => code)
      }
      expect(await look(folder)).toEqual(['FOREIGN_FILE', 'ADVISED_VOLUME'])
      expect(await look(`${folder}/a.csv`)).toEqual(['PATH_TOO_LONG', 'ADVISED_VOLUME'])
    } finally {
      client.destroy()
      await s3.close()
    }
  })
})

describe('run --preflight', () => {
  const few = { 'in/a': `${event('u1')}\n` }
  const run = (files: Readonly<Record<string, string>>, ...more: readonly string[]) =>
    command(['run', JOB, ...PARAMS, '--report', 'report.json', ...more], files)
  const finishedOf = ({ stdout }: Finished) =>
    stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>)
      .find((line) => line.event === 'finished')
  const refused = {
    output: './out/csv/part-00000.csv',
    verdict: 'failed',
    failures: ['FEW_INTERACTIONS', 'FEW_USERS'],
    warnings: [],
  }

  it('warns by default, in the summary and, with details, in the report', async () => {
    const done = await run(few)
    expect([done.code, done.stderr]).toEqual([0, ''])
    expect(finishedOf(done)?.preflight).toEqual([refused])
    const { preflight } = JSON.parse(done.files('report.json')) as {
      preflight: { checklist: { findings: object[] } }[]
    }
    expect(preflight).toMatchObject([{ ...refused, checklist: { figures: { records: 1, users: 1 } } }])
    expect(preflight[0].checklist.findings).toContainEqual({
      code: 'FEW_INTERACTIONS',
      severity: 'failure',
      what: 'fewer than 1,000 interactions: 1',
      count: 1,
      places: [],
      help: 'an import takes no fewer, whether FULL or INCREMENTAL: import several days at once, or send events with PutEvents',
    })
  })

  it('fails when it is told to, with the outputs in their places', async () => {
    const done = await run(few, '--preflight', 'fail')
    expect(done.code).toBe(3)
    expect(done.stderr).toBe(
      `PREFLIGHT_FAILED: Personalize would refuse the CSV: FEW_INTERACTIONS, FEW_USERS
  at ./out/csv/part-00000.csv
  the outputs of the run are complete and have been committed; only the import has to wait
  fletching personalize preflight ./out/csv/part-00000.csv says where, and the way out
`,
    )
    expect(finishedOf(done)?.preflight).toEqual([refused])
    expect(done.files('out/csv/part-00000.csv')).toBe(`${HEADER}\nu1,red-shoe,Product Clicked,1558210385\n`)
    expect(done.files('report.json')).toContain('FEW_INTERACTIONS')
  })

  it('does not fail where nothing is refused', async () => {
    const done = await run({ 'in/a': `${events.join('\n')}\n` }, '--preflight', 'fail')
    expect([done.code, done.stderr]).toEqual([0, ''])
    expect(finishedOf(done)?.preflight).toEqual([{ ...refused, verdict: 'passed', failures: [] }])
  })

  it.each<[string, string[]]>([
    ['off', ['--preflight', 'off']],
    ['there is no CSV', ['--on-empty', 'skip', '--from', '2030-01-01']],
  ])('looks at nothing when it is %s', async (_, more) => {
    const done = await run({ 'in/a': more[1] === 'skip' ? '{}\n' : few['in/a'] }, ...more)
    expect([done.code, done.stderr]).toEqual([0, ''])
    expect(finishedOf(done)?.preflight).toBeUndefined()
  })

  it('leaves the CSV of a job alone that does not write for Personalize', async () => {
    const done = await command(['run', './clicks.mjs', '--INPUT', 'in', '--preflight', 'fail'], {
      ...few,
      'clicks.mjs': CSV_JOB,
    })
    expect([done.code, done.stderr]).toEqual([0, ''])
    expect(finishedOf(done)?.preflight).toBeUndefined()
  })
})

const jobRoom = new URL('../packages/job/dist/index.js', import.meta.url).href
const CSV_JOB = `import { defineJob, param, scanNdjson, segmentTrack, writeCsv } from '${jobRoom}'
export default defineJob({
  name: 'clicks',
  params: { INPUT: param.location('events') },
  plan: ({ INPUT }) => [writeCsv(scanNdjson(INPUT, segmentTrack).selectFields('userId'), { to: 'out/csv' })],
})`
const TABLE_JOB = `import { defineJob, param, scanNdjson, segmentTrack, writeParquet } from '${jobRoom}'
export default defineJob({
  name: 'table',
  params: { INPUT: param.location('events') },
  plan: ({ INPUT }) => [writeParquet(scanNdjson(INPUT, segmentTrack).select((col) => ({ user_id: col('userId') })), { to: 'out/table' })],
})`
