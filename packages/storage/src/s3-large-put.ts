import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import type { PutObjectCommand, PutObjectCommandInput } from '@aws-sdk/client-s3'
import type { S3Module } from './s3-client.ts'

/** All bytes of an object that is small, and of a larger one undefined. */
export function smallBody(bytes: Uint8Array | Iterable<Uint8Array>): Uint8Array | undefined {
  if (bytes instanceof Uint8Array) return bytes
  const pieces: Uint8Array[] = []
  let byteLength = 0
  for (const piece of bytes) {
    byteLength += piece.length
    if (byteLength > SMALL_BYTES) return undefined
    pieces.push(piece)
  }
  return Buffer.concat(pieces)
}

/**
 * One request that writes an object whose bytes come in pieces, which are gone through once for their checksum, and once for each try.
 *
 * The SDK tries no request again whose body is a stream. So it sees none, and each try gets a stream of its own once it has been signed; what is signed is the
 * checksum.
 */
export function largePut(sdk: S3Module, input: PutObjectCommandInput, bytes: Iterable<Uint8Array>): PutObjectCommand {
  const digest = createHash('sha256')
  let byteLength = 0
  for (const piece of bytes) {
    digest.update(piece)
    byteLength += piece.length
  }
  const sha256 = digest.digest()
  const command = new sdk.PutObjectCommand({
    ...input,
    ContentLength: byteLength,
    // Without one the SDK would add that of the body that it sees.
    ChecksumSHA256: sha256.toString('base64'),
  })
  command.middlewareStack.add(
    (next) => (args) => {
      const { headers } = args.request as { headers: Record<string, string> }
      headers['x-amz-content-sha256'] = sha256.toString('hex')
      return next(args)
    },
    { step: 'build', name: 'checksumOfPieces' },
  )
  command.middlewareStack.add(
    (next) => (args) =>
      next({ ...args, request: Object.assign(args.request as object, { body: Readable.from(bytes) }) }),
    { step: 'finalizeRequest', priority: 'low', name: 'bodyOfPieces' },
  )
  return command
}

/** As much as a part of an upload. */
const SMALL_BYTES = 8 * 1024 * 1024
