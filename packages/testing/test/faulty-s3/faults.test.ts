import { request } from 'node:http'
import { S3 } from '@aws-sdk/client-s3'
import { accessDenied, expiredToken, type Fault, type FaultyS3, openFaultyS3, slowDown } from '@fletching/testing'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

let faulty: FaultyS3
let s3: S3

beforeEach(async () => {
  faulty = await openFaultyS3({ buckets: ['bucket'] })
  const credentials = { accessKeyId: 'AKIATESTMARK', secretAccessKey: 'secret-test-mark' }
  s3 = new S3({ endpoint: faulty.endpoint, forcePathStyle: true, maxAttempts: 1, region: 'us-east-1', credentials })
  faulty.put('bucket', 'a', Buffer.from('0123456789'))
  faulty.put('bucket', 'b', Buffer.from('b'))
})

afterEach(async () => {
  s3.destroy()
  await faulty.close()
})

/** What came of a GET on the wire: the status, the bytes, and how it ended. */
function rawGet(path: string): Promise<string> {
  return new Promise((resolve) => {
    let told = ''
    const end = (how: string) => resolve(`${told} ${how}`.trim())
    const asked = request(`${faulty.endpoint}${path}`, { agent: false }, (response) => {
      told = `${response.statusCode} of ${response.headers['content-length']}: `
      response.on('data', (bytes: Buffer) => {
        told += bytes.toString()
      })
      response.on('end', () => end('end'))
      response.on('error', (error) => end(error.message))
    })
    asked.on('error', (error: NodeJS.ErrnoException) => end(String(error.code)))
    // Whoever sends nothing more is given up at once.
    asked.on('socket', (socket) =>
      socket.setTimeout(100, () => asked.destroy(Object.assign(new Error(), { code: 'silence' }))),
    )
    asked.end()
  })
}

describe('a GET meets', () => {
  it.each<[string, Fault | undefined, string]>([
    ['nothing', undefined, '200 of 10: 0123456789 end'],
    ['a reset before', { kind: 'reset-before' }, 'ECONNRESET'],
    ['a reset after', { kind: 'apply-then-reset' }, 'ECONNRESET'],
    ['a reset at the first byte', { kind: 'reset-after-bytes', bytes: 0 }, '200 of 10:  aborted'],
    ['a reset after one byte', { kind: 'reset-after-bytes', bytes: 1 }, '200 of 10: 0 aborted'],
    ['a reset in the middle', { kind: 'reset-after-bytes', bytes: 'half' }, '200 of 10: 01234 aborted'],
    ['a short body', { kind: 'short-body-with-length', bytes: 9 }, '200 of 10: 012345678 aborted'],
    ['silence', { kind: 'stall' }, 'silence'],
    ['silence in the body', { kind: 'stall', bytes: 2 }, '200 of 10: 01 silence'],
    ['slowness', { kind: 'slow', pieceBytes: 4, pauseMs: 1 }, '200 of 10: 0123456789 end'],
    ['more slowness than it waits for', { kind: 'slow', pieceBytes: 4, pauseMs: 60_000 }, '200 of 10: 0123 silence'],
    ['another bit', { kind: 'corrupt-byte' }, '200 of 10: 0123446789 end'],
    ['somebody who replaced the object', { kind: 'etag-changes' }, '200 of 10: 9876543210 end'],
  ])('%s', async (_, fault, expected) => {
    faulty.setPlan(fault === undefined ? [] : [{ fault }])
    expect(await rawGet('/bucket/a')).toBe(expected)
    expect(faulty.requests.map((logged) => logged.fault)).toEqual([fault?.kind])
  })
})

describe('the SDK sees', () => {
  const get = async () => (await (await s3.getObject({ Bucket: 'bucket', Key: 'a' })).Body?.transformToString()) ?? ''
  const list = async () => {
    const { Contents = [] } = await s3.listObjectsV2({ Bucket: 'bucket' })
    return Contents.map(({ Key }) => Key).join()
  }
  const put = async () => (await s3.putObject({ Bucket: 'bucket', Key: 'c', Body: 'c' })).$metadata.httpStatusCode
  const head = async () => (await s3.headObject({ Bucket: 'bucket', Key: 'a' })).ContentLength
  const complete = async () => {
    const { UploadId } = await s3.createMultipartUpload({ Bucket: 'bucket', Key: 'm' })
    const { ETag } = await s3.uploadPart({ Bucket: 'bucket', Key: 'm', UploadId, PartNumber: 1, Body: 'm' })
    const MultipartUpload = { Parts: [{ PartNumber: 1, ETag }] }
    await s3.completeMultipartUpload({ Bucket: 'bucket', Key: 'm', UploadId, MultipartUpload })
  }
  const lateError: Fault = { kind: '200-with-error', code: 'InternalError' }

  it.each<[string, Fault, () => Promise<unknown>, string, string]>([
    ['a refusal', slowDown, put, 'SlowDown', 'a,b'],
    ['a refusal without a body', accessDenied, head, '403', 'a,b'],
    ['credentials that ran out', expiredToken, put, 'ExpiredToken', 'a,b'],
    ['no answer, and nothing done', { kind: 'reset-before' }, put, 'TimeoutError ECONNRESET', 'a,b'],
    ['no answer, and all done', { kind: 'apply-then-reset' }, put, 'TimeoutError ECONNRESET', 'a,b,c'],
    ['a listing that is cut', { kind: 'cut-xml' }, list, 'Error', 'a,b'],
    ['a listing with a name twice', { kind: 'duplicate-list' }, list, 'a,a,b', 'a,b'],
    ['a listing without a name', { kind: 'missing-from-list' }, list, 'b', 'a,b'],
    ['a listing that breaks off', { kind: 'reset-after-bytes', bytes: 'half' }, list, 'Error ECONNRESET', 'a,b'],
    ['an object that breaks off', { kind: 'short-body-with-length', bytes: 3 }, get, 'Error ECONNRESET', 'a,b'],
    ['an object as it is', { kind: 'slow', pieceBytes: 3, pauseMs: 1 }, get, '0123456789', 'a,b'],
    ['an answer without a body, which cannot be cut', { kind: 'cut-xml' }, head, '10', 'a,b'],
    ['an answer without a body, which cannot be an error', lateError, head, '10', 'a,b'],
    ['an error under status 200', lateError, put, 'InternalError', 'a,b'],
  ])('%s', async (_, fault, ask, expected, keys) => {
    faulty.setPlan([{ fault }])
    expect(await told(ask())).toBe(expected)
    expect(
      faulty
        .objects('bucket')
        .map(({ key }) => key)
        .join(),
    ).toBe(keys)
  })

  it('an upload whose completion fails with status 200', async () => {
    faulty.setPlan([{ op: 'CompleteMultipartUpload', fault: lateError }])
    expect(await told(complete())).toBe('InternalError')
    expect(faulty.uploads('bucket').map(({ key }) => key)).toEqual(['m'])
    expect(faulty.objects('bucket')).toHaveLength(2)
  })

  it('a body that is not what its checksum says', async () => {
    await s3.putObject({ Bucket: 'bucket', Key: 'a', Body: '0123456789' })
    faulty.setPlan([{ fault: { kind: 'corrupt-byte' } }])
    await expect(get()).rejects.toThrow(/^Checksum mismatch/)
  })

  async function told(asked: Promise<unknown>): Promise<string> {
    try {
      return String(await asked)
    } catch (error) {
      const { name, code, $metadata } = error as {
        name: string
        code?: string
        $metadata?: { httpStatusCode?: number }
      }
      return name === 'Unknown' || name === '403'
        ? String($metadata?.httpStatusCode)
        : `${name}${code === undefined || code === name ? '' : ` ${code}`}`
    }
  }
})
