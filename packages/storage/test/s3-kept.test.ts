import { S3 } from '@aws-sdk/client-s3'
import { parseLocation, type Store } from '@fletching/storage'
import { type FaultyS3, openFaultyS3 } from '@fletching/testing'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openS3Store } from '../src/s3.ts'
import type { Encryption } from '../src/s3-headers.ts'
import type { CreateOptions } from '../src/store.ts'

const BUCKET = `fletching-kept-${process.pid}`
const KEY = 'arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab'
const location = parseLocation(`s3://${BUCKET}/a`)
/** More than one part. */
const large = new Uint8Array(9 * 1024 * 1024)

let s3: FaultyS3
let client: S3
const before = { ...process.env }

/** The server that FLETCHING_TEST_S3_ENDPOINT names is asked in place of our own. */
const given = process.env.FLETCHING_TEST_S3_ENDPOINT ?? ''
const isReal = given !== ''

beforeEach(async () => {
  s3 = await openFaultyS3()
  Object.assign(process.env, s3.env, isReal ? { AWS_ENDPOINT_URL_S3: given } : {})
  client = new S3({ forcePathStyle: true })
  await client.createBucket({ Bucket: BUCKET })
})

afterEach(async () => {
  client.destroy()
  await s3.close()
  process.env = { ...before }
})

/** A store of the server in this process, which can be asked for faults. */
async function openInProcess(encryption: Encryption): Promise<Store> {
  s3.put(BUCKET, 'there', Buffer.of(1))
  return openS3Store({ endpoint: s3.endpoint, encryption })
}

/** The ways in which bytes come to S3. */
const ways: Readonly<Record<string, (store: Store, options: CreateOptions) => Promise<unknown>>> = {
  'one request': async (store, options) => {
    const writer = await store.create(location, options)
    await writer.write(Buffer.of(1))
    return writer.commit()
  },
  'an upload of one part': async (store, options) => {
    const writer = await store.create(location, options)
    await writer.write(Buffer.of(1))
    return store.complete(await writer.prepare())
  },
  'an upload of several parts': async (store, options) => {
    const writer = await store.create(location, options)
    await writer.write(large)
    return store.complete(await writer.prepare())
  },
}

/** What the SDK says of the object that was written. */
async function kept() {
  const named = { Bucket: BUCKET, Key: 'a' }
  const { ServerSideEncryption, SSEKMSKeyId, StorageClass } = await client.headObject(named)
  const { TagSet = [] } = await client.getObjectTagging(named)
  const tags = Object.fromEntries(TagSet.map(({ Key = '', Value }) => [Key, Value]))
  return { kind: ServerSideEncryption, key: SSEKMSKeyId, storageClass: StorageClass, tags }
}

const odd = { 'a b': 'c=d+e', 'π/+': '', team: 'x:y@z' }

describe.each(Object.keys(ways))('what is written by %s', (way) => {
  it.each<[string, Encryption | undefined, CreateOptions, Awaited<ReturnType<typeof kept>>]>([
    ['nothing', undefined, {}, { kind: undefined, key: undefined, storageClass: undefined, tags: {} }],
    ['encryption', { kind: 'AES256' }, {}, { kind: 'AES256', key: undefined, storageClass: undefined, tags: {} }],
    ['a key', { kind: 'aws:kms', kmsKeyId: KEY }, {}, { kind: 'aws:kms', key: KEY, storageClass: undefined, tags: {} }],
    // Moto does not tell the key of two layers.
    [
      'a key in two layers, a class and tags',
      { kind: 'aws:kms:dsse', kmsKeyId: KEY },
      { storageClass: 'STANDARD_IA', tags: odd },
      { kind: 'aws:kms:dsse', key: isReal ? undefined : KEY, storageClass: 'STANDARD_IA', tags: odd },
    ],
  ])('has %s', async (_, encryption, options, expected) => {
    const store = await openS3Store(encryption === undefined ? {} : { encryption })
    await ways[way](store, options)
    expect(await kept()).toEqual(expected)
  })
})

describe('what is put', () => {
  it.each<[Encryption | undefined, unknown]>([
    [undefined, undefined],
    [{ kind: 'AES256' }, 'AES256'],
    [{ kind: 'aws:kms' }, 'aws:kms'],
  ])('under a condition has %j', async (encryption, kind) => {
    const store = await openS3Store(encryption === undefined ? {} : { encryption })
    const put = (text: string, etag: string | undefined) => store.put(location, Buffer.from(text), { etag })
    await store.remove(location)
    expect(await put('one', undefined)).toBe(true)
    expect(await put('two', undefined)).toBe(false)
    const { etag } = (await store.stat(location)) ?? {}
    expect(await put('three', etag)).toBe(true)
    expect(await put('four', etag)).toBe(false)
    expect(await kept()).toMatchObject({ kind, tags: {}, storageClass: undefined })
  })
})

it('an upload is tried in the way in which it will be written', async () => {
  const denied = { kind: 'status', status: 403, code: 'AccessDenied' } as const
  s3.setPlan([{ op: 'CreateMultipartUpload', fault: denied }])
  const store = await openInProcess({ kind: 'aws:kms', kmsKeyId: KEY })
  const options: CreateOptions = { storageClass: 'STANDARD_IA', tags: { team: 'growth' } }
  await expect(store.assertWritable(location, options)).rejects.toThrow(/^ACCESS_DENIED/)
  s3.setPlan([])
  const begun: string[] = []
  await store.assertWritable(location, {
    ...options,
    onBegun: async ({ handle }) => {
      begun.push(...s3.uploads(BUCKET).map(({ id, headers }) => `${id === handle} ${JSON.stringify(headers)}`))
    },
  })
  expect(begun).toEqual([
    `true ${JSON.stringify({
      'content-type': 'binary/octet-stream',
      'x-amz-server-side-encryption': 'aws:kms',
      'x-amz-server-side-encryption-aws-kms-key-id': KEY,
      'x-amz-tagging': 'team=growth',
      'x-amz-storage-class': 'STANDARD_IA',
    })}`,
  ])
  expect(s3.uploads(BUCKET)).toEqual([])
})

it('an upload under a key, whose ETag follows no rule, is known for complete when the answer was lost', async () => {
  const store = await openInProcess({ kind: 'aws:kms' })
  s3.setPlan([{ op: 'CompleteMultipartUpload', nth: 1, fault: { kind: 'apply-then-reset' } }])
  const writer = await store.create(location)
  await writer.write(large)
  const prepared = await writer.prepare()
  const object = await store.complete(prepared)
  expect(object.size).toBe(large.length)
  expect(object.etag).not.toBe(prepared.etag)
  // Another process, later.
  expect(await store.complete(prepared)).toEqual(object)
  const other = await store.create(location)
  await other.write(large)
  await other.commit()
  await expect(store.complete(prepared)).rejects.toThrow(/^COMMIT_LOST/)
})
