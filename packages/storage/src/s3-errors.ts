import { environmentError, FletchingError } from '@fletching/columns/errors'

/** What the SDK throws, as far as we look at it. */
interface SdkError {
  readonly name?: string
  readonly message?: string
  readonly code?: string
  readonly $metadata?: { readonly httpStatusCode?: number }
}

export function statusOf(error: unknown): number | undefined {
  return (error as SdkError | undefined)?.$metadata?.httpStatusCode
}

/** Whether the store said that there is no such object. */
export function isNotFound(error: unknown): boolean {
  const { name } = error as SdkError
  return name === 'NotFound' || name === 'NoSuchKey' || (statusOf(error) === 404 && name !== 'NoSuchBucket')
}

/** Whether there is no such upload: it was completed or aborted already. */
export function isUploadGone(error: unknown): boolean {
  return (error as SdkError).name === 'NoSuchUpload'
}

/** The SDK's error in our words: no credentials, no signed address, no event content. An error of ours stays as it is. */
export function s3Failure(error: unknown, place: string, verb: 'read' | 'write' | 'list' | 'remove'): unknown {
  if (error instanceof FletchingError) return error
  const { name = 'Error', code, message = '' } = error as SdkError
  const status = statusOf(error)
  const at = place
  if (name === 'NoSuchBucket') {
    return environmentError('NO_SUCH_BUCKET', 'there is no such bucket', {
      at,
      help: 'check the name, the account and the region',
    })
  }
  if (name === 'CredentialsProviderError' || name === 'InvalidAccessKeyId' || name === 'SignatureDoesNotMatch') {
    return environmentError('NO_CREDENTIALS', `S3 was not given credentials that it takes (${name})`, {
      at,
      help: 'set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, a profile, or the role of the container',
    })
  }
  if (name === 'ExpiredToken' || name === 'ExpiredTokenException') {
    return environmentError('EXPIRED_CREDENTIALS', 'the credentials ran out', { at, help: 'run again with fresh ones' })
  }
  if (name === 'InvalidObjectState') {
    return environmentError('OBJECT_ARCHIVED', 'the object lies in an archive', {
      at,
      help: 'restore it from there, or leave it out with --exclude',
    })
  }
  if (name === 'RequestTimeTooSkewed') {
    return environmentError('WRONG_CLOCK', "this machine's clock and that of S3 differ too much", {
      at,
      help: 'set the clock',
    })
  }
  if (status === 403) {
    return environmentError('ACCESS_DENIED', `not allowed to ${verb}`, {
      at,
      help: `the role needs ${NEEDED[verb]} there; for an encrypted bucket also the use of its key`,
    })
  }
  if (isUploadGone(error)) {
    return environmentError('UPLOAD_GONE', 'the upload was ended by somebody else', {
      at,
      help: 'run again; a rule of the bucket may abort uploads too early',
    })
  }
  if (isNotFound(error)) {
    return environmentError('NO_SUCH_OBJECT', 'the object is gone since it was listed', { at, help: 'run again' })
  }
  if (status === 412) {
    return environmentError('OBJECT_CHANGED', 'the object was replaced since it was listed', {
      at,
      help: 'run again to read its new content',
    })
  }
  if (status === 301 || status === 307 || name === 'PermanentRedirect' || name === 'AuthorizationHeaderMalformed') {
    return environmentError('WRONG_REGION', 'the bucket lies in another region', {
      at,
      help: "set AWS_REGION to the bucket's",
    })
  }
  if (status !== undefined && status >= 500) {
    return environmentError('S3_FAILED', `S3 answered ${status} to every try`, { at, help: 'run again later' })
  }
  if (status !== undefined && status < 300) {
    return environmentError('S3_FAILED', 'the answer is not one that S3 gives, or was cut', {
      at,
      help: 'run again; if it stays so, something between here and S3 may answer in its place',
    })
  }
  if (status !== undefined) {
    // Questions without a body get answers without one, which do not say why.
    const why = /^unknown/i.test(name) ? '' : ` (${name})`
    return environmentError('S3_REFUSED', `S3 answered ${status}${why}`, {
      at,
      help: 'check that the credentials have not run out, the region, the name of the bucket, and the endpoint',
    })
  }
  if (/^Region (is missing|not accepted)/.test(message)) {
    return environmentError('NO_REGION', 'the region of the bucket is not known, or is no region', {
      at,
      help: "set AWS_REGION to the bucket's",
    })
  }
  if (code === 'ERR_INVALID_URL') {
    return environmentError('BAD_ENDPOINT', 'the endpoint of S3 is not an address', {
      at,
      help: 'expected FLETCHING_S3_ENDPOINT or AWS_ENDPOINT_URL_S3 to be such as https://s3.example.com:9000',
    })
  }
  return environmentError('NETWORK', `cannot ${verb}: ${code ?? name}`, {
    at,
    help: 'check the network and the endpoint',
  })
}

const NEEDED = {
  read: 's3:GetObject and s3:ListBucket',
  write: 's3:PutObject and s3:AbortMultipartUpload',
  list: 's3:ListBucket',
  remove: 's3:DeleteObject',
}
