import { environmentError, FletchingError } from '@fletching/columns/errors'
import type { Operation } from './client.ts'

/** What the SDK throws, as far as we look at it. */
interface SdkError {
  readonly name?: string
  readonly message?: string
  readonly code?: string
  readonly $metadata?: { readonly httpStatusCode?: number }
}

/** Whether something of that name is there already: made by somebody else, or by a request whose answer was lost. */
export function isAlreadyThere(error: unknown): boolean {
  return causeName(error) === 'ResourceAlreadyExistsException'
}

/** Whether Personalize has as many of these as it takes, for now or for good. */
export function isLimit(error: unknown): boolean {
  return causeName(error) === 'LimitExceededException'
}

/** Whether what a request builds on is not done yet. */
export function isInUse(error: unknown): boolean {
  return causeName(error) === 'ResourceInUseException'
}

/** Whether the SDK's error may pass by itself: throttling, a server that failed, a connection that was lost, a clock that it has learned. */
export function isPassing(error: unknown): boolean {
  const { name = '', message = '', code = '', $metadata } = error as SdkError
  const status = $metadata?.httpStatusCode
  if (status !== undefined && status >= 500) return true
  return (
    THROTTLING.test(name) || LOST.test(code) || LOST.test(name) || /^Signature (expired|not yet current)/.test(message)
  )
}

const THROTTLING = /^(Throttling|TooManyRequests|RequestLimitExceeded|SlowDown)/
const LOST = /^(ECONNRESET|ECONNREFUSED|EPIPE|ETIMEDOUT|EAI_AGAIN|TimeoutError)$/

function causeName(error: unknown): string | undefined {
  return error instanceof FletchingError ? (error.cause as SdkError | undefined)?.name : undefined
}

/**
 * The SDK's error in our words: no credentials and no signed request. An error of ours stays as it is.
 *
 * - Errors: PERSONALIZE_ACCESS_DENIED, NO_CREDENTIALS, EXPIRED_CREDENTIALS, NO_REGION, PERSONALIZE_LIMIT, PERSONALIZE_REFUSED,
 *   PERSONALIZE_FAILED, BAD_ENDPOINT, NETWORK, all of the environment's kind.
 */
export function personalizeFailure(error: unknown, operation: Operation, subject: string): unknown {
  if (error instanceof FletchingError) return error
  const { name = 'Error', message = '', code, $metadata } = error as SdkError
  const status = $metadata?.httpStatusCode
  const parts = (help: string | readonly string[]) => ({ at: [operation, subject], help, cause: error })
  if (name.startsWith('AccessDenied') || name === 'UnauthorizedException') {
    const { action, resource } = deniedAction(message, operation)
    return environmentError('PERSONALIZE_ACCESS_DENIED', `not allowed to ${action}`, {
      ...parts(`allow ${action} on ${resource} to whoever runs this command`),
      details: { action, resource },
    })
  }
  if (NO_CREDENTIALS.test(name)) {
    return environmentError(
      'NO_CREDENTIALS',
      `Personalize was not given credentials that it takes (${name})`,
      parts('set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, a profile, or the role of the container'),
    )
  }
  if (name.startsWith('ExpiredToken')) {
    return environmentError('EXPIRED_CREDENTIALS', 'the credentials ran out', parts(GOES_ON))
  }
  if (/^Region (is missing|not accepted)/.test(message)) {
    return environmentError(
      'NO_REGION',
      'the region of Personalize is not known, or is no region',
      parts('set AWS_REGION to the region of the dataset group'),
    )
  }
  if (name === 'LimitExceededException') {
    return environmentError(
      'PERSONALIZE_LIMIT',
      oneLine(message),
      parts('remove what is not used, or ask AWS for more'),
    )
  }
  if (THROTTLING.test(name)) {
    return environmentError(
      'PERSONALIZE_FAILED',
      'Personalize throttled every try',
      parts(`run it again later: ${GOES_ON}`),
    )
  }
  if (status !== undefined && status >= 500) {
    return environmentError(
      'PERSONALIZE_FAILED',
      `Personalize answered ${status} to every try`,
      parts(`run it again later: ${GOES_ON}`),
    )
  }
  if (status !== undefined && status >= 400) {
    return environmentError('PERSONALIZE_REFUSED', `${name}: ${oneLine(message)}`, parts(remedyOfRefusal(name)))
  }
  if (code === 'ERR_INVALID_URL') {
    return environmentError(
      'BAD_ENDPOINT',
      'the endpoint of Personalize is not an address',
      parts('expected AWS_ENDPOINT_URL_PERSONALIZE to be such as http://127.0.0.1:5000'),
    )
  }
  return environmentError(
    'NETWORK',
    `Personalize cannot be reached: ${code ?? name}`,
    parts('check the network and the endpoint'),
  )
}

const NO_CREDENTIALS =
  /^(CredentialsProviderError|UnrecognizedClientException|InvalidClientTokenId|InvalidSignatureException|IncompleteSignature|MissingAuthenticationToken)/
const GOES_ON = 'the same command goes on where this one ended'

/** AWS says what is not allowed, beside who is not, which belongs in no log; otherwise it is the operation itself. */
function deniedAction(message: string, operation: Operation): { readonly action: string; readonly resource: string } {
  const action = /perform: ([a-z]+:\w+)/.exec(message)?.[1] ?? `personalize:${operation}`
  const resource = /on resource: (arn:[^\s,]+)/.exec(message)?.[1]
  return { action, resource: resource ?? (action === 'iam:PassRole' ? 'the role of --role' : '*') }
}

function remedyOfRefusal(name: string): string {
  if (name === 'ResourceNotFoundException') return 'it was removed meanwhile; run the command again'
  if (name === 'ResourceAlreadyExistsException')
    return 'something else has that name; give the dataset group another one'
  return 'what was made so far stays; the same command goes on with it'
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim()
}
