import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { deflateSync, gzipSync } from 'node:zlib'
import {
  accessDenied,
  expiredToken,
  type Fault,
  fletching,
  inFolder,
  openFaultyS3,
  type Rule,
  spawnFletching,
} from '@fletching/testing'
import { describe, expect, it } from 'vitest'
import { bytesOf, type Content, linesOf } from './run.ts'

const JOB = 'segment-to-personalize'
/** Stands in every value of the events and in every credential. */
const MARK = 'secret-mark'
/** An excerpt may end within it. */
const BEGINNING = 'secret'
/** A secret that is a number. */
const NUMBER = '9007199254740993'
const CREDENTIALS = {
  AWS_ACCESS_KEY_ID: `AKIA${MARK}`,
  AWS_SECRET_ACCESS_KEY: `${MARK}/key`,
  AWS_SESSION_TOKEN: `${MARK}/token`,
}

/** An event of which every value but the event's name, which the report tells, is secret; later members count in place of earlier ones. */
const secret = (more = '') =>
  `{"userId":"${MARK}","${MARK}":"${MARK}","event":"Product Clicked","properties":{"sku":"${MARK}"},"timestamp":"2019-05-18T20:13:05.123Z"${more}}`

const good = secret()
const malformed = [
  good.slice(0, 40),
  `${good}${MARK}`,
  `[${good}]`,
  `"${MARK}"`,
  `{"${MARK}":tru}`,
  `{"${MARK}":01}`,
  `{"a":"${MARK}\u0001"}`,
  `{"a":"\\u${MARK}"}`,
  `<!-- ${MARK} -->`,
  `${good}\u0000`,
  `\ufeff${good}`,
  `{"${MARK}":${'['.repeat(1001)}`,
]
const setAside = [
  secret(`,"userId":{"id":"${MARK}"}`),
  secret(`,"userId":"${MARK}\\n"`),
  secret(`,"properties":{"sku":["${MARK}"]}`),
  secret(`,"timestamp":"${MARK}"`),
]
const filtered = [secret(',"event":"Page Viewed"'), secret(`,"event":["${MARK}"]`), secret(',"userId":""')]
const bad = bytesOf(linesOf([good, ...malformed, ...setAside, ...filtered, good]), `{"${MARK}":"`, [0xff, 0x0a])
/** More than a worker takes at once. */
const filler = linesOf(Array<string>(6000).fill(filtered[0]))

/** A job with casts, and with numbers that one of the writers of Parquet cannot take. */
const castJob = `
  import { defineJob, int64, param, scanNdjson, schema, text, writeCsv, writeParquet } from '${import.meta.resolve('@fletching/job')}'
  const events = schema('events', { userId: text(), count: int64() })
  export default defineJob({
    name: 'cast',
    params: { CSV: param.location('a folder').optional(), TABLE: param.location('a folder').optional() },
    plan: ({ CSV, TABLE }) => {
      const rows = scanNdjson('in', events)
      return [
        writeCsv(rows.select((col) => ({ number: col('userId').cast(int64()) })), { to: CSV }),
        writeParquet(rows.select((col) => ({ count: col('count') })), { to: TABLE }),
      ]
    },
  })`.replaceAll('/src/index.ts', '/dist/index.js')

/** Every word that a run leaves, other than its outputs: what it printed, reports and manifests. */
interface Told {
  readonly code: number | null
  readonly stderr: string
  readonly told: string
  readonly rejects: string
}

async function tell(
  files: Readonly<Record<string, Content>>,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  start = fletching,
): Promise<Told> {
  return inFolder(async (cwd) => {
    for (const [name, content] of Object.entries(files)) {
      await mkdir(join(cwd, name, '..'), { recursive: true })
      await writeFile(join(cwd, name), content)
    }
    const { code, stdout, stderr } = await start([...args, '--report', 'report.json'], { cwd, env })
    const entries = await readdir(cwd, { recursive: true, withFileTypes: true })
    const told = [stdout, stderr]
    let rejects = ''
    for (const { parentPath, name } of entries.filter((entry) => entry.isFile())) {
      if (name === 'report.json' || name === 'manifest.json') told.push(await readFile(join(parentPath, name), 'utf8'))
      if (name === 'rejects.ndjson') rejects += await readFile(join(parentPath, name), 'utf8')
    }
    return { code, stderr, told: told.join('\n'), rejects }
  })
}

const run = (...more: readonly string[]) => [
  'run',
  JOB,
  '--S3_JSON_INPUT_PATH=in',
  '--S3_CSV_OUTPUT_PATH=out',
  '--S3_PARQUET_OUTPUT_PATH=table',
  ...more,
]
const runCast = (...more: readonly string[]) => ['run', './cast.mjs', ...more]

/** How a run ends, by the first word of its error. */
type Case = readonly [ends: string, files: Readonly<Record<string, Content>>, args: readonly string[]]

const cases: readonly Case[] = [
  ['well', { 'in/a': bad }, run('--on-malformed', 'quarantine')],
  ['well', { 'in/a': bad }, run('--on-malformed', 'quarantine', '--redact-rejects')],
  ['well', { 'in/a': bad }, run('--on-malformed', 'skip')],
  ...malformed.slice(0, 4).map((line): Case => ['MALFORMED_JSON', { 'in/a': linesOf([good, line]) }, run()]),
  ['MALFORMED_JSON', { 'in/a': bad, 'in/b': filler, 'in/c': bad, 'in/d': filler }, run('--workers', '2')],
  ['MALFORMED_JSON', { 'in/a': linesOf([secret(`,"x":"${'x'.repeat(100)}"`)]) }, run('--max-line-bytes', '100')],
  ['TOO_MANY_MALFORMED', { 'in/a': bad }, run('--on-malformed', 'skip', '--max-malformed', '3')],
  ['TOO_MANY_MALFORMED', { 'in/a': bad }, run('--on-malformed', 'quarantine', '--max-malformed', '3%')],
  ['TOO_MANY_REJECTS', { 'in/a': bad }, run('--on-malformed', 'skip', '--max-rejects', '3')],
  ['EMPTY_RESULT', { 'in/a': linesOf([...setAside, ...filtered]) }, run()],
  ['CORRUPT_GZIP', { 'in/a': gzipSync(good.repeat(20)).subarray(0, -9) }, run()],
  ['CORRUPT_GZIP', { 'in/a': bytesOf(gzipSync(`${good}\n`), MARK) }, run()],
  ['CORRUPT_GZIP', { 'in/a': gzipSync(filler, { level: 0 }).fill(7, 300_000, 300_100) }, run('--workers', '2')],
  ['UNSUPPORTED_COMPRESSION', { 'in/a': deflateSync(MARK) }, run()],
  ['UNSUPPORTED_COMPRESSION', { 'in/a': gzipSync(gzipSync(MARK)) }, run()],
  [
    'PARTITION_TOO_LONG',
    { 'in/a': linesOf([secret(`,"userId":"${MARK.repeat(30)}"`)]) },
    run('--partition-by', 'user_id'),
  ],
  ['CAST_FAILED', { 'in/a': linesOf([good]), 'cast.mjs': castJob }, runCast('--CSV', 'out')],
  [
    'NOT_IN_PARQUETJS',
    { 'in/a': `{"count":${NUMBER}}\n`, 'cast.mjs': castJob },
    runCast('--TABLE', 'out', '--parquet-writer', 'parquetjs-lite'),
  ],
]

const firstWord = ({ code, stderr }: Told) => (code === 0 ? 'well' : stderr.slice(0, stderr.indexOf(':')))

describe('neither words nor reports nor manifests tell of the events when a run ends', () => {
  it.each(cases.map(([ends, files, args], number) => ({ number: number + 1, ends, files, args })))(
    '$ends (case $number)',
    async ({ ends, files, args }) => {
      const told = await tell(files, args, CREDENTIALS)
      expect(firstWord(told), told.stderr).toBe(ends)
      expect(told.told).not.toContain(BEGINNING)
      expect(told.told).not.toContain(NUMBER)
      // The rejects are an output: what is not told elsewhere stands there.
      expect(told.rejects !== '').toBe(ends === 'well')
      expect(told.rejects.includes(MARK)).toBe(ends === 'well' && !args.includes('--redact-rejects'))
    },
  )

  it('shows the line at fault when it is asked to', async () => {
    const { told } = await tell({ 'in/a': linesOf(malformed) }, run('--show-data'))
    expect(told).toContain(MARK)
  })
})

// At once, since most of the time the command waits for its next try.
describe.concurrent('nor of the credentials, when S3', () => {
  const body: Fault = { kind: 'reset-after-bytes', bytes: 'half' }
  it.each<[string, string, readonly Rule[]]>([
    ['is well', 'well', []],
    ['cuts every body', 'READ_CUT_SHORT', [{ op: 'GetObject', fault: body }]],
    ['refuses to list', 'ACCESS_DENIED', [{ op: 'ListObjectsV2', fault: accessDenied }]],
    ['refuses to give', 'ACCESS_DENIED', [{ op: 'GetObject', keyPattern: /^in/, fault: accessDenied }]],
    ['refuses to take', 'ACCESS_DENIED', [{ op: 'CreateMultipartUpload', fault: accessDenied }]],
    ['knows the token no more', 'EXPIRED_CREDENTIALS', [{ op: 'GetObject', keyPattern: /^in/, fault: expiredToken }]],
    [
      'knows the key not',
      'NO_CREDENTIALS',
      [{ op: 'ListObjectsV2', fault: { kind: 'status', status: 403, code: 'InvalidAccessKeyId' } }],
    ],
    ['replaces an object', 'OBJECT_CHANGED', [{ op: 'GetObject', keyPattern: /^in/, fault: { kind: 'etag-changes' } }]],
  ])('%s', async (_, ends, plan) => {
    const s3 = await openFaultyS3({ buckets: ['bucket'], plan })
    try {
      s3.put('bucket', 'in/a.gz', gzipSync(bad))
      s3.put('bucket', 'in/b', Buffer.from(bad))
      const places = ['--S3_JSON_INPUT_PATH', 's3://bucket/in', '--S3_CSV_OUTPUT_PATH', 's3://bucket/out']
      const args = ['run', JOB, ...places, '--on-malformed', 'quarantine']
      const told = await tell({}, args, { ...s3.env, ...CREDENTIALS }, spawnFletching)
      expect(firstWord(told), told.stderr).toBe(ends)
      const manifests = s3.objects('bucket').filter(({ key }) => key.endsWith('manifest.json'))
      expect(manifests).toHaveLength(ends === 'well' ? 1 : 0)
      for (const text of [told.told, ...manifests.map(({ bytes }) => Buffer.from(bytes).toString())])
        expect(text).not.toContain(BEGINNING)
    } finally {
      await s3.close()
    }
  })
})
