import type { IncomingHttpHeaders } from 'node:http'

export type Operation =
  | 'CreateBucket'
  | 'ListObjectsV2'
  | 'ListMultipartUploads'
  | 'GetObject'
  | 'HeadObject'
  | 'GetObjectTagging'
  | 'PutObject'
  | 'DeleteObject'
  | 'CreateMultipartUpload'
  | 'UploadPart'
  | 'CompleteMultipartUpload'
  | 'AbortMultipartUpload'
  /** A question that the server does not understand, and refuses. */
  | 'unknown'

/** How a request asks for an operation: it has every parameter of `needs`, and no other than those of `takes`. */
interface Form {
  readonly op: Operation
  readonly method: string
  readonly on: 'bucket' | 'object'
  readonly needs?: readonly string[]
  readonly takes?: readonly string[]
}

const forms: readonly Form[] = [
  { op: 'CreateBucket', method: 'PUT', on: 'bucket' },
  {
    op: 'ListObjectsV2',
    method: 'GET',
    on: 'bucket',
    needs: ['list-type'],
    takes: ['prefix', 'max-keys', 'start-after', 'continuation-token', 'encoding-type'],
  },
  {
    op: 'ListMultipartUploads',
    method: 'GET',
    on: 'bucket',
    needs: ['uploads'],
    takes: ['prefix', 'max-uploads', 'key-marker', 'upload-id-marker'],
  },
  { op: 'GetObject', method: 'GET', on: 'object' },
  { op: 'HeadObject', method: 'HEAD', on: 'object' },
  { op: 'GetObjectTagging', method: 'GET', on: 'object', needs: ['tagging'] },
  { op: 'PutObject', method: 'PUT', on: 'object' },
  { op: 'DeleteObject', method: 'DELETE', on: 'object' },
  { op: 'CreateMultipartUpload', method: 'POST', on: 'object', needs: ['uploads'] },
  { op: 'UploadPart', method: 'PUT', on: 'object', needs: ['uploadId', 'partNumber'] },
  { op: 'CompleteMultipartUpload', method: 'POST', on: 'object', needs: ['uploadId'] },
  { op: 'AbortMultipartUpload', method: 'DELETE', on: 'object', needs: ['uploadId'] },
]

/** The line and the head of a request, understood. */
export interface RequestHead {
  readonly op: Operation
  readonly bucket: string
  /** Empty for a question about the bucket. */
  readonly key: string
  readonly query: URLSearchParams
  readonly headers: IncomingHttpHeaders
}

/** Reads the line of a request, buckets by path. Names are taken as they come: `.`, `..` and `//` mean nothing in a key. */
export function parseHead(method: string, url: string, headers: IncomingHttpHeaders): RequestHead {
  const [, bucket = '', key = '', search = ''] = /^\/([^/?]*)\/?([^?]*)\??(.*)$/s.exec(url) ?? []
  const query = new URLSearchParams(search)
  // The SDK repeats the name of the operation there.
  query.delete('x-id')
  const on = key === '' ? 'bucket' : 'object'
  const form = forms.find(
    ({ needs = [], takes = [], ...form }) =>
      form.method === method &&
      form.on === on &&
      needs.every((name) => query.has(name)) &&
      [...query.keys()].every((name) => needs.includes(name) || takes.includes(name)),
  )
  const isCopy = headers['x-amz-copy-source'] !== undefined
  const op = form === undefined || isCopy ? 'unknown' : form.op
  return { op, bucket, key: decodeURIComponent(key), query, headers }
}
