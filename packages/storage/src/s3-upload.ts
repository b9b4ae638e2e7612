import { createHash } from 'node:crypto'
import type { S3Client } from '@aws-sdk/client-s3'
import { parseLocation } from './location.ts'
import { commitLost } from './lost.ts'
import type { S3Module } from './s3-client.ts'
import { isNotFound, isUploadGone, s3Failure } from './s3-errors.ts'
import type { ObjectInfo, Prepared } from './store.ts'

interface Opened {
  readonly client: S3Client
  readonly sdk: S3Module
}

interface Address {
  readonly Bucket: string
  readonly Key: string
}

/** The name of the metadata that tells by which upload an object was made. */
export const MARK = 'fletching-upload'

/** Makes the object of an upload. One that is made already, by an earlier try or by another process, is known by its mark or its ETag. */
export async function completeUpload(opened: Opened, address: Address, prepared: Prepared): Promise<ObjectInfo> {
  const { name, handle: UploadId, size, upload } = prepared
  const Parts = upload?.parts.map((ETag, index) => ({ ETag, PartNumber: index + 1 }))
  try {
    const { ETag } = await opened.client.send(
      new opened.sdk.CompleteMultipartUploadCommand({ ...address, UploadId, MultipartUpload: { Parts } }),
    )
    if (ETag !== undefined) return { location: parseLocation(name), name, size, etag: ETag }
  } catch (error) {
    if (!isUploadGone(error)) throw s3Failure(error, name, 'write')
  }
  return findCompleted(opened, address, prepared)
}

async function findCompleted({ client, sdk }: Opened, address: Address, prepared: Prepared): Promise<ObjectInfo> {
  const { name, size, etag, upload } = prepared
  try {
    const found = await client.send(new sdk.HeadObjectCommand(address))
    const object = { location: parseLocation(name), name, size: found.ContentLength ?? -1, etag: found.ETag }
    if (object.size === size && (object.etag === etag || found.Metadata?.[MARK] === upload?.mark)) return object
    throw commitLost(name, object)
  } catch (error) {
    throw isNotFound(error) ? commitLost(name, undefined) : s3Failure(error, name, 'read')
  }
}

/** Ends an upload and takes its parts away. One that is gone is no error: the answer to an earlier try may have been lost. */
export async function abortUpload(
  { client, sdk }: Opened,
  upload: Address & { readonly UploadId: string | undefined },
): Promise<void> {
  try {
    await client.send(new sdk.AbortMultipartUploadCommand(upload))
  } catch (error) {
    if (!isUploadGone(error)) throw error
  }
}

/**
 * The ETag of an object made of parts, as S3 makes it where it does not encrypt with a key of its user's. Of ETags that follow no rule it is
 * one that no object has.
 */
export function etagOfParts(parts: readonly string[]): string {
  const digest = createHash('md5')
  // Not by the digest itself: it throws at what is no hexadecimal number.
  for (const etag of parts) digest.update(Buffer.from(etag.replaceAll('"', ''), 'hex'))
  return `"${digest.digest('hex')}-${parts.length}"`
}
