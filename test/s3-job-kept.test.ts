import { S3 } from '@aws-sdk/client-s3'
import { type RunOptions, runJob } from '@fletching/engine'
import job from '@fletching/jobs/segment-to-personalize'
import { type FaultyS3, fletching, openFaultyS3 } from '@fletching/testing'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { event, linesOf } from './faults/run.ts'

const KEY = 'arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab'
const BUCKET = `fletching-kept-job-${process.pid}`
const STATE = '_fletching/segment-to-personalize/csv'

/** The server that FLETCHING_TEST_S3_ENDPOINT names is asked in place of our own. */
const given = process.env.FLETCHING_TEST_S3_ENDPOINT ?? ''

let s3: FaultyS3
let client: S3
const before = { ...process.env }

beforeEach(async () => {
  s3 = await openFaultyS3()
  Object.assign(process.env, s3.env, given === '' ? {} : { AWS_ENDPOINT_URL_S3: given })
  client = new S3({ forcePathStyle: true })
  await client.createBucket({ Bucket: BUCKET })
  for (const { Key } of (await client.listObjectsV2({ Bucket: BUCKET })).Contents ?? []) {
    await client.deleteObject({ Bucket: BUCKET, Key })
  }
  await client.putObject({ Bucket: BUCKET, Key: 'in/a', Body: linesOf([event('u1'), '{"userId":']) })
})

afterEach(async () => {
  client.destroy()
  await s3.close()
  process.env = { ...before }
})

const places = {
  S3_JSON_INPUT_PATH: `s3://${BUCKET}/in`,
  S3_CSV_OUTPUT_PATH: `s3://${BUCKET}/csv`,
  S3_PARQUET_OUTPUT_PATH: `s3://${BUCKET}/table`,
}

/** What the SDK says of every object that the run left. */
async function kept(): Promise<Record<string, unknown>> {
  const { Contents = [] } = await client.listObjectsV2({ Bucket: BUCKET })
  const found: Record<string, unknown> = {}
  for (const { Key = '' } of Contents.filter((one) => !one.Key?.startsWith('in/'))) {
    const { ServerSideEncryption, SSEKMSKeyId, StorageClass } = await client.headObject({ Bucket: BUCKET, Key })
    const { TagSet = [] } = await client.getObjectTagging({ Bucket: BUCKET, Key })
    const tags = TagSet.map((tag) => `${tag.Key}=${tag.Value}`).join()
    found[Key] = [ServerSideEncryption, SSEKMSKeyId, StorageClass, tags].join(' ')
  }
  return found
}

const output = `aws:kms ${KEY} STANDARD_IA team=growth,pii=yes`
const record = `aws:kms ${KEY}  `
const everything = {
  [`${STATE}/manifest.json`]: record,
  [`${STATE}/rejects.ndjson`]: output,
  'csv/part-00000.csv': output,
  'table/dt=2019-05-18/part-00000.parquet': output,
}

it('outputs are kept as they are to be, and the state is encrypted too', async () => {
  const options: RunOptions = {
    onMalformed: 'quarantine',
    sse: 'aws:kms',
    sseKmsKeyId: KEY,
    storageClass: 'STANDARD_IA',
    tags: { team: 'growth', pii: 'yes' },
  }
  for (const _ of ['a first run', 'in place of its outputs']) {
    await runJob(job, places, options)
    expect(await kept()).toEqual(everything)
  }
  // Records that are gone again, and what proves that a place can be written, too.
  const written = s3.requests.filter(
    ({ op, key }) => /^(PutObject|CreateMultipartUpload)$/.test(op) && !key.startsWith('in/'),
  )
  const unlike = written.filter(({ headers }) => headers['x-amz-server-side-encryption-aws-kms-key-id'] !== KEY)
  expect(unlike).toEqual([])
  const untagged = written.filter(({ headers }) => headers['x-amz-tagging'] === undefined).map(({ key }) => key)
  expect(new Set(untagged.map((key) => key.replace(/runs\/.*/, 'runs/')))).toEqual(
    new Set(given === '' ? ['intent.json', 'manifest.json', 'runs/'].map((name) => `${STATE}/${name}`) : []),
  )
})

it('a run that ended in its commit is finished by one that encrypts', async () => {
  const options: RunOptions = { sse: 'aws:kms', onMalformed: 'skip' }
  const real = process.env.AWS_ENDPOINT_URL_S3
  process.env.AWS_ENDPOINT_URL_S3 = s3.endpoint
  s3.put(BUCKET, 'in/a', Buffer.from(linesOf([event('u1')])))
  const denied = { kind: 'status', status: 403, code: 'AccessDenied' } as const
  s3.setPlan([
    { op: 'CompleteMultipartUpload', nth: 1, fault: { kind: 'apply-then-reset' } },
    { op: 'CompleteMultipartUpload', from: 2, fault: denied },
  ])
  await expect(runJob(job, places, options)).rejects.toThrow(/^ACCESS_DENIED/)
  s3.setPlan([])
  const notes: string[] = []
  await runJob(job, places, { ...options, onNote: (text) => notes.push(text) })
  expect(notes).toEqual([expect.stringMatching(/its commit was finished before this run began$/)])
  expect(s3.objects(BUCKET).map(({ key }) => key)).toEqual([
    `${STATE}/manifest.json`,
    'csv/part-00000.csv',
    'in/a',
    'table/dt=2019-05-18/part-00000.parquet',
  ])
  process.env.AWS_ENDPOINT_URL_S3 = real
})

it('the command takes them, as flags or from the environment', async () => {
  const args = Object.entries(places).map(([name, place]) => `--${name}=${place}`)
  const flags = ['--on-malformed=quarantine', '--storage-class=STANDARD_IA', '--tags=team=growth,pii=yes']
  const env = { ...process.env, FLETCHING_SSE: 'aws:kms', FLETCHING_SSE_KMS_KEY_ID: KEY } as Record<string, string>
  const { code, stderr } = await fletching(['run', job.name, ...args, ...flags], { env })
  expect([code, stderr.includes('"failed"')]).toEqual([0, false])
  expect(await kept()).toEqual(everything)
})

it.each([
  ['--tags=team', 'BAD_OPTION: --tags got "team"\n  expected pairs of different keys, such as team=growth,pii=yes'],
  [
    '--tags=a=1,a=2',
    'BAD_OPTION: --tags got "a=1,a=2"\n  expected pairs of different keys, such as team=growth,pii=yes',
  ],
  ['--tags==v', 'BAD_OPTION: --tags got "=v"\n  expected pairs of different keys, such as team=growth,pii=yes'],
  ['--sse=aes', 'Argument: sse, Given: "aes", Choices: "AES256", "aws:kms", "aws:kms:dsse"'],
  ['--storage-class=COLD', 'Argument: storage-class, Given: "COLD", Choices: "STANDARD", '],
  ['--sse-kms-key-id=k', 'BAD_OPTION: --sse-kms-key-id names a key that is not to encrypt'],
])('the command refuses %s', async (flag, says) => {
  const args = Object.entries(places).map(([name, place]) => `--${name}=${place}`)
  const { code, stderr } = await fletching(['run', job.name, ...args, flag], {
    env: { ...process.env } as Record<string, string>,
  })
  expect([code, stderr]).toEqual([2, expect.stringContaining(says)])
})
