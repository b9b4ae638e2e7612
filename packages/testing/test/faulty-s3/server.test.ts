import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { S3 } from '@aws-sdk/client-s3'
import { type FaultyS3, openFaultyS3, type RequestEvent } from '@fletching/testing'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

let faulty: FaultyS3
let s3: S3
/** What a test does at each phase of each request. */
let onRequest: (event: RequestEvent) => Promise<'drop' | undefined> | 'drop' | undefined

beforeEach(async () => {
  onRequest = () => undefined
  faulty = await openFaultyS3({ buckets: ['bucket'], pageKeys: 2, onRequest: (event) => onRequest(event) })
  const credentials = { accessKeyId: 'AKIATESTMARK', secretAccessKey: 'secret-test-mark' }
  s3 = new S3({ endpoint: faulty.endpoint, forcePathStyle: true, maxAttempts: 1, region: 'us-east-1', credentials })
})

afterEach(async () => {
  s3.destroy()
  await faulty.close()
})

const Bucket = 'bucket'
const codeOf = (asked: Promise<unknown>) => asked.then(String, (error: Error) => error.name)

describe('the server', () => {
  it('listens on the loopback address alone', () => {
    expect(faulty.endpoint).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
  })

  it('numbers and logs requests, without credentials and content', async () => {
    await s3.putObject({ Bucket, Key: 'a', Body: 'content-mark', IfNoneMatch: '*' })
    await codeOf(s3.getObject({ Bucket, Key: 'b', Range: 'bytes=1-' }))
    expect(faulty.requests).toEqual([
      { number: 1, op: 'PutObject', bucket: 'bucket', key: 'a', headers: { 'if-none-match': '*' }, status: 200 },
      { number: 2, op: 'GetObject', bucket: 'bucket', key: 'b', headers: { range: 'bytes=1-' }, status: 404 },
    ])
    expect(JSON.stringify(faulty.requests)).not.toMatch(/mark/i)
  })

  it('counts the requests that are open', async () => {
    faulty.put(Bucket, 'a', Buffer.from('a'))
    const held: (() => void)[] = []
    onRequest = async ({ phase }) => {
      if (phase === 'arrived') await new Promise<void>((resolve) => held.push(resolve))
      return undefined
    }
    const given = s3.getObject({ Bucket, Key: 'a' })
    const ending = new AbortController()
    const left = s3.getObject({ Bucket, Key: 'a' }, { abortSignal: ending.signal })
    await expect.poll(() => faulty.openRequests).toBe(2)
    ending.abort()
    expect(await codeOf(left)).toBe('AbortError')
    await expect.poll(() => faulty.openRequests).toBe(1)
    for (const answer of held) answer()
    await (await given).Body?.transformToByteArray()
    await expect.poll(() => faulty.openRequests).toBe(0)
  })

  it('tells which request made what visible', async () => {
    faulty.put(Bucket, 'a', Buffer.from('a'))
    await s3.putObject({ Bucket, Key: 'a', Body: 'b' })
    const { UploadId } = await s3.createMultipartUpload({ Bucket, Key: 'm' })
    const { ETag } = await s3.uploadPart({ Bucket, Key: 'm', UploadId, PartNumber: 1, Body: 'm' })
    await s3.completeMultipartUpload({
      Bucket,
      Key: 'm',
      UploadId,
      MultipartUpload: { Parts: [{ PartNumber: 1, ETag }] },
    })
    await s3.deleteObject({ Bucket, Key: 'a' })
    await s3.deleteObject({ Bucket, Key: 'a' })
    expect(faulty.changes.map(({ number, kind, key }) => `${number} ${kind} ${key}`)).toEqual([
      '0 appeared a',
      '1 replaced a',
      '4 appeared m',
      '5 removed a',
    ])
  })

  it('has pages of objects and of uploads', async () => {
    for (const key of ['a', 'b', 'c', 'd', 'e']) faulty.put(Bucket, key, Buffer.from(key))
    const keys: string[] = []
    let ContinuationToken: string | undefined
    do {
      const page = await s3.listObjectsV2({ Bucket, ...(ContinuationToken === undefined ? {} : { ContinuationToken }) })
      keys.push((page.Contents ?? []).map(({ Key }) => Key).join(''))
      ContinuationToken = page.NextContinuationToken
    } while (ContinuationToken !== undefined)
    expect(keys).toEqual(['ab', 'cd', 'e'])

    const begun: (string | undefined)[] = []
    for (const Key of ['m', 'm', 'a']) begun.push((await s3.createMultipartUpload({ Bucket, Key })).UploadId)
    const first = await s3.listMultipartUploads({ Bucket })
    expect(first.Uploads?.map(({ UploadId }) => UploadId)).toEqual([begun[2], begun[0]])
    const second = await s3.listMultipartUploads({
      Bucket,
      KeyMarker: first.NextKeyMarker,
      UploadIdMarker: first.NextUploadIdMarker,
    })
    expect([second.Uploads?.map(({ UploadId }) => UploadId), second.IsTruncated]).toEqual([[begun[1]], false])
    expect(faulty.uploads(Bucket).map(({ id }) => id)).toEqual([begun[2], begun[0], begun[1]])
  })

  it('lists the time that a test gave an object', async () => {
    const lastModified = new Date('2001-02-03T04:05:06Z')
    faulty.put(Bucket, 'a', Buffer.from('a'), lastModified)
    expect((await s3.listObjectsV2({ Bucket })).Contents?.[0].LastModified).toEqual(lastModified)
    expect((await s3.headObject({ Bucket, Key: 'a' })).LastModified).toEqual(lastModified)
  })

  it.each([
    ['another parameter', () => s3.getObject({ Bucket, Key: 'a', VersionId: 'v' })],
    ['another operation', () => s3.getBucketAcl({ Bucket })],
    ['a copy', () => s3.copyObject({ Bucket, Key: 'a', CopySource: 'bucket/b' })],
    ['a delimiter', () => s3.listObjectsV2({ Bucket, Delimiter: '/' })],
    ['a condition that S3 does not know', () => s3.putObject({ Bucket, Key: 'a', Body: 'a', IfNoneMatch: '"x"' })],
  ])('refuses %s, which it does not know', async (_, ask) => {
    expect(await codeOf(ask())).toBe('NotImplemented')
  })
})

describe('a test', () => {
  it('is told of every phase, in order, and everything waits for it', async () => {
    const phases: string[] = []
    onRequest = async ({ number, op, phase }) => {
      const there = faulty.objects(Bucket).length
      await new Promise((resolve) => setImmediate(resolve))
      phases.push(`${number} ${op} ${phase}, ${there} there`)
      return undefined
    }
    await s3.putObject({ Bucket, Key: 'a', Body: 'a' })
    await s3.headObject({ Bucket, Key: 'a' })
    expect(phases.slice(0, 5)).toEqual([
      '1 PutObject arrived, 0 there',
      '1 PutObject applied, 1 there',
      '1 PutObject answered, 1 there',
      '2 HeadObject arrived, 1 there',
      '2 HeadObject applied, 1 there',
    ])
  })

  it.each([
    ['arrived', []],
    ['applied', ['a']],
  ] as const)('can end a request that has %s', async (phase, keys) => {
    onRequest = (event) => (event.phase === phase ? 'drop' : undefined)
    expect(await codeOf(s3.putObject({ Bucket, Key: 'a', Body: 'a' }))).toBe('TimeoutError')
    expect(faulty.objects(Bucket).map(({ key }) => key)).toEqual(keys)
    expect(faulty.requests[0].status).toBeUndefined()
  })

  it.each([
    ['before it is applied', 'arrived', []],
    ['after it was applied', 'applied', ['a']],
  ] as const)('can kill the process that asks, %s', async (_, phase, keys) => {
    const script = `await fetch('${faulty.endpoint}/bucket/a', { method: 'PUT', body: 'a' })`
    const client = spawn(process.execPath, ['--input-type=module', '-e', script])
    const ended = once(client, 'exit')
    onRequest = async (event) => {
      if (event.phase !== phase) return undefined
      client.kill('SIGKILL')
      await ended
      return 'drop'
    }
    expect(await ended).toEqual([null, 'SIGKILL'])
    await new Promise((resolve) => setImmediate(resolve))
    expect(faulty.objects(Bucket).map(({ key }) => key)).toEqual(keys)
  })

  it('can let two writers meet: one wins', async () => {
    let open = () => {}
    const both = new Promise<undefined>((resolve) => {
      open = () => resolve(undefined)
    })
    onRequest = ({ number, phase }) => {
      if (phase !== 'arrived') return undefined
      if (number === 2) open()
      return both
    }
    const asked = ['one', 'two'].map((Body) => codeOf(s3.putObject({ Bucket, Key: 'a', Body, IfNoneMatch: '*' })))
    expect((await Promise.all(asked)).sort()).toEqual(['PreconditionFailed', '[object Object]'])
    expect(faulty.changes).toHaveLength(1)
  })

  it('can remove what a conditional write is about: S3 sees a conflict', async () => {
    faulty.put(Bucket, 'a', Buffer.from('a'))
    onRequest = async ({ op, phase }) => {
      if (op === 'PutObject' && phase === 'arrived') await s3.deleteObject({ Bucket, Key: 'a' })
      return undefined
    }
    expect(await codeOf(s3.putObject({ Bucket, Key: 'a', Body: 'b', IfNoneMatch: '*' }))).toBe(
      'ConditionalRequestConflict',
    )
  })
})
