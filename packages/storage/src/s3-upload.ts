import { createHash } from 'node:crypto'
import type { CreateMultipartUploadCommandInput, HeadObjectCommandOutput, S3Client } from '@aws-sdk/client-s3'
import { parseLocation } from './location.ts'
import { commitLost } from './lost.ts'
import { ANSWER_TRIES, lackingETag, wholeAnswer } from './s3-answer.ts'
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

/**
 * Begins an upload.
 *
 * @returns its id.
 */
export async function beginUpload(
  { client, sdk }: Opened,
  upload: CreateMultipartUploadCommandInput,
  name: string,
): Promise<string> {
  const { UploadId = '' } = await wholeAnswer(
    // It may have begun one, and another would begin a second.
    { request: 'CreateMultipartUpload', place: name, tries: 1 },
    () => client.send(new sdk.CreateMultipartUploadCommand(upload)),
    ({ UploadId }) => (UploadId === undefined || UploadId === '' ? 'an upload id' : undefined),
  )
  return UploadId
}

/** What S3 says of an object, its length and its ETag among it. */
export function headObject({ client, sdk }: Opened, address: Address, name: string): Promise<HeadObjectCommandOutput> {
  return wholeAnswer(
    { request: 'HeadObject', place: name, tries: ANSWER_TRIES },
    () => client.send(new sdk.HeadObjectCommand(address)),
    (found) => (found.ContentLength === undefined ? 'a length' : lackingETag(found)),
  )
}

/** Makes the object of an upload. One that is made already, by an earlier try or by another process, is known by its mark or its ETag. */
export async function completeUpload(opened: Opened, address: Address, prepared: Prepared): Promise<ObjectInfo> {
  const { name, handle: UploadId, size, upload } = prepared
  const Parts = upload?.parts.map((ETag, index) => ({ ETag, PartNumber: index + 1 }))
  try {
    const { ETag } = await wholeAnswer(
      { request: 'CompleteMultipartUpload', place: name, tries: ANSWER_TRIES },
      () =>
        opened.client.send(
          new opened.sdk.CompleteMultipartUploadCommand({ ...address, UploadId, MultipartUpload: { Parts } }),
        ),
      lackingETag,
    )
    return { location: parseLocation(name), name, size, etag: ETag }
  } catch (error) {
    // One that was completed and whose answer was not whole is gone at the second try.
    if (!isUploadGone(error)) throw s3Failure(error, name, 'write')
  }
  return findCompleted(opened, address, prepared)
}

async function findCompleted({ client, sdk }: Opened, address: Address, prepared: Prepared): Promise<ObjectInfo> {
  const { name, size, etag, upload } = prepared
  try {
    const found = await headObject({ client, sdk }, address, name)
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
