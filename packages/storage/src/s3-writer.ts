import { createHash, randomBytes } from 'node:crypto'
import type { S3Client } from '@aws-sdk/client-s3'
import { internal } from '@fletching/columns/errors'
import { ANSWER_TRIES, lackingETag, wholeAnswer } from './s3-answer.ts'
import type { S3Module } from './s3-client.ts'
import { s3Failure } from './s3-errors.ts'
import type { ObjectHeaders } from './s3-headers.ts'
import { abortUpload, beginUpload, completeUpload, etagOfParts, MARK } from './s3-upload.ts'
import type { CreateOptions, ObjectInfo, ObjectWriter, Prepared } from './store.ts'

export interface S3Target {
  readonly client: S3Client
  readonly sdk: S3Module
  readonly address: { readonly Bucket: string; readonly Key: string }
  readonly name: string
  /** The object as it is now. */
  stat(): Promise<ObjectInfo | undefined>
}

/**
 * Writes an object to S3 that nobody sees before `commit`: as a multipart upload of which only the last step is left for `commit`, a
 * small one too when it is prepared, since its bytes must be there by then; a small one that is not is a single request.
 *
 * - Memory: one part, 8 MiB at first; parts double every 1,000, so that 10,000 are enough for S3's largest object.
 */
export class S3Writer implements ObjectWriter {
  readonly #target: S3Target
  readonly #headers: ObjectHeaders
  readonly #onBegun: CreateOptions['onBegun']
  readonly #digest = createHash('sha256')
  readonly #mark = randomBytes(8).toString('hex')
  #chunks: Uint8Array[] = []
  #waiting = 0
  #bytes = 0
  #uploadId: string | undefined
  #parts: string[] = []
  #prepared: Prepared | undefined
  #hasEnded = false

  constructor(target: S3Target, headers: ObjectHeaders, onBegun: CreateOptions['onBegun']) {
    this.#target = target
    this.#headers = headers
    this.#onBegun = onBegun
  }

  async write(bytes: Uint8Array): Promise<void> {
    if (this.#hasEnded || this.#prepared !== undefined) throw this.#pastItsEnd('written to')
    this.#bytes += bytes.length
    this.#digest.update(bytes)
    for (let at = 0; at < bytes.length; ) {
      const piece = bytes.slice(at, at + this.#partBytes - this.#waiting)
      this.#chunks.push(piece)
      this.#waiting += piece.length
      at += piece.length
      if (this.#waiting === this.#partBytes) await this.#uploadPart()
    }
  }

  async prepare(): Promise<Prepared> {
    if (this.#hasEnded) throw this.#pastItsEnd('prepared')
    if (this.#prepared !== undefined) return this.#prepared
    // An object without a byte has one part, which is empty.
    if (this.#waiting > 0 || this.#parts.length === 0) await this.#uploadPart()
    this.#prepared = {
      name: this.#target.name,
      handle: this.#uploadId ?? '',
      size: this.#bytes,
      sha256: this.#digest.digest('hex'),
      etag: etagOfParts(this.#parts),
      upload: { parts: this.#parts, mark: this.#mark },
    }
    return this.#prepared
  }

  async commit(): Promise<ObjectInfo> {
    if (this.#hasEnded) throw this.#pastItsEnd('committed')
    const isWhole = this.#uploadId === undefined && this.#prepared === undefined
    const object = isWhole
      ? await this.#put()
      : await completeUpload(this.#target, this.#target.address, await this.prepare())
    this.#hasEnded = true
    return object
  }

  async abort(): Promise<void> {
    if (this.#hasEnded) return
    this.#hasEnded = true
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
      const UploadId = this.#uploadId ?? (await this.#begin())
      const upload = { ...address, UploadId, PartNumber: this.#parts.length + 1 }
      const command = new sdk.UploadPartCommand({ ...upload, Body: this.#takeChunks() })
      const asked = { request: 'UploadPart', place: name, tries: ANSWER_TRIES }
      const { ETag = '' } = await wholeAnswer(asked, () => client.send(command), lackingETag)
      this.#parts.push(ETag)
    } catch (error) {
      throw s3Failure(error, name, 'write')
    }
  }

  async #begin(): Promise<string> {
    const { client, sdk, address, name } = this.#target
    const upload = { ...address, ...this.#headers, Metadata: { [MARK]: this.#mark } }
    this.#uploadId = await beginUpload({ client, sdk }, upload, name)
    await this.#onBegun?.({ name, handle: this.#uploadId })
    return this.#uploadId
  }

  async #put(): Promise<ObjectInfo> {
    const { client, sdk, address, name } = this.#target
    try {
      const command = new sdk.PutObjectCommand({ ...address, ...this.#headers, Body: this.#takeChunks() })
      const asked = { request: 'PutObject', place: name, tries: ANSWER_TRIES }
      await wholeAnswer(asked, () => client.send(command), lackingETag)
    } catch (error) {
      throw s3Failure(error, name, 'write')
    }
    const stored = await this.#target.stat()
    if (stored?.size === this.#bytes) return stored
    throw internal(`${name} was written with ${this.#bytes} bytes and has ${stored?.size ?? 'none'}`)
  }

  #pastItsEnd(what: string) {
    return internal(`${this.#target.name} is ${what} after its end`)
  }
}

const PART_BYTES = 8 * 1024 * 1024
