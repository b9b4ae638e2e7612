import { environmentError, internal } from '@fletching/columns/errors'
import { asFolder, formatLocation, type Location, parseLocation } from './location.ts'
import { noConditionalWrites } from './lost.ts'
import { openS3Client, type S3Options } from './s3-client.ts'
import { isNotFound, s3Failure, statusOf } from './s3-errors.ts'
import { objectHeaders } from './s3-headers.ts'
import { readS3Object } from './s3-reader.ts'
import { abortUpload, completeUpload } from './s3-upload.ts'
import { S3Writer } from './s3-writer.ts'
import type { Begun, Condition, CreateOptions, ObjectInfo, ObjectWriter, Store } from './store.ts'

type S3Location = Extract<Location, { scheme: 's3' }>

/**
 * Objects in Amazon S3, or another server that speaks its language.
 *
 * - Reading: bytes as stored, whole or in parts, pinned to the ETag that was listed, resumed after a cut, given up after a stated number of tries.
 * - Writing: by one request or a multipart upload that is completed at commit, by whatever process, and aborted on failure.
 * - Errors: environment errors with the object's name and the way out; never credentials.
 */
export async function openS3Store(options: S3Options = {}): Promise<Store> {
  const opened = await openS3Client(options)
  const { client, sdk } = opened
  const { encryption } = options

  async function stat(location: Location): Promise<ObjectInfo | undefined> {
    const address = addressOf(location)
    // To S3 that would be a question about the bucket, and its answer would pass for an empty object.
    if (address.Key === '') return undefined
    try {
      const { ContentLength, ETag } = await client.send(new sdk.HeadObjectCommand(address))
      if (ContentLength === undefined) throw withoutLength(formatLocation(location))
      return { location, name: formatLocation(location), size: ContentLength, etag: ETag }
    } catch (error) {
      // A HEAD has no body, so a missing bucket looks like a missing object; listing tells them apart.
      if (isNotFound(error)) return undefined
      throw s3Failure(error, formatLocation(location), 'read')
    }
  }

  async function* list(folder: Location): AsyncGenerator<ObjectInfo> {
    const { Bucket, Key } = addressOf(asFolder(folder))
    let token: string | undefined
    do {
      const page = await client
        .send(
          new sdk.ListObjectsV2Command({
            Bucket,
            Prefix: Key,
            ...(token === undefined ? {} : { ContinuationToken: token }),
          }),
        )
        .catch((error: unknown) => {
          throw s3Failure(error, formatLocation(folder), 'list')
        })
      // An answer without a body is read as a list of nothing.
      if (page.IsTruncated === undefined) throw notAListing(formatLocation(folder))
      for (const { Key: key, Size: size, ETag: etag } of page.Contents ?? []) {
        // An object of which this is not known would be passed over, or read as an empty one.
        if (key?.startsWith(Key) !== true || !isSize(size)) throw notAListing(formatLocation(folder))
        const location: S3Location = { scheme: 's3', bucket: Bucket, key }
        yield { location, name: formatLocation(location), size, etag }
      }
      token = page.NextContinuationToken
      if (page.IsTruncated && token === undefined) throw notAListing(formatLocation(folder))
    } while (token !== undefined)
  }

  async function create(location: Location, createOptions: CreateOptions = {}): Promise<ObjectWriter> {
    const target = {
      client,
      sdk,
      address: addressOf(location),
      name: formatLocation(location),
      stat: () => stat(location),
    }
    return new S3Writer(target, objectHeaders(encryption, createOptions), createOptions.onBegun)
  }

  async function abandon({ name, handle }: Begun): Promise<void> {
    try {
      await abortUpload(opened, { ...addressOf(parseLocation(name)), UploadId: handle })
    } catch (error) {
      throw s3Failure(error, name, 'write')
    }
  }

  async function put(location: Location, bytes: Uint8Array, condition?: Condition): Promise<boolean> {
    const headers = { ...objectHeaders(encryption), ...headersOf(condition) }
    const command = new sdk.PutObjectCommand({ ...addressOf(location), ...headers, Body: bytes })
    for (let tries = 1; ; tries++) {
      try {
        await client.send(command)
        return true
      } catch (error) {
        const status = statusOf(error)
        if (condition !== undefined) {
          // Another request on the object was under way, and S3 asks to come again.
          if (status === 409 && tries < CONFLICT_TRIES) continue
          if (status === 409 || status === 412 || isNotFound(error)) return false
          if (status === 501) throw noConditionalWrites(formatLocation(location))
        }
        throw s3Failure(error, formatLocation(location), 'write')
      }
    }
  }

  /** An upload that is begun and given up asks for the same rights as one that is completed. */
  async function assertWritable(location: Location, createOptions: CreateOptions = {}): Promise<void> {
    const { onBegun } = createOptions
    const address = addressOf(location)
    try {
      const upload = { ...address, ...objectHeaders(encryption, createOptions) }
      const { UploadId = '' } = await client.send(new sdk.CreateMultipartUploadCommand(upload))
      await onBegun?.({ name: formatLocation(location), handle: UploadId })
      await abortUpload(opened, { ...address, UploadId })
    } catch (error) {
      throw s3Failure(error, formatLocation(location), 'write')
    }
  }

  async function remove(location: Location): Promise<void> {
    try {
      await client.send(new sdk.DeleteObjectCommand(addressOf(location)))
    } catch (error) {
      if (!isNotFound(error)) throw s3Failure(error, formatLocation(location), 'remove')
    }
  }

  return {
    stat,
    list,
    create,
    complete: (prepared) => completeUpload(opened, addressOf(parseLocation(prepared.name)), prepared),
    abandon,
    put,
    assertWritable,
    remove,
    read: (object) => readS3Object(opened, addressOf(object.location), object, options),
    readPart: (object, start, end) => readS3Object(opened, addressOf(object.location), object, options, { start, end }),
  }
}

function headersOf(condition: Condition | undefined): { readonly IfMatch?: string; readonly IfNoneMatch?: string } {
  if (condition === undefined) return {}
  return condition.etag === undefined ? { IfNoneMatch: '*' } : { IfMatch: condition.etag }
}

function isSize(size: number | undefined): size is number {
  return Number.isSafeInteger(size) && Number(size) >= 0
}

function notAListing(place: string) {
  return environmentError('S3_FAILED', 'the answer is not a list of objects there, with their sizes', {
    at: place,
    help: 'run again; if it stays so, something between here and S3 may answer in its place',
  })
}

function withoutLength(place: string) {
  return environmentError('S3_FAILED', 'the answer does not say how long the object is', {
    at: place,
    help: 'check the endpoint: something between here and S3 may answer in its place',
  })
}

function addressOf(location: Location): { readonly Bucket: string; readonly Key: string } {
  if (location.scheme !== 's3') throw internal(`the S3 store was given a location of ${location.scheme}`)
  return { Bucket: location.bucket, Key: location.key }
}

const CONFLICT_TRIES = 3
