import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { CreateBucketCommand, GetObjectCommand, S3Client } from '@aws-sdk/client-s3'
import type { Profile } from '@fletching/explore/profile'
import { fletching, inFolder, openTestS3 } from '@fletching/testing'
import { describe, expect, it } from 'vitest'
import { event } from './faults/run.ts'

const JOB = 'segment-to-personalize'
const PARAMS = [
  '--S3_JSON_INPUT_PATH',
  'in',
  '--S3_CSV_OUTPUT_PATH',
  'out/csv',
  '--S3_PARQUET_OUTPUT_PATH',
  'out/table',
]
const CSV = 'USER_ID,ITEM_ID,EVENT_TYPE,TIMESTAMP\nu1,i1,Click,1558188202\n'

/** A folder in which the job has run over lines of every fate. */
function afterRun<T>(test: (cwd: string) => Promise<T>, ...options: readonly string[]): Promise<T> {
  return inFolder(async (cwd) => {
    await mkdir(join(cwd, 'in'))
    const lines = [
      event('u1'),
      event('u1'),
      event('u2'),
      '',
      '{"event":',
      event('u3').replace(/"timestamp":"[^"]*"/, '"timestamp":"soon"'),
      '{"event":"Signed Up"}',
      '',
    ]
    await writeFile(join(cwd, 'in', 'a.json'), lines.join('\n'))
    const { code, stderr } = await fletching(['run', JOB, ...PARAMS, '--on-malformed', 'quarantine', ...options], {
      cwd,
    })
    expect([code, stderr]).toEqual([0, ''])
    return test(cwd)
  })
}

async function profileOf(cwd: string, ...args: readonly string[]): Promise<Profile> {
  const { code, stdout, stderr } = await fletching(['profile', ...args, '--json', '-'], { cwd, showsEvents: true })
  expect([code, stderr]).toEqual([0, ''])
  return JSON.parse(stdout) as Profile
}

describe('fletching profile of a job', () => {
  it('says what the last run did and what its outputs hold', () =>
    afterRun(async (cwd) => {
      const { run, tables, checklist, ...made } = await profileOf(cwd, JOB, ...PARAMS)
      expect(made).toEqual({
        profileVersion: 1,
        version: '0.1.0',
        of: JOB,
        madeAt: expect.stringMatching(/^\d{4}-.*Z$/),
      })
      expect(run).toMatchObject({ input: 'in', objects: 1, warnings: [] })
      expect(run?.accounting).toEqual({
        lines: 7,
        rows: 3,
        exploded: 0,
        filtered: [{ name: 'event not wanted', count: 1 }],
        duplicates: 0,
        setAside: [{ name: 'timestamp: NOT_A_TIMESTAMP', count: 1 }],
        malformed: [{ name: 'UNFINISHED', count: 1 }],
        blank: 1,
        dropped: [],
      })
      expect(run?.refused).toEqual([{ reason: 'event not wanted', values: [{ name: 'Signed Up', count: 1 }] }])
      expect(run?.rejects).toEqual({
        objects: 1,
        lines: 2,
        codes: [
          { name: 'NOT_A_TIMESTAMP', count: 1, first: { object: join(cwd, 'in/a.json'), line: 6 } },
          { name: 'UNFINISHED', count: 1, first: { object: join(cwd, 'in/a.json'), line: 5 } },
        ],
      })
      expect(
        tables.map(({ location, format, rows, objects }) => [location.replace(cwd, '.'), format, rows, objects]),
      ).toEqual([
        ['./out/csv/part-00000.csv', 'csv', 3, 1],
        ['./out/table/', 'parquet', 3, 1],
      ])
      const [csv, table] = tables
      expect(csv.details?.users?.bins).toEqual([
        { from: 1, to: 1, users: 1 },
        { from: 2, to: 2, users: 1 },
      ])
      expect([csv.duplicates.count, table.duplicates.count, table.details]).toEqual([1, 1, undefined])
      expect(checklist?.verdict).toBe('failed')
      expect(checklist?.figures).toMatchObject({ records: 3, users: 2, usersWithTwo: 1 })
    }))

  it('counts the rows beside their lines, and checks interactions with a value, of a job that makes several of one event', () =>
    inFolder(async (cwd) => {
      const job = 'segment-ecommerce-to-personalize'
      const events = new URL(`../fixtures/jobs/${job}/events.ndjson`, import.meta.url)
      const params = ['--S3_JSON_INPUT_PATH', fileURLToPath(events), '--S3_CSV_OUTPUT_PATH', 'out/csv']
      const { code, stderr } = await fletching(['run', job, ...params, '--on-malformed', 'quarantine'], { cwd })
      expect([code, stderr]).toEqual([0, ''])
      const { run, tables, checklist } = await profileOf(cwd, job, ...params)
      const { rows = 0, exploded = 0, dropped } = run?.accounting ?? {}
      expect([rows + exploded, exploded > 0]).toEqual([tables[0].rows, true])
      expect(dropped).toContainEqual({ name: 'duplicate', count: expect.any(Number) })
      expect(checklist?.figures.records).toBe(tables[0].rows)
    }))

  it('takes job, parameters and places from the environment, and writes the page', () =>
    afterRun(
      async (cwd) => {
        const env = {
          FLETCHING_JOB: JOB,
          S3_JSON_INPUT_PATH: 'in',
          S3_CSV_OUTPUT_PATH: 'out/csv',
          FLETCHING_TO: 'a.html',
          FLETCHING_JSON: 'a.json',
          FLETCHING_STATE: 'state',
        }
        const { code, stdout, stderr } = await fletching(['profile'], { cwd, env })
        expect([code, stderr]).toEqual([0, ''])
        const [page, json] = await Promise.all(['a.html', 'a.json'].map((name) => readFile(join(cwd, name), 'utf8')))
        expect(JSON.parse(stdout)).toEqual({
          to: 'a.html',
          json: 'a.json',
          bytes: Buffer.byteLength(page),
          rows: 3,
          verdict: 'failed',
        })
        expect(page.startsWith('<!doctype html>\n<!-- a profile by fletching -->\n')).toBe(true)
        expect((JSON.parse(json) as Profile).tables).toHaveLength(1)
      },
      '--state',
      'state',
    ))

  it('looks closer at the output with the most rows', () =>
    afterRun(async (cwd) => {
      await writeFile(join(cwd, 'in', 'a.json'), `${event('u4')}\n`)
      const append = ['--write-mode', 'append', '--csv', 'increment']
      expect((await fletching(['run', JOB, ...PARAMS, ...append], { cwd })).code).toBe(0)
      const { tables, run } = await profileOf(cwd, JOB, ...PARAMS)
      expect(tables.map(({ format, rows, details }) => [format, rows, details?.time?.column])).toEqual([
        ['parquet', 4, 'timestamp_s'],
        ['csv', 1, undefined],
      ])
      expect([run?.accounting.rows, run?.rejects?.lines]).toEqual([1, 2])
    }))

  it('takes a run that wrote nothing as it is', () =>
    inFolder(async (cwd) => {
      await mkdir(join(cwd, 'in'))
      await writeFile(join(cwd, 'in', 'a.json'), '{"event":"Signed Up"}')
      await fletching(['run', JOB, ...PARAMS, '--on-empty', 'skip'], { cwd })
      const { tables, checklist } = await profileOf(cwd, JOB, ...PARAMS)
      expect([tables.map(({ objects, rows }) => [objects, rows]), checklist]).toEqual([
        [
          [0, 0],
          [0, 0],
        ],
        undefined,
      ])
      expect((await fletching(['profile', JOB, ...PARAMS], { cwd })).code).toBe(0)
      expect(await readFile(join(cwd, 'profile.html'), 'utf8')).toContain('part-00000.csv</bdi>: no file, ')
    }))

  it.each<[string, (cwd: string) => Promise<unknown>, number, string]>([
    [
      'a job that has not run',
      (cwd) => rm(join(cwd, 'out'), { recursive: true }),
      2,
      `NO_RUN_YET: no run of the job has written these outputs yet
  at job ${JOB}
  fletching run ${JOB} with the same parameters writes them; fletching profile LOCATION looks at what lies elsewhere
`,
    ],
    [
      'an output that is gone',
      (cwd) => rm(join(cwd, 'out/csv/part-00000.csv')),
      4,
      `OUTPUT_GONE: an output of the last run is not there any more
  at ./out/csv/part-00000.csv
  run the job again, or fletching profile LOCATION looks at what lies elsewhere
`,
    ],
    [
      'rejects that are gone',
      (cwd) => rm(join(cwd, `out/_fletching/${JOB}/csv/rejects.ndjson`)),
      4,
      `OUTPUT_GONE: an output of the last run is not there any more
  at ./out/_fletching/${JOB}/csv/rejects.ndjson
  run the job again, or fletching profile LOCATION looks at what lies elsewhere
`,
    ],
  ])('refuses %s', (_, damage, code, stderr) =>
    afterRun(async (cwd) => {
      await damage(cwd)
      const ended = await fletching(['profile', JOB, ...PARAMS], { cwd })
      expect([ended.code, ended.stdout, ended.stderr.replaceAll(cwd, '.')]).toEqual([code, '', stderr])
      await expect(readFile(join(cwd, 'profile.html'))).rejects.toThrow('ENOENT')
    }),
  )
})

describe('fletching profile of files', () => {
  it('needs no job; a checklist comes with a CSV of interactions that Personalize could import', () =>
    inFolder(async (cwd) => {
      await mkdir(join(cwd, 'data'))
      await writeFile(join(cwd, 'data/a.csv'), CSV)
      await writeFile(join(cwd, 'other.csv'), 'id\n1\n')
      const { of, run, tables, checklist } = await profileOf(cwd, 'data')
      expect([of, run, tables[0].rows, checklist?.figures.records]).toEqual(['data', undefined, 1, 1])
      expect((await profileOf(cwd, 'data/*.csv')).checklist).toBeUndefined()
      expect((await profileOf(cwd, 'data', '--exclude', 'x')).checklist).toBeUndefined()
      expect((await profileOf(cwd, 'other.csv')).checklist).toBeUndefined()
    }))

  it('reads a CSV in the dialect that is named', () =>
    inFolder(async (cwd) => {
      await writeFile(join(cwd, 'a.csv'), 'ITEM_ID\n"a\\"\nb\n')
      const names = async (dialect: string) => {
        const { code, stdout, stderr } = await fletching(
          ['profile', 'a.csv', '--json', '-', '--csv-dialect', dialect],
          { cwd },
        )
        return code === 0
          ? (JSON.parse(stdout) as Profile).tables[0].details?.items?.top.map(({ name }) => name)
          : stderr.split(':')[0]
      }
      expect([await names('personalize'), await names('rfc4180')]).toEqual(['BAD_CSV_RECORD', ['a\\', 'b']])
    }))

  it.each<[string, readonly string[], string]>([
    [
      'nothing',
      [],
      'USAGE: what shall be profiled is missing\n  fletching profile JOB with the parameters of its run, or fletching profile LOCATION\n',
    ],
    [
      'what is not there',
      ['nix'],
      'NO_INPUT: no object at nix\n  expected an object, a folder that holds some, or a glob such as s3://bucket/logs/**/*.gz\n  no job has that name either; fletching list shows those that are built in\n',
    ],
    [
      'a path that is not there',
      ['./nix'],
      'NO_INPUT: no object at ./nix\n  expected an object, a folder that holds some, or a glob such as s3://bucket/logs/**/*.gz\n',
    ],
    [
      'a module that is not there',
      ['nix.mjs'],
      'UNKNOWN_JOB: no file "./nix.mjs"\n  expected the path of a module whose default export is a job\n',
    ],
    [
      'standard input',
      ['-'],
      'NOT_A_TABLE: standard input cannot be read twice\n  at -\n  expected CSV or Parquet, an object, a folder or a glob, on disk or in S3\n',
    ],
    [
      'a place with something else',
      ['a.csv', '--to', 'a.csv'],
      'NOT_A_PROFILE: there is something that is no profile of ours\n  at a.csv\n  give another place, or --force to write over it\n',
    ],
    [
      'such a place for JSON',
      ['a.csv', '--json', 'a.csv'],
      'NOT_A_PROFILE: there is something that is no profile of ours\n  at a.csv\n  give another place, or --force to write over it\n',
    ],
  ])('refuses %s', (_, args, stderr) =>
    inFolder(async (cwd) => {
      await writeFile(join(cwd, 'a.csv'), CSV)
      const ended = await fletching(['profile', ...args], { cwd })
      expect([ended.code, ended.stdout, ended.stderr.replaceAll(cwd, '.')]).toEqual([2, '', stderr])
      expect(await readFile(join(cwd, 'a.csv'), 'utf8')).toBe(CSV)
    }),
  )

  it('takes the place of an earlier profile, and of anything with --force', () =>
    inFolder(async (cwd) => {
      await writeFile(join(cwd, 'a.csv'), CSV)
      await writeFile(join(cwd, 'notes.html'), 'mine')
      const write = async (...args: readonly string[]) => (await fletching(['profile', 'a.csv', ...args], { cwd })).code
      expect([await write(), await write(), await write('--json', 'p.json'), await write('--json', 'p.json')]).toEqual([
        0, 0, 0, 0,
      ])
      expect([await write('--to', 'notes.html'), await write('--to', 'notes.html', '--force')]).toEqual([2, 0])
      expect(await readFile(join(cwd, 'notes.html'), 'utf8')).toContain('<title>a.csv · profile</title>')
    }))

  it('reads from S3 and writes there', async () => {
    const s3 = await openTestS3()
    try {
      const client = new S3Client({
        endpoint: s3.endpoint,
        forcePathStyle: true,
        region: 'us-east-1',
        credentials: { accessKeyId: s3.env.AWS_ACCESS_KEY_ID, secretAccessKey: s3.env.AWS_SECRET_ACCESS_KEY },
      })
      await client.send(new CreateBucketCommand({ Bucket: 'logs' }))
      await inFolder(async (cwd) => {
        await writeFile(join(cwd, 'a.csv'), CSV)
        const args = ['profile', 'a.csv', '--to', 's3://logs/reports/a.html']
        for (let turn = 0; turn < 2; turn++) {
          const { code, stderr } = await fletching(args, { cwd, env: s3.env })
          expect([code, stderr]).toEqual([0, ''])
        }
        const { Body } = await client.send(new GetObjectCommand({ Bucket: 'logs', Key: 'reports/a.html' }))
        expect(await Body?.transformToString()).toContain('<title>a.csv · profile</title>')
      })
      client.destroy()
    } finally {
      await s3.close()
    }
  })
})
