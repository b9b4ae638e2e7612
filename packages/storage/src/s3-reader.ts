import type { Readable } from 'node:stream'
import { setTimeout as delay } from 'node:timers/promises'
import type { S3Client } from '@aws-sdk/client-s3'
import { environmentError, FletchingError } from '@fletching/columns/errors'
import type { S3Module, S3Options } from './s3-client.ts'
import { s3Failure, statusOf } from './s3-errors.ts'
import type { ObjectInfo } from './store.ts'

/** What is asked of S3 for an object. */
interface Address {
  readonly Bucket: string
  readonly Key: string
}

/** The bytes of an object from `start` to before `end`. */
export interface Part {
  readonly start: number
  readonly end: number
}

/**
 * Reads an object whole, or a part of it: the bytes as stored, of the version that was listed.
 *
 * The SDK does not resume a body that was cut, and waits for ever for one that stalls; both are done here. Every try asks for the bytes
 * that are still missing, and only of the same version.
 *
 * - `signal`: ends the request that is on its way, and the wait for the next.
 */
export async function* readS3Object(
  { client, sdk }: { readonly client: S3Client; readonly sdk: S3Module },
  address: Address,
  object: ObjectInfo,
  options: S3Options,
  signal?: AbortSignal,
  part?: Part,
): AsyncGenerator<Uint8Array> {
  const { readTries = 5, stallTimeoutMs = 60_000, retryDelayMs = 200 } = options
  const { start, end } = part ?? { start: 0, end: object.size }
  let at = start
  for (let failed = 0; at < end; ) {
    try {
      const range = part === undefined ? (at === 0 ? undefined : `bytes=${at}-`) : `bytes=${at}-${end - 1}`
      const { Body, ETag, ContentRange } = await client.send(
        new sdk.GetObjectCommand({
          ...address,
          ...(object.etag === undefined ? {} : { IfMatch: object.etag }),
          ...(range === undefined ? {} : { Range: range }),
        }),
        signal === undefined ? {} : { abortSignal: signal },
      )
      if (object.etag !== undefined && ETag !== object.etag) throw changed(object)
      if (range !== undefined && ContentRange?.startsWith(`bytes ${at}-`) !== true) throw notThePart(object)
      for await (const bytes of withStallTimeout(Body as Readable, stallTimeoutMs)) {
        at += bytes.length
        failed = 0
        yield bytes
      }
      if (at > end) throw changed(object)
      if (at < end) throw new Cut()
    } catch (error) {
      signal?.throwIfAborted()
      if (error instanceof FletchingError) throw error
      // What comes behind the last byte is the SDK's word on the checksum; the bytes before it cannot be taken back.
      if (at >= end) throw damaged(object)
      if (!isWorthAnotherTry(error)) throw s3Failure(error, object.name, 'read')
      if (++failed >= readTries) throw givenUp(error, object, at, at === start, failed)
      await delay(retryDelayMs * 2 ** (failed - 1), undefined, signal === undefined ? {} : { signal })
    }
  }
}

/** The body ended before its time. */
class Cut extends Error {}
/** No byte came for too long. */
class Stalled extends Error {}

async function* withStallTimeout(body: Readable, timeoutMs: number): AsyncGenerator<Uint8Array> {
  // Time that the reader of these bytes takes is not the network's.
  let isWaiting = true
  const timer = setTimeout(() => isWaiting && body.destroy(new Stalled()), timeoutMs)
  try {
    for await (const bytes of body as AsyncIterable<Uint8Array>) {
      isWaiting = false
      yield bytes
      isWaiting = true
      timer.refresh()
    }
  } finally {
    clearTimeout(timer)
    body.destroy()
  }
}

/** Answers with a status are tried again by the SDK itself. */
function isWorthAnotherTry(error: unknown): boolean {
  return statusOf(error) === undefined && (error as { name?: string }).name !== 'CredentialsProviderError'
}

function givenUp(error: unknown, object: ObjectInfo, at: number, isAtStart: boolean, tries: number) {
  const parts = { at: object.name, help: 'run again; if it stays so, look at the network between here and S3' }
  // The SDK gives that name to a connection that was reset, too.
  const { name, code } = error as { name?: string; code?: string }
  const isStalled = error instanceof Stalled || (name === 'TimeoutError' && code === undefined)
  if (isAtStart && !(error instanceof Cut || isStalled)) return s3Failure(error, object.name, 'read')
  if (isStalled) {
    return environmentError('STALLED', `no more bytes came after ${at} of ${object.size}, in ${tries} tries`, parts)
  }
  return environmentError(
    'READ_CUT_SHORT',
    `the read ended after ${at} of ${object.size} bytes, in ${tries} tries`,
    parts,
  )
}

function notThePart(object: ObjectInfo) {
  return environmentError('S3_FAILED', 'the answer is not the part of the object that was asked for', {
    at: object.name,
    help: 'check the endpoint: something between here and S3 may answer in its place',
  })
}

function damaged(object: ObjectInfo) {
  return environmentError('CHECKSUM_MISMATCH', 'the bytes that came are not those that S3 keeps', {
    at: object.name,
    help: 'run again; if it stays so, look at the network between here and S3',
  })
}

function changed(object: ObjectInfo) {
  return environmentError('OBJECT_CHANGED', 'the object was replaced since it was listed', {
    at: object.name,
    help: 'run again to read its new content',
  })
}
