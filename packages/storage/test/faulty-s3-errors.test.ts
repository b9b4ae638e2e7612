import { findInput, joinLocation, type Location, parseLocation, type Store } from '@fletching/storage'
import {
  accessDenied,
  amazonEnv,
  type Fault,
  type FaultyS3,
  inFolder,
  openFaultyS3,
  type Rule,
} from '@fletching/testing'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openS3Store } from '../src/s3.ts'

const before = { ...process.env }
const content = Buffer.alloc(300_000, 'content')
const folder = parseLocation('s3://bucket/in/')
const location = joinLocation(folder, 'b')
let s3: FaultyS3
let store: Store

beforeEach(async () => {
  s3 = await openFaultyS3({ buckets: ['bucket'], pageKeys: 3 })
  Object.assign(process.env, s3.env)
  for (const key of ['a', 'b', 'c', 'd']) s3.put('bucket', `in/${key}`, content)
  store = await openS3Store({ stallTimeoutMs: 300, requestTimeoutMs: 300, retryDelayMs: 1, readTries: 3 })
})

afterEach(async () => {
  process.env = { ...before }
  await s3.close()
})

async function read(): Promise<Buffer> {
  const object = await store.stat(location)
  if (object === undefined) throw new Error('there is no such object')
  const chunks: Uint8Array[] = []
  for await (const chunk of store.read(object)) chunks.push(Uint8Array.from(chunk))
  return Buffer.concat(chunks)
}

async function keysIn(place: Location): Promise<string[]> {
  const keys: string[] = []
  for await (const { name } of store.list(place)) keys.push(name.slice('s3://bucket/in/'.length))
  return keys
}

async function write(bytes: Uint8Array): Promise<void> {
  const writer = await store.create(location)
  try {
    await writer.write(bytes)
    await writer.commit()
  } finally {
    await writer.abort()
  }
}

describe('a store of S3', () => {
  it.each<[string, Fault | readonly Rule[], () => Promise<unknown>, string]>([
    [
      'a listing that is cut',
      { kind: 'cut-xml' },
      () => keysIn(folder),
      'S3_FAILED: the answer is not one that S3 gives, or was cut\n  at s3://bucket/in/\n  run again; if it stays so, something between here and S3 may answer in its place',
    ],
    [
      'an object that may not be removed',
      accessDenied,
      () => store.remove(location),
      'ACCESS_DENIED: not allowed to remove\n  at s3://bucket/in/b\n  the role needs s3:DeleteObject there; for an encrypted bucket also the use of its key',
    ],
    [
      'a connection that is reset every time',
      [{ op: 'GetObject', fault: { kind: 'reset-before' } }],
      read,
      'NETWORK: cannot read: ECONNRESET\n  at s3://bucket/in/b\n  check the network and the endpoint',
    ],
    [
      'an object that is replaced while it is read',
      [
        { op: 'GetObject', nth: 1, fault: { kind: 'reset-after-bytes', bytes: 'half' } },
        { op: 'GetObject', nth: 2, fault: { kind: 'etag-changes' } },
      ],
      read,
      'OBJECT_CHANGED: the object was replaced since it was listed\n  at s3://bucket/in/b\n  run again to read its new content',
    ],
    [
      'an upload that somebody ended',
      [{ op: 'UploadPart', fault: { kind: 'status', status: 404, code: 'NoSuchUpload' } }],
      () => write(Buffer.alloc(8 * 1024 * 1024)),
      'UPLOAD_GONE: the upload was ended by somebody else\n  at s3://bucket/in/b\n  run again; a rule of the bucket may abort uploads too early',
    ],
  ])('tells of %s', async (_, plan, act, message) => {
    s3.setPlan('kind' in plan ? [{ fault: plan }] : plan)
    await expect(act()).rejects.toThrow(expect.objectContaining({ message, kind: 'environment' }))
    expect(s3.uploads('bucket')).toEqual([])
  })

  it('does not take bytes whose checksum is wrong', async () => {
    await inFolder(async (own) => {
      Object.assign(process.env, await amazonEnv(s3.env, own))
      delete process.env.AWS_ENDPOINT_URL_S3
      store = await openS3Store({ retryDelayMs: 1 })
      await write(content)
      expect((await read()).equals(content)).toBe(true)
      s3.setPlan([{ op: 'GetObject', fault: { kind: 'corrupt-byte' } }])
      const message =
        'CHECKSUM_MISMATCH: the bytes that came are not those that S3 keeps\n  at s3://bucket/in/b\n  run again; if it stays so, look at the network between here and S3'
      await expect(read()).rejects.toThrow(expect.objectContaining({ message, kind: 'environment' }))
    })
  })

  it('lists odd names over pages', async () => {
    const keys = [
      'a\nb',
      'a\rb',
      '\u0001',
      ' a ',
      '&amp;',
      '<b>',
      '"',
      '%2F',
      'a+b',
      '\u2028',
      '\uffee',
      '😀',
      '..',
      'a//b',
    ]
    for (const key of keys) s3.put('bucket', `odd/in/${key}`, content)
    const place = parseLocation('s3://bucket/odd/in/')
    const found: string[] = []
    for await (const object of store.list(place)) {
      found.push(object.name.slice('s3://bucket/odd/in/'.length))
      expect(await store.stat(object.location)).toEqual(object)
    }
    expect(found).toEqual([...keys].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))))
    expect(s3.requests.filter(({ op }) => op === 'ListObjectsV2')).toHaveLength(5)
  })

  it('gives an object once as input that a listing names twice', async () => {
    s3.setPlan([{ op: 'ListObjectsV2', fault: { kind: 'duplicate-list' } }])
    const { objects } = await findInput(store, 's3://bucket/in/')
    expect(Array.from(objects, ({ name }) => name.at(-1)).join('')).toBe('abcd')
  })
})
