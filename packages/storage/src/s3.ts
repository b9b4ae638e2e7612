import type { ListObjectsV2Output } from '@aws-sdk/client-s3'
import { internal } from '@fletching/columns/errors'
import { asFolder, formatLocation, type Location, parseLocation } from './location.ts'
import { noConditionalWrites } from './lost.ts'
import { ANSWER_TRIES, lackingETag, wholeAnswer } from './s3-answer.ts'
import { openS3Client, type S3Options } from './s3-client.ts'
import { isNotFound, s3Failure, statusOf } from './s3-errors.ts'
import { objectHeaders } from './s3-headers.ts'
import { largePut, smallBody } from './s3-large-put.ts'
import { readS3Object } from './s3-reader.ts'
import { abortUpload, beginUpload, completeUpload, headObject } from './s3-upload.ts'
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
      const name = formatLocation(location)
      const { ContentLength = 0, ETag } = await headObject(opened, address, name)
      return { location, name, size: ContentLength, etag: ETag }
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
      const from = token === undefined ? {} : { ContinuationToken: token }
      const page = await wholeAnswer(
        { request: 'ListObjectsV2', place: formatLocation(folder), tries: ANSWER_TRIES },
        () => client.send(new sdk.ListObjectsV2Command({ Bucket, Prefix: Key, ...from })),
        (answer) => lackingInPage(answer, Key, token),
      ).catch((error: unknown) => {
        throw s3Failure(error, formatLocation(folder), 'list')
      })
      for (const { Key: key = '', Size: size = 0, ETag: etag } of page.Contents ?? []) {
        const location: S3Location = { scheme: 's3', bucket: Bucket, key }
        yield { location, name: formatLocation(location), size, etag }
      }
      token = page.NextContinuationToken
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

  async function put(
    location: Location,
    bytes: Uint8Array | Iterable<Uint8Array>,
    condition?: Condition,
  ): Promise<boolean> {
    const headers = { ...objectHeaders(encryption), ...headersOf(condition) }
    const input = { ...addressOf(location), ...headers }
    const Body = smallBody(bytes)
    // A command that was sent may be sent again.
    const command =
      Body === undefined
        ? largePut(sdk, input, bytes as Iterable<Uint8Array>)
        : new sdk.PutObjectCommand({ ...input, Body })
    const asked = { request: 'PutObject', place: formatLocation(location), tries: ANSWER_TRIES }
    for (let tries = 1; ; tries++) {
      try {
        await wholeAnswer(asked, () => client.send(command), lackingETag)
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
      const name = formatLocation(location)
      const upload = { ...address, ...objectHeaders(encryption, createOptions) }
      const UploadId = await beginUpload(opened, upload, name)
      await onBegun?.({ name, handle: UploadId })
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
    read: (object, signal) => readS3Object(opened, addressOf(object.location), object, options, signal),
    readPart: (object, start, end, signal) =>
      readS3Object(opened, addressOf(object.location), object, options, signal, { start, end }),
  }
}

function headersOf(condition: Condition | undefined): { readonly IfMatch?: string; readonly IfNoneMatch?: string } {
  if (condition === undefined) return {}
  return condition.etag === undefined ? { IfNoneMatch: '*' } : { IfMatch: condition.etag }
}

/** What a page of a listing lacks to be one: of a list that is not whole, objects would be missed, or read as empty ones. */
function lackingInPage(
  { Contents = [], IsTruncated, KeyCount, NextContinuationToken }: ListObjectsV2Output,
  prefix: string,
  token: string | undefined,
): string | undefined {
  // An answer without a body is read as a list of nothing.
  if (IsTruncated === undefined) return 'saying whether the list goes on'
  if (IsTruncated && NextContinuationToken === undefined) return 'saying where the list goes on'
  if (token !== undefined && NextContinuationToken === token) return 'going on in the list'
  if (KeyCount !== undefined && KeyCount !== Contents.length) return 'all the objects that it counts'
  if (Contents.some(({ Key }) => Key?.startsWith(prefix) !== true)) return 'a name below the folder for every object'
  if (Contents.some(({ Size = -1 }) => !Number.isSafeInteger(Size) || Size < 0)) return 'a size for every object'
  return Contents.map(lackingETag).find((what) => what !== undefined) && 'an ETag for every object'
}

function addressOf(location: Location): { readonly Bucket: string; readonly Key: string } {
  if (location.scheme !== 's3') throw internal(`the S3 store was given a location of ${location.scheme}`)
  return { Bucket: location.bucket, Key: location.key }
}

const CONFLICT_TRIES = 3
