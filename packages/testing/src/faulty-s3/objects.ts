import type { IncomingHttpHeaders } from 'node:http'
import { type Answer, empty, failure, xml } from './answer.ts'
import { encryptionOf, isKms, makeObject, type StoredObject, storedEtag } from './buckets.ts'
import { refused } from './refused.ts'
import type { S3Request } from './request.ts'
import { element, text } from './xml.ts'

/** GetObject and HeadObject. */
export function getObject({ buckets, bucket, key, headers }: S3Request): Answer {
  const object = buckets.get(bucket).objects.get(key) ?? refused('NoSuchKey')
  const { bytes, etag, lastModified } = object
  if (headers['if-match'] !== undefined && !sameEtag(headers['if-match'], etag)) refused('PreconditionFailed')
  if (headers['if-none-match'] !== undefined && sameEtag(headers['if-none-match'], etag))
    return empty(304, { ETag: etag })
  const { 'x-amz-checksum-crc32': checksum, 'x-amz-tagging': tags, ...kept } = object.headers
  const tagCount = tags === undefined ? {} : { 'x-amz-tagging-count': `${tags.split('&').length}` }
  const shown = {
    ...kept,
    ...tagCount,
    ETag: etag,
    'Last-Modified': lastModified.toUTCString(),
    'Accept-Ranges': 'bytes',
  }
  const range = parseRange(headers.range, bytes.length)
  if (range === 'none') return failure(416, 'InvalidRange', { 'Content-Range': `bytes */${bytes.length}` })
  if (range === 'all') {
    const wantsChecksum = headers['x-amz-checksum-mode'] === 'ENABLED' && checksum !== undefined
    return {
      status: 200,
      headers: { ...shown, ...(wantsChecksum ? { 'x-amz-checksum-crc32': checksum } : {}) },
      body: bytes,
    }
  }
  const [start, end] = range
  return {
    status: 206,
    headers: { ...shown, 'Content-Range': `bytes ${start}-${end - 1}/${bytes.length}` },
    body: bytes.subarray(start, end),
  }
}

export function getTags({ buckets, bucket, key }: S3Request): Answer {
  const { headers } = buckets.get(bucket).objects.get(key) ?? refused('NoSuchKey')
  const tags = [...new URLSearchParams(headers['x-amz-tagging'])].map(([name, value]) =>
    element('Tag', element('Key', text(name)), element('Value', text(value))),
  )
  return xml('Tagging', element('TagSet', ...tags))
}

export function putObject(request: S3Request): Answer {
  const { buckets, bucket, key, headers, body, number } = request
  assertWriteAllowed(request)
  const checksum = body.crc32 === undefined ? {} : { 'x-amz-checksum-crc32': body.crc32 }
  const kept = keptHeaders(headers)
  const etag = storedEtag(body.bytes, kept, number)
  const object = makeObject(key, body.bytes, { etag, headers: { ...kept, ...checksum } })
  buckets.put(bucket, object, number)
  return empty(200, { ETag: object.etag, ...checksum, ...encryptionOf(kept) })
}

export function deleteObject({ buckets, bucket, key, number }: S3Request): Answer {
  buckets.remove(bucket, key, number)
  return empty(204)
}

/**
 * Holds a write against its conditions.
 *
 * - Errors: PreconditionFailed and NoSuchKey as the object is or is not, ConditionalRequestConflict when it was removed while the
 *   request was on its way.
 */
export function assertWriteAllowed({ buckets, bucket, key, headers, changesBefore }: S3Request): void {
  const existing: StoredObject | undefined = buckets.get(bucket).objects.get(key)
  const { 'if-match': match, 'if-none-match': noneMatch } = headers
  if (match === undefined && noneMatch === undefined) return
  const since = buckets.changes.slice(changesBefore)
  if (since.some((change) => change.kind === 'removed' && change.bucket === bucket && change.key === key)) {
    refused('ConditionalRequestConflict')
  }
  if (noneMatch !== undefined && noneMatch !== '*') refused('NotImplemented')
  if (noneMatch === '*' && existing !== undefined) refused('PreconditionFailed')
  if (match === undefined) return
  if (existing === undefined) refused('NoSuchKey')
  if (!sameEtag(match, existing.etag)) refused('PreconditionFailed')
}

/**
 * The headers that S3 keeps with an object. How its bytes were cut for the way is none of them.
 *
 * - Errors: InvalidArgument for a key of the Key Management Service that is not to encrypt.
 */
export function keptHeaders(headers: IncomingHttpHeaders): Record<string, string> {
  const kept =
    /^(content-(type|encoding|disposition|language)|cache-control|expires|x-amz-(meta-.+|storage-class|tagging|server-side-encryption(-aws-kms-key-id)?))$/
  const entries = Object.entries(headers)
    .filter(([name]) => kept.test(name))
    .map(([name, value]) => [name, name === 'content-encoding' ? withoutChunks(String(value)) : String(value)])
  const named = Object.fromEntries(entries.filter(([, value]) => value !== '')) as Record<string, string>
  if (named['x-amz-server-side-encryption-aws-kms-key-id'] !== undefined && !isKms(named)) refused('InvalidArgument')
  // S3 does not say what is so by default.
  const { 'x-amz-storage-class': storageClass = 'STANDARD', ...others } = named
  return {
    'content-type': 'binary/octet-stream',
    ...others,
    ...(storageClass === 'STANDARD' ? {} : { 'x-amz-storage-class': storageClass }),
  }
}

function withoutChunks(encodings: string): string {
  return encodings
    .split(',')
    .map((encoding) => encoding.trim())
    .filter((encoding) => encoding !== 'aws-chunked')
    .join(',')
}

function sameEtag(given: string, etag: string): boolean {
  return given === '*' || given.replaceAll('"', '') === etag.replaceAll('"', '')
}

/** Start and end of what a range asks for; `none` when it begins behind the last byte. What is no range asks for all. */
function parseRange(range: string | undefined, byteLength: number): readonly [number, number] | 'all' | 'none' {
  const [, first = '', last = ''] = /^bytes=(\d*)-(\d*)$/.exec(range ?? '') ?? []
  if (first === '' && last === '') return 'all'
  const start = first === '' ? Math.max(0, byteLength - Number(last)) : Number(first)
  const end = first === '' || last === '' ? byteLength : Math.min(byteLength, Number(last) + 1)
  if (first !== '' && last !== '' && Number(last) < Number(first)) return 'all'
  return start >= byteLength ? 'none' : [start, end]
}
