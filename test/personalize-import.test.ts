import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  type FaultyS3,
  type Finished,
  fletching,
  inFolder,
  openFaultyS3,
  sample,
  sampleTitle,
  startFletching,
} from '@fletching/testing'
import {
  openPersonalizeServer,
  type PersonalizeServer,
  type PersonalizeServerOptions,
  type Phase,
} from '@fletching/testing/personalize-server'
import { describe, expect, it } from 'vitest'
import { event, linesOf } from './faults/run.ts'

const ROLE = 'arn:aws:iam::123456789012:role/personalize-import'
const IMPORT = ['personalize', 'import', '--dataset-group', 'shop', '--role', ROLE]
const FROM = ['--from', 's3://exports/interactions']
/** Everything is there as soon as it is made, so that nothing waits. */
const AT_ONCE: PersonalizeServerOptions = { pendingRequests: 0, progressRequests: 0 }

/** The requests that make something. */
const MAKING = ['CreateSchema', 'CreateDatasetGroup', 'CreateDataset', 'CreateDatasetImportJob']

interface Ends {
  readonly cwd: string
  readonly s3: FaultyS3
  readonly personalize: PersonalizeServer
  readonly env: Readonly<Record<string, string>>
  readonly command: (...args: readonly string[]) => Promise<Finished>
}

function withEnds(options: PersonalizeServerOptions, test: (ends: Ends) => Promise<void>): Promise<void> {
  return inFolder(async (cwd) => {
    const s3 = await openFaultyS3({ buckets: ['exports'] })
    const personalize = await openPersonalizeServer(options)
    const rows = Array.from({ length: 1000 }, (_, row) => `u${row},red-shoe,View,${1558210385 + row}\n`)
    s3.put(
      'exports',
      'interactions/part-00000.csv',
      Buffer.from(`USER_ID,ITEM_ID,EVENT_TYPE,TIMESTAMP\n${rows.join('')}`),
    )
    const env = { ...s3.env, ...personalize.env }
    try {
      await test({ cwd, s3, personalize, env, command: (...args) => fletching(args, { cwd, env }) })
    } finally {
      await s3.close()
      await personalize.close()
    }
  })
}

/** The lines for a program, without times and digests. */
function linesFrom(stdout: string): Record<string, unknown>[] {
  const plain = stdout.replaceAll(/-[0-9a-f]{12}\b/g, '-DIGEST').replaceAll(/"time":"[^"]*",/g, '')
  return plain
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>)
}

const notes = (stdout: string) => linesFrom(stdout).flatMap(({ text }) => (text === undefined ? [] : [text]))

describe('fletching personalize import', () => {
  it('imports what runs have written: all of it, then increments, and never twice', () =>
    withEnds(AT_ONCE, async ({ cwd, personalize, command }) => {
      await mkdir(join(cwd, 'in'))
      const run = async (name: string, csv: string) => {
        const events = Array.from({ length: 1000 }, (_, user) => event(`${name}${user}`))
        await writeFile(join(cwd, 'in', name), linesOf(events))
        const options = ['--job-bookmark-option', 'job-bookmark-enable', '--csv', csv]
        const places = ['--S3_CSV_OUTPUT_PATH', 's3://exports/out', '--S3_PARQUET_OUTPUT_PATH', 's3://exports/table']
        return command('run', 'segment-to-personalize', '--S3_JSON_INPUT_PATH', 'in', ...places, ...options)
      }
      const said: unknown[] = []
      for (const [name, csv] of [
        ['a', 'increment'],
        ['b', 'increment'],
        ['c', 'full'],
      ]) {
        expect(await run(name, csv)).toMatchObject({ code: 0, stderr: '' })
        for (let start = 0; start < 2; start++) {
          const { code, stdout, stderr } = await command(...IMPORT, '--from', 's3://exports/out')
          expect([code, stderr]).toEqual([0, ''])
          const lines = linesFrom(stdout)
          said.push([lines[0].text, lines.at(-1)?.mode, lines.at(-1)?.wasThere])
        }
      }
      const again = 'dataset import job shop-interactions-DIGEST: ACTIVE'
      expect(said).toEqual([
        ['FULL: the dataset has no import yet, and the first one is full', 'FULL', false],
        [again, 'FULL', true],
        [
          'INCREMENTAL: the CSV holds the rows of one run: they are added to what earlier imports brought',
          'INCREMENTAL',
          false,
        ],
        [again, 'INCREMENTAL', true],
        ['FULL: the CSV holds the rows of all runs: it replaces what earlier imports brought', 'FULL', false],
        [again, 'FULL', true],
      ])
      expect(personalize.names('dataset-import-job')).toHaveLength(3)
    }))

  it('tells a program how it goes', () =>
    withEnds({ ...AT_ONCE, pendingRequests: 1 }, async ({ command }) => {
      const { code, stdout, stderr } = await command(...IMPORT, ...FROM)
      expect([code, stderr]).toEqual([0, ''])
      const job = 'dataset import job shop-interactions-DIGEST'
      expect(linesFrom(stdout)).toEqual([
        ...[
          'FULL: the dataset has no import yet, and the first one is full',
          'dataset group shop: CREATE PENDING',
          'dataset group shop: ACTIVE',
          'dataset interactions: CREATE PENDING',
          'dataset interactions: ACTIVE',
          `${job}: CREATE PENDING`,
          `${job}: ACTIVE`,
        ].map((text) => ({ event: 'note', text })),
        {
          group: 'shop',
          dataset: 'interactions',
          job: 'shop-interactions-DIGEST',
          jobArn: 'arn:aws:personalize:us-east-1:123456789012:dataset-import-job/shop-interactions-DIGEST',
          mode: 'FULL',
          wasThere: false,
          isReplaced: false,
        },
      ])
    }))

  it('prints its requests instead of making them', () =>
    withEnds(AT_ONCE, async ({ personalize, command }) => {
      const { code, stdout } = await command(...IMPORT, ...FROM, '--dry-run', '--domain', 'ecommerce')
      expect(code).toBe(0)
      expect(
        linesFrom(stdout).flatMap(({ call, input }) => (call === undefined ? [] : [[call, Object.keys(input ?? {})]])),
      ).toEqual([
        ['CreateSchema', ['name', 'schema', 'domain']],
        ['CreateDatasetGroup', ['name', 'domain']],
        ['CreateDataset', ['name', 'schemaArn', 'datasetGroupArn', 'datasetType']],
        ['CreateDatasetImportJob', ['jobName', 'datasetArn', 'dataSource', 'roleArn', 'importMode']],
      ])
      expect(personalize.account.resources).toEqual([])
      await command(...IMPORT, ...FROM)
      expect(notes((await command(...IMPORT, ...FROM, '--dry-run')).stdout)).toEqual([
        'nothing to do: this CSV is imported, or its import is under way',
      ])
    }))

  it('ends at once when it is told to, and says what goes on', () =>
    withEnds({ ...AT_ONCE }, async ({ cwd, env, personalize }) => {
      const end = (at: string) => {
        const { child, ended } = startFletching([...IMPORT, ...FROM], { cwd, env })
        child.stdout.on('data', (chunk: Buffer) => {
          if (chunk.includes(at)) child.kill('SIGTERM')
        })
        return ended.then(({ code, stderr }) => [code, stderr] as const)
      }
      personalize.account.options.pendingRequests = 1e9
      expect(await end('dataset group shop: CREATE PENDING')).toEqual([
        143,
        'SIGTERM: no import job was seen yet; what was made for it stays, and the same command goes on with it\n',
      ])
      for (const resource of personalize.account.resources) resource.status = 'ACTIVE'
      personalize.account.options.pendingRequests = 0
      personalize.setFaults([{ operation: 'DescribeDatasetImportJob', nth: 2, fault: { kind: 'stall' } }])
      personalize.account.options.progressRequests = 1
      const [code, stderr] = await end('dataset import job')
      expect([code, stderr.replace(/-[0-9a-f]{12}/, '-DIGEST')]).toEqual([
        143,
        'SIGTERM: the import goes on in AWS as shop-interactions-DIGEST; the same command goes on waiting for it\n',
      ])
    }))

  it.each(['arrived', 'applied'] as const)(
    `makes the same once when it was killed as a request that makes something has %s, ${sampleTitle}`,
    async (phase: Phase) => {
      for (const operation of sample(MAKING, 4)) {
        const child: { kill?: () => void } = {}
        const onRequest: PersonalizeServerOptions['onRequest'] = (request, reached) => {
          if (request.operation !== operation || reached !== phase || child.kill === undefined) return undefined
          child.kill()
          delete child.kill
          return 'drop'
        }
        await withEnds({ ...AT_ONCE, onRequest }, async ({ cwd, env, personalize, command }) => {
          const { child: killed, ended } = startFletching([...IMPORT, ...FROM], { cwd, env })
          child.kill = () => killed.kill('SIGKILL')
          await ended
          expect(killed.signalCode).toBe('SIGKILL')
          expect(await command(...IMPORT, ...FROM)).toMatchObject({ code: 0, stderr: '' })
          expect(personalize.account.resources.map(({ kind }) => kind)).toEqual([
            'schema',
            'dataset-group',
            'dataset',
            'dataset-import-job',
          ])
        })
      }
    },
  )

  it.each([
    [
      [],
      2,
      'MISSING_OPTION: personalize import needs --from\n  expected --from s3://bucket/name.csv, or the folder around it\n',
    ],
    [
      ['--from', 's3://exports/interactions', '--dataset-group', 'shop'],
      2,
      'MISSING_OPTION: personalize import needs --role\n  expected --role ARN, of the role with which Personalize reads the CSV\n',
    ],
    [
      [...IMPORT.slice(2), ...FROM, '--schema', 'none.json'],
      2,
      'NO_INPUT: there is no object at CWD/none.json\n  give the address of a schema\n',
    ],
    [
      [...IMPORT.slice(2), ...FROM, '--timeout', '10'],
      2,
      'BAD_OPTION: --timeout got "10"\n  expected a time such as 90s, 30m or 6h\n',
    ],
    [
      [...IMPORT.slice(2), ...FROM, '--mode', 'append'],
      2,
      'USAGE: Invalid values: Argument: mode, Given: "append", Choices: "auto", "full", "incremental"\n  fletching personalize import --help shows how it is used\n',
    ],
    [
      [...IMPORT.slice(2), '--from', 's3://exports/none/'],
      3,
      'NO_CSV: there is no CSV\n  at s3://exports/none/\n  run the job that writes it first\n',
    ],
  ])('refuses %j', (args, code, stderr) =>
    withEnds(AT_ONCE, async ({ cwd, command }) => {
      const ended = await command('personalize', 'import', ...args)
      expect({ ...ended, stderr: ended.stderr.replace(cwd, 'CWD') }).toEqual({ code, stdout: '', stderr })
    }),
  )

  it('says by its exit code who must act', () =>
    withEnds({ ...AT_ONCE, failures: ['Invalid Data location.'] }, async ({ personalize, command }) => {
      const failed = await command(...IMPORT, ...FROM)
      expect([failed.code, failed.stderr.replace(/-[0-9a-f]{12}/, '-DIGEST')]).toEqual([
        3,
        `IMPORT_FAILED: Invalid Data location.
  at dataset import job shop-interactions-DIGEST
  --from must be s3://bucket/name.csv, or with a / at its end a folder that holds the CSV and nothing else
`,
      ])
      const message = 'User: arn:aws:iam::123456789012:user/somebody with AKIATESTMARK is not authorized'
      personalize.setFaults([{ fault: { kind: 'error', status: 400, code: 'AccessDeniedException', message } }])
      expect(await command(...IMPORT, ...FROM)).toEqual({
        code: 4,
        stdout: '',
        stderr: `PERSONALIZE_ACCESS_DENIED: not allowed to personalize:ListDatasetGroups
  at ListDatasetGroups
  at dataset group shop
  allow personalize:ListDatasetGroups on * to whoever runs this command
`,
      })
      personalize.setFaults([])
      personalize.account.options.pendingRequests = 1e9
      // The job that came to nothing is under way again.
      const late = await command(...IMPORT, ...FROM, '--timeout', '1s')
      expect([late.code, late.stderr.replace(/-[0-9a-f]{12}/, '-DIGEST')]).toEqual([
        4,
        `IMPORT_TIMEOUT: the import is not done after 1 s
  at dataset import job shop-interactions-DIGEST
  it goes on in AWS; the same command goes on waiting
`,
      ])
    }))
})

describe('fletching personalize policy', () => {
  const POLICY = ['personalize', 'policy', '--bucket', 'exports', '--account', '123456789012']

  it('prints policies that it finds nothing wrong with', () =>
    inFolder(async (cwd) => {
      const { code, stdout } = await fletching(POLICY, { cwd })
      expect(code).toBe(0)
      const policies = JSON.parse(stdout) as Record<string, object>
      expect(Object.keys(policies)).toEqual(['bucketPolicy', 'trustPolicy', 'rolePolicy'])
      await writeFile(join(cwd, 'policy.json'), JSON.stringify(policies.bucketPolicy))
      expect(await fletching([...POLICY, '--check', 'policy.json'], { cwd })).toEqual({
        code: 0,
        stdout: '{"verdict":"passed","kind":"bucket","findings":[]}\n',
        stderr: '',
      })
    }))

  it('says what a policy lacks', () =>
    inFolder(async (cwd) => {
      const statement = { Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::exports/*' }
      await writeFile(join(cwd, 'role.json'), JSON.stringify({ Statement: [statement] }))
      const { code, stdout, stderr } = await fletching([...POLICY, '--check', 'role.json'], { cwd })
      expect(JSON.parse(stdout)).toMatchObject({
        verdict: 'failed',
        kind: 'role',
        findings: [{ code: 'POLICY_LACKS' }],
      })
      expect([code, stderr]).toEqual([
        4,
        `POLICY_INCOMPLETE: the policy of the role does not let Personalize read the bucket
  at role.json
  what it lacks stands on standard output
`,
      ])
    }))

  it.each([
    [['personalize', 'policy'], 'MISSING_OPTION: personalize policy needs --bucket\n  expected --bucket NAME\n'],
    [
      [...POLICY, '--check', 'none.json'],
      'POLICY_NOT_READ: the policy cannot be read: ENOENT\n  at none.json\n  expected a file on this machine\n',
    ],
  ])('refuses %j', (args, stderr) =>
    inFolder(async (cwd) => {
      expect(await fletching(args, { cwd })).toEqual({ code: 2, stdout: '', stderr })
    }),
  )
})
