import { createHash } from 'node:crypto'
import { type Answer, empty, withHeaders, xml } from './answer.ts'
import { encryptionOf, isKms, makeObject, type Part, storedEtag, type Upload } from './buckets.ts'
import { assertWriteAllowed, keptHeaders } from './objects.ts'
import { refused } from './refused.ts'
import type { S3Request } from './request.ts'
import { element, parseParts, text } from './xml.ts'

export function createUpload({ buckets, bucket, key, headers, number }: S3Request): Answer {
  const id = `upload-${number}`
  const upload: Upload = { id, key, initiated: new Date(), headers: keptHeaders(headers), parts: new Map() }
  buckets.get(bucket).uploads.set(id, upload)
  const answer = xml(
    'InitiateMultipartUploadResult',
    element('Bucket', text(bucket)),
    element('Key', text(key)),
    element('UploadId', id),
  )
  return withHeaders(answer, encryptionOf(upload.headers))
}

export function uploadPart(request: S3Request): Answer {
  const { query, body } = request
  const { parts, headers } = uploadOf(request)
  const number = Number(query.get('partNumber'))
  if (!Number.isInteger(number) || number < 1 || number > 10_000) refused('InvalidArgument')
  const part = { bytes: body.bytes, etag: storedEtag(body.bytes, headers, request.number) }
  parts.set(number, part)
  const checksum = body.crc32 === undefined ? {} : { 'x-amz-checksum-crc32': body.crc32 }
  return empty(200, { ETag: part.etag, ...checksum, ...encryptionOf(headers) })
}

/** Shows the object of the named parts; those that are not named are gone with the upload. */
export function completeUpload(request: S3Request): Answer {
  const { buckets, bucket, key, body, number } = request
  const upload = uploadOf(request)
  const parts = namedParts(upload, body.bytes.toString())
  assertWriteAllowed(request)
  const etags = createHash('md5')
  for (const { etag } of parts) etags.update(etag.replaceAll('"', ''), 'hex')
  if (isKms(upload.headers)) etags.update(`request ${number}`)
  const object = makeObject(key, Buffer.concat(parts.map(({ bytes }) => bytes)), {
    headers: upload.headers,
    etag: `"${etags.digest('hex')}-${parts.length}"`,
  })
  buckets.get(bucket).uploads.delete(upload.id)
  buckets.put(bucket, object, number)
  const answer = xml(
    'CompleteMultipartUploadResult',
    element('Bucket', text(bucket)),
    element('Key', text(key)),
    element('ETag', text(object.etag)),
  )
  return withHeaders(answer, encryptionOf(upload.headers))
}

export function abortUpload(request: S3Request): Answer {
  const { id } = uploadOf(request)
  request.buckets.get(request.bucket).uploads.delete(id)
  return empty(204)
}

function uploadOf({ buckets, bucket, key, query }: S3Request): Upload {
  const upload = buckets.get(bucket).uploads.get(query.get('uploadId') ?? '')
  return upload?.key === key ? upload : refused('NoSuchUpload')
}

/** The parts of which the object is to be made: in ascending order, as they were stored, and all but the last of 5 MiB or more. */
function namedParts({ parts }: Upload, body: string): Part[] {
  const names = parseParts(body) ?? refused('MalformedXML')
  if (names.some(({ number }, index) => index > 0 && number <= names[index - 1].number)) refused('InvalidPartOrder')
  const named = names.map(({ number, etag }) => {
    const part = parts.get(number)
    return part?.etag.replaceAll('"', '') === etag.replaceAll('"', '') ? part : refused('InvalidPart')
  })
  if (named.slice(0, -1).some(({ bytes }) => bytes.length < PART_BYTES_MIN)) refused('EntityTooSmall')
  return named
}

const PART_BYTES_MIN = 5 * 1024 * 1024
