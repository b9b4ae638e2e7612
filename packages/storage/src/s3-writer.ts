import type { CompletedPart, S3Client } from '@aws-sdk/client-s3'
import { internal } from '@fletching/columns/errors'
import type { S3Module } from './s3-client.ts'
import { isUploadGone, s3Failure } from './s3-errors.ts'
import type { CreateOptions, ObjectInfo, ObjectWriter } from './store.ts'

export interface S3Target {
  readonly client: S3Client
  readonly sdk: S3Module
  readonly address: { readonly Bucket: string; readonly Key: string }
  readonly name: string
  /** The object as it is now. */
  stat(): Promise<ObjectInfo | undefined>
}

/**
 * Writes an object to S3 that nobody sees before `commit`: a small one in a single request, a larger one as a multipart upload of
 * which only the last step is left for `commit`.
 *
 * - Memory: one part, 8 MiB at first; parts double every 1,000, so that 10,000 are enough for S3's largest object.
 */
export class S3Writer implements ObjectWriter {
  readonly #target: S3Target
  readonly #headers: { readonly ContentType?: string; readonly ContentEncoding?: string }
  #chunks: Uint8Array[] = []
  #waiting = 0
  #bytes = 0
  #uploadId: string | undefined
  #parts: CompletedPart[] = []
  #state: 'open' | 'prepared' | 'ended' = 'open'

  constructor(target: S3Target, { contentType, contentEncoding }: CreateOptions) {
    this.#target = target
    this.#headers = {
      ...(contentType === undefined ? {} : { ContentType: contentType }),
      ...(contentEncoding === undefined ? {} : { ContentEncoding: contentEncoding }),
    }
  }

  async write(bytes: Uint8Array): Promise<void> {
    if (this.#state !== 'open') throw internal(`${this.#target.name} is written to after its end`)
    this.#bytes += bytes.length
    for (let at = 0; at < bytes.length; ) {
      const piece = bytes.slice(at, at + this.#partBytes - this.#waiting)
      this.#chunks.push(piece)
      this.#waiting += piece.length
      at += piece.length
      if (this.#waiting === this.#partBytes) await this.#uploadPart()
    }
  }

  async prepare(): Promise<void> {
    if (this.#state === 'prepared') return
    if (this.#state !== 'open') throw internal(`${this.#target.name} is prepared after its end`)
    if (this.#uploadId !== undefined && this.#waiting > 0) await this.#uploadPart()
    this.#state = 'prepared'
  }

  async commit(): Promise<ObjectInfo> {
    await this.prepare()
    try {
      if (this.#uploadId === undefined) await this.#put()
      else await this.#complete(this.#uploadId)
    } catch (error) {
      throw s3Failure(error, this.#target.name, 'write')
    }
    this.#state = 'ended'
    const stored = await this.#target.stat()
    if (stored === undefined || stored.size !== this.#bytes) {
      throw internal(`${this.#target.name} was written with ${this.#bytes} bytes and has ${stored?.size ?? 'none'}`)
    }
    return stored
  }

  async abort(): Promise<void> {
    if (this.#state === 'ended') return
    this.#state = 'ended'
    this.#chunks = []
    if (this.#uploadId === undefined) return
    const { client, sdk, address, name } = this.#target
    try {
      await abortUpload({ client, sdk }, { ...address, UploadId: this.#uploadId })
    } catch (error) {
      throw s3Failure(error, name, 'write')
    }
  }

  get #partBytes(): number {
    return PART_BYTES * 2 ** Math.floor(this.#parts.length / 1000)
  }

  #takeChunks(): Uint8Array {
    const body = Buffer.concat(this.#chunks)
    this.#chunks = []
    this.#waiting = 0
    return body
  }

  async #uploadPart(): Promise<void> {
    const { client, sdk, address, name } = this.#target
    try {
      this.#uploadId ??= (
        await client.send(new sdk.CreateMultipartUploadCommand({ ...address, ...this.#headers }))
      ).UploadId
      const PartNumber = this.#parts.length + 1
      const upload = { ...address, UploadId: this.#uploadId, PartNumber }
      const { ETag } = await client.send(new sdk.UploadPartCommand({ ...upload, Body: this.#takeChunks() }))
      this.#parts.push({ ETag, PartNumber })
    } catch (error) {
      throw s3Failure(error, name, 'write')
    }
  }

  async #put(): Promise<void> {
    const { client, sdk, address } = this.#target
    await client.send(new sdk.PutObjectCommand({ ...address, ...this.#headers, Body: this.#takeChunks() }))
  }

  async #complete(uploadId: string): Promise<void> {
    const { client, sdk, address } = this.#target
    const command = { ...address, UploadId: uploadId, MultipartUpload: { Parts: this.#parts } }
    try {
      await client.send(new sdk.CompleteMultipartUploadCommand(command))
    } catch (error) {
      // The answer to an earlier try may have been lost: then the upload is gone, and the object is there. `commit` looks.
      if (!isUploadGone(error)) throw error
    }
  }
}

/** Ends an upload and takes its parts away. One that is gone is no error: the answer to an earlier try may have been lost. */
export async function abortUpload(
  { client, sdk }: { readonly client: S3Client; readonly sdk: S3Module },
  upload: { readonly Bucket: string; readonly Key: string; readonly UploadId: string | undefined },
): Promise<void> {
  try {
    await client.send(new sdk.AbortMultipartUploadCommand(upload))
  } catch (error) {
    if (!isUploadGone(error)) throw error
  }
}

const PART_BYTES = 8 * 1024 * 1024
