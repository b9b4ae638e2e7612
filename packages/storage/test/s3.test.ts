import { execFileSync } from 'node:child_process'
import { gzipSync } from 'node:zlib'
import { CreateBucketCommand, GetObjectCommand, ListMultipartUploadsCommand, S3Client } from '@aws-sdk/client-s3'
import { parseLocation } from '@fletching/storage'
import { openTestS3, type TestS3 } from '@fletching/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openS3Store } from '../src/s3.ts'
import { describeStore } from './conformance.ts'

const BUCKET = `fletching-store-${process.pid}`
let s3: TestS3
let client: S3Client
const before = { ...process.env }

beforeAll(async () => {
  s3 = await openTestS3()
  Object.assign(process.env, s3.env)
  client = new S3Client({ endpoint: s3.endpoint, forcePathStyle: true })
  await client.send(new CreateBucketCommand({ Bucket: BUCKET }))
})

afterAll(async () => {
  client.destroy()
  await s3.close()
  process.env = before
})

describeStore('S3', async () => ({
  store: await openS3Store(),
  folder: parseLocation(`s3://${BUCKET}/folder/`),
  ...(s3.isReal
    ? { failsAtLostUploads: true }
    : { unconditional: 'the server in process takes conditions and does not keep them' }),
}))

describe('S3', () => {
  it('leaves no multipart upload behind', async () => {
    const { Uploads = [] } = await client.send(new ListMultipartUploadsCommand({ Bucket: BUCKET }))
    expect(Uploads).toEqual([])
  })

  it('gives compressed objects as they are stored, with their metadata kept', async () => {
    const store = await openS3Store()
    const location = parseLocation(`s3://${BUCKET}/a.gz`)
    const bytes = gzipSync('{"userId":"u"}\n')
    const writer = await store.create(location, { contentType: 'text/plain', contentEncoding: 'gzip' })
    await writer.write(bytes)
    const object = await writer.commit()
    const chunks: Uint8Array[] = []
    for await (const chunk of store.read(object)) chunks.push(chunk)
    expect(Buffer.concat(chunks).equals(bytes)).toBe(true)
    const { ContentType, ContentEncoding } = await client.send(new GetObjectCommand({ Bucket: BUCKET, Key: 'a.gz' }))
    // The server in process forgets the encoding.
    expect({ ContentType, ContentEncoding: s3.isReal ? ContentEncoding : 'gzip' }).toEqual({
      ContentType: 'text/plain',
      ContentEncoding: 'gzip',
    })
  })

  it('says that there is no such bucket', async () => {
    const store = await openS3Store()
    const folder = parseLocation('s3://no-such-bucket-of-ours/x/')
    const message =
      'NO_SUCH_BUCKET: there is no such bucket\n  at s3://no-such-bucket-of-ours/x/\n  check the name, the account and the region'
    await expect(store.list(folder)[Symbol.asyncIterator]().next()).rejects.toThrow(
      expect.objectContaining({ message }),
    )
    const writer = await store.create(parseLocation('s3://no-such-bucket-of-ours/x/y'))
    await expect(writer.commit()).rejects.toThrow(expect.objectContaining({ code: 'NO_SUCH_BUCKET' }))
  })

  it('loads the SDK when it is asked for, and not before', () => {
    const watch = `import { writeSync } from 'node:fs'
      export async function load(url, context, next) {
        if (url.includes('/@aws-sdk/client-s3/')) writeSync(1, 'SDK ')
        return next(url, context)
      }`
    const register = `import { register } from 'node:module'; register(${JSON.stringify(dataUrl(watch))})`
    const script = `import { openStore } from '@fletching/storage'
      console.log('storage')
      await openStore({ scheme: 's3', bucket: 'b', key: 'k' })`
    const args = ['--import', dataUrl(register), '--input-type=module', '-e', script]
    const out = execFileSync(process.execPath, args, { cwd: import.meta.dirname, encoding: 'utf8' })
    expect(out).toBe('storage\nSDK ')
  })
})

function dataUrl(script: string): string {
  return `data:text/javascript,${encodeURIComponent(script)}`
}
