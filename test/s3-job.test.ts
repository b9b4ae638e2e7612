import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import {
  CreateBucketCommand,
  GetObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3'
import { DuckDBInstance } from '@duckdb/node-api'
import { resetBookmark, runJob, showBookmark } from '@fletching/engine'
import { generateObjects, trapKinds } from '@fletching/gen'
import job from '@fletching/jobs/segment-to-personalize'
import { openStore, parseLocation } from '@fletching/storage'
import {
  csvOf,
  fletching,
  inFolder,
  openTestS3,
  segmentToPersonalizeOracle,
  type TestS3,
  triesAll,
} from '@fletching/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

let s3: TestS3
let client: S3Client
const before = { ...process.env }

beforeAll(async () => {
  s3 = await openTestS3()
  Object.assign(process.env, s3.env)
  client = new S3Client({ endpoint: s3.endpoint, forcePathStyle: true, requestChecksumCalculation: 'WHEN_REQUIRED' })
})

afterAll(async () => {
  client.destroy()
  await s3.close()
  for (const name of Object.keys(s3.env)) {
    if (before[name] === undefined) delete process.env[name]
    else process.env[name] = before[name]
  }
})

let buckets = 0

/** A bucket of its own for each test. */
async function makeBucket(): Promise<string> {
  const Bucket = `fletching-${process.pid}-${++buckets}`
  await client.send(new CreateBucketCommand({ Bucket }))
  return Bucket
}

async function put(Bucket: string, Key: string, Body: Uint8Array): Promise<void> {
  await client.send(new PutObjectCommand({ Bucket, Key, Body, ContentType: 'text/plain', ContentEncoding: 'gzip' }))
}

async function get(Bucket: string, Key: string): Promise<Buffer> {
  const { Body } = await client.send(new GetObjectCommand({ Bucket, Key }))
  return Buffer.from((await Body?.transformToByteArray()) ?? [])
}

async function keysOf(Bucket: string, Prefix = ''): Promise<string[]> {
  const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket, Prefix }))
  return Contents.map(({ Key = '' }) => Key)
}

/** The server in process takes conditions and does not keep them. */
const single = () => ({ singleWriter: !s3.isReal })

function paramsOf(bucket: string) {
  return {
    S3_JSON_INPUT_PATH: `s3://${bucket}/segment-logs`,
    S3_CSV_OUTPUT_PATH: `s3://${bucket}/interactions`,
    S3_PARQUET_OUTPUT_PATH: `s3://${bucket}/table`,
  }
}

describe('the main job from bucket to bucket', () => {
  it('gives the CSV that the oracle gives, and the same rows as a table', async () => {
    const bucket = await makeBucket()
    const objects = [...generateObjects({ seed: 5, events: 3000, days: 2 })]
    for (const { key, bytes } of objects) await put(bucket, key, bytes)
    await put(bucket, 'segment-logs/', new Uint8Array(0))
    await put(bucket, 'segment-logs-old/x.gz', gzipSync('not for us'))
    const report = await runJob(job, paramsOf(bucket), single())
    const expected = segmentToPersonalizeOracle(objects.map(({ key, bytes }) => ({ name: key, bytes })))
    expect((await get(bucket, 'interactions/part-00000.csv')).toString()).toBe(csvOf(expected.rows, 'personalize'))
    expect(await keysOf(bucket, 'interactions/')).toEqual(['interactions/part-00000.csv'])
    expect(report.skipped).toEqual({ 'hidden name': 0, 'folder marker': 1, excluded: 0 })
    await inFolder(async (folder) => {
      const keys = await keysOf(bucket, 'table/')
      for (const [number, key] of keys.entries())
        await writeFile(join(folder, `${number}.parquet`), await get(bucket, key))
      const connection = await (await DuckDBInstance.create()).connect()
      const rows = await connection.runAndReadAll(
        `select user_id, item_id, event_type, timestamp_s from '${folder}/*.parquet' order by all`,
      )
      const wanted = expected.rows
        .map((row) => [row.USER_ID, row.ITEM_ID, row.EVENT_TYPE, BigInt(row.TIMESTAMP)])
        .sort((a, b) => (a < b ? -1 : 1))
      expect(rows.getRows()).toHaveLength(wanted.length)
      expect(rows.getRows().map(String).sort()).toEqual(wanted.map(String).sort())
      connection.closeSync()
    })
  })

  it('reads many objects, whatever their keys are', async () => {
    // More than a listing holds with `npm run test:s3` and `npm run test:faults`: putting them takes longer than reading them.
    const many = s3.isReal || triesAll ? 1005 : 105
    const bucket = await makeBucket()
    const line = (user: number) =>
      `{"userId":"u${user}","event":"Product Clicked","properties":{"sku":"red-shoe"},"timestamp":"2019-05-18T00:00:00Z"}\n`
    const odd = ['a b', 'a+b', 'a&b', "a'b", 'a%20b', 'a=b', 'ä', '北京', '😀', 'a//b', 'a;b,c']
    const keys = [...odd, ...Array.from({ length: many }, (_, number) => `n${String(number).padStart(4, '0')}`)]
    await Promise.all(keys.map((key, number) => put(bucket, `segment-logs/${key}.gz`, gzipSync(line(number)))))
    const report = await runJob(job, paramsOf(bucket), single())
    expect(report.inputs).toHaveLength(keys.length)
    expect(report.accounting.rows).toBe(keys.length)
  })

  it('gives of a large plain object what a file gives, by any number of workers', async () => {
    const kinds = trapKinds.map(({ kind }) => kind)
    const objects = [
      ...generateObjects({ seed: 6, bytes: 35_000_000, files: 1, traps: 0.01, trapKinds: kinds, gzip: false }),
    ]
    const plain = Buffer.concat(objects.map(({ bytes }) => bytes))
    expect(plain.length).toBeGreaterThan(32 * 1024 * 1024)
    await inFolder(async (folder) => {
      await mkdir(join(folder, 'in'))
      await writeFile(join(folder, 'in/a'), plain)
      const places = {
        S3_JSON_INPUT_PATH: join(folder, 'in'),
        S3_CSV_OUTPUT_PATH: join(folder, 'interactions'),
        S3_PARQUET_OUTPUT_PATH: join(folder, 'table'),
      }
      const options = { onMalformed: 'quarantine', rowGroupRows: 1000 } as const
      const expected = await runJob(job, places, options)
      const bucket = await makeBucket()
      // In parts: not every server takes it at once.
      const location = parseLocation(`s3://${bucket}/segment-logs/a`)
      const writer = await (await openStore(location)).create(location)
      await writer.write(plain)
      await writer.commit()
      for (const workers of [1, 2]) {
        const { accounting, outputs } = await runJob(job, paramsOf(bucket), { ...options, ...single(), workers })
        expect(accounting).toEqual(expected.accounting)
        expect(outputs).toHaveLength(expected.outputs.length)
        for (const [number, { name }] of expected.outputs.entries()) {
          const key = outputs[number].name.replace(`s3://${bucket}/`, '')
          const actual = (await get(bucket, key)).toString('latin1').replaceAll(`s3://${bucket}/segment-logs/a`, 'a')
          const local = (await readFile(name, 'latin1')).replaceAll(join(folder, 'in/a'), 'a')
          expect(actual === local, `${key} by ${workers} workers`).toBe(true)
        }
      }
    })
  }, 120_000)

  it('leaves nothing behind when a line is malformed', async () => {
    const bucket = await makeBucket()
    await put(bucket, 'segment-logs/a.gz', gzipSync('{"userId":1}\n{"userId":\n'))
    const message = [
      'MALFORMED_JSON: the line ends before its object does',
      `  at s3://${bucket}/segment-logs/a.gz line 2, byte 23 of the uncompressed object`,
      '  at job segment-to-personalize',
      '  nothing was written; --on-malformed quarantine sets such lines apart and goes on',
    ].join('\n')
    await expect(runJob(job, paramsOf(bucket), single())).rejects.toThrow(
      expect.objectContaining({ message, kind: 'data' }),
    )
    expect(await keysOf(bucket)).toEqual(['segment-logs/a.gz'])
    const { Uploads = [] } = await client.send(new ListMultipartUploadsCommand({ Bucket: bucket }))
    expect(Uploads).toEqual([])
  })

  it('replaces the outputs of the last run, and removes partitions that have no rows any more', async () => {
    const bucket = await makeBucket()
    const event = (day: string) =>
      `{"userId":"u","event":"Product Clicked","properties":{"sku":"red-shoe"},"timestamp":"${day}T00:00:00Z"}\n`
    await put(bucket, 'segment-logs/a.gz', gzipSync(event('2019-05-18') + event('2019-05-19')))
    await runJob(job, paramsOf(bucket), single())
    await put(bucket, 'segment-logs/a.gz', gzipSync(event('2019-05-19')))
    await runJob(job, paramsOf(bucket), single())
    expect(await keysOf(bucket, 'table/')).toEqual(['table/dt=2019-05-19/part-00000.parquet'])
    expect((await get(bucket, 'interactions/part-00000.csv')).toString()).toBe(
      'USER_ID,ITEM_ID,EVENT_TYPE,TIMESTAMP\nu,red-shoe,Product Clicked,1558224000\n',
    )
  })

  it('reads only what is new, and keeps the rows of all runs in one CSV', async () => {
    const bucket = await makeBucket()
    const objects = [...generateObjects({ seed: 9, events: 900, days: 3 })]
    const run = () => runJob(job, paramsOf(bucket), { ...single(), bookmark: 'enable', csv: 'full' })
    let rows = 0
    // The last comes first: what is new need not have the greatest name.
    for (const { key, bytes } of objects.toReversed()) {
      await put(bucket, key, bytes)
      rows += (await run()).accounting.rows
    }
    const csv = (await get(bucket, 'interactions/part-00000.csv')).toString()
    const expected = segmentToPersonalizeOracle(objects.map(({ key, bytes }) => ({ name: key, bytes })))
    expect(csv.split('\n').toSorted()).toEqual(csvOf(expected.rows, 'personalize').split('\n').toSorted())
    expect(rows).toBe(expected.rows.length)
    const keys = await keysOf(bucket)
    expect(await run()).toMatchObject({ inputs: [], outputs: [] })
    expect(await keysOf(bucket)).toEqual(keys)
    expect(await showBookmark(job, paramsOf(bucket))).toMatchObject({ objects: objects.length })
    const { removed } = await resetBookmark(job, paramsOf(bucket), { ...single(), outputs: 'remove' })
    expect(removed.length).toBeGreaterThan(0)
    expect(await keysOf(bucket, 'table/')).toEqual([])
    const state = `_fletching/${job.name}/interactions/`
    expect(await keysOf(bucket, state)).toEqual([`${state}ledger.json`, `${state}manifest.json`])
  })

  it('says which bucket does not exist', async () => {
    const params = paramsOf(await makeBucket())
    const missing = { ...params, S3_JSON_INPUT_PATH: 's3://no-such-bucket-here/logs' }
    await expect(runJob(job, missing, single())).rejects.toThrow(
      /^NO_SUCH_BUCKET: there is no such bucket\n {2}at s3:\/\/no-such-bucket-here\//,
    )
  })
})

describe('the command with nothing but its environment', () => {
  it('generates events into a bucket and runs on them', async () => {
    const bucket = await makeBucket()
    const made = await fletching(['gen', '--to', `s3://${bucket}`, '--bytes', '300kB', '--days', '1'], { env: s3.env })
    expect(made).toMatchObject({ code: 0, stderr: '' })
    const ran = await fletching([], {
      env: { ...s3.env, ...paramsOf(bucket), FLETCHING_JOB: 'segment-to-personalize' },
    })
    expect(ran).toMatchObject({ code: 0, stderr: '' })
    expect(await keysOf(bucket, 'interactions/')).toEqual(['interactions/part-00000.csv'])
    expect(ran.stdout + made.stdout).not.toContain('test-mark')
  })
})
