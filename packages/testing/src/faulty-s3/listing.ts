import { type Answer, xml } from './answer.ts'
import { inKeyOrder } from './buckets.ts'
import { refused } from './refused.ts'
import type { S3Request } from './request.ts'
import { element, text } from './xml.ts'

/** Objects by name, a page at a time. The token that asks for the next page holds the last name of this one. */
export function listObjects({ buckets, bucket, query, pageKeys }: S3Request): Answer {
  const prefix = query.get('prefix') ?? ''
  const token = query.get('continuation-token')
  const after = token === null ? query.get('start-after') : keyOfToken(token)
  const maxKeys = Number(query.get('max-keys') ?? 1000)
  const asUrl = query.get('encoding-type') === 'url'
  const name = (key: string) => text(asUrl ? urlEncoded(key) : key)
  const all = inKeyOrder(buckets.get(bucket).objects.values()).filter(
    ({ key }) => key.startsWith(prefix) && (after === null || Buffer.compare(Buffer.from(key), Buffer.from(after)) > 0),
  )
  const page = all.slice(0, Math.min(maxKeys, pageKeys))
  const isTruncated = page.length < all.length && page.length > 0
  return xml(
    'ListBucketResult',
    element('Name', text(bucket)),
    element('Prefix', name(prefix)),
    element('KeyCount', text(page.length)),
    element('MaxKeys', text(maxKeys)),
    ...(asUrl ? [element('EncodingType', 'url')] : []),
    element('IsTruncated', text(isTruncated)),
    ...(token === null ? [] : [element('ContinuationToken', text(token))]),
    ...(isTruncated ? [element('NextContinuationToken', tokenOf(page[page.length - 1].key))] : []),
    ...page.map(({ key, bytes, etag, lastModified }) =>
      element(
        'Contents',
        element('Key', name(key)),
        element('LastModified', lastModified.toISOString()),
        element('ETag', text(etag)),
        element('Size', text(bytes.length)),
        element('StorageClass', 'STANDARD'),
      ),
    ),
  )
}

/** Uploads by name and then by age, a page at a time. */
export function listUploads({ buckets, bucket, query, pageKeys }: S3Request): Answer {
  const prefix = query.get('prefix') ?? ''
  const all = inKeyOrder(buckets.get(bucket).uploads.values()).filter(({ key }) => key.startsWith(prefix))
  const [keyMarker, idMarker] = [query.get('key-marker'), query.get('upload-id-marker')]
  const maxUploads = Number(query.get('max-uploads') ?? 1000)
  const start = all.findIndex(({ key, id }) => key === keyMarker && id === idMarker) + 1
  if (keyMarker !== null && start === 0) refused('InvalidArgument')
  const page = all.slice(start, start + Math.min(maxUploads, pageKeys))
  const last = page.at(-1)
  const isTruncated = last !== undefined && last !== all.at(-1)
  return xml(
    'ListMultipartUploadsResult',
    element('Bucket', text(bucket)),
    element('Prefix', text(prefix)),
    element('MaxUploads', text(maxUploads)),
    element('IsTruncated', text(isTruncated)),
    ...(isTruncated ? [element('NextKeyMarker', text(last.key)), element('NextUploadIdMarker', text(last.id))] : []),
    ...page.map(({ key, id, initiated }) =>
      element(
        'Upload',
        element('Key', text(key)),
        element('UploadId', text(id)),
        element('Initiated', initiated.toISOString()),
      ),
    ),
  )
}

/** As S3 does it: slashes stay, and a blank is a plus. */
function urlEncoded(key: string): string {
  return new URLSearchParams({ key }).toString().slice('key='.length).replaceAll('%2F', '/')
}

function tokenOf(key: string): string {
  return Buffer.from(`after ${key}`).toString('base64url')
}

function keyOfToken(token: string): string {
  const [, key] = /^after (.*)$/s.exec(Buffer.from(token, 'base64url').toString()) ?? refused('InvalidArgument')
  return key
}
