import { createHash } from 'node:crypto'
import { refused } from './refused.ts'

export interface StoredObject {
  readonly key: string
  readonly bytes: Uint8Array
  /** With its quotes. */
  readonly etag: string
  readonly lastModified: Date
  /** Those that come back with the object. */
  readonly headers: Readonly<Record<string, string>>
}

export interface Part {
  readonly bytes: Uint8Array
  readonly etag: string
}

/** A multipart upload that is neither completed nor aborted. */
export interface Upload {
  readonly id: string
  readonly key: string
  readonly initiated: Date
  readonly headers: Readonly<Record<string, string>>
  readonly parts: Map<number, Part>
}

export interface Bucket {
  readonly objects: Map<string, StoredObject>
  readonly uploads: Map<string, Upload>
}

/** What everybody can see of a bucket has changed. */
export interface Change {
  /** The request that did it; 0 for what the test put there by itself. */
  readonly number: number
  readonly kind: 'appeared' | 'replaced' | 'removed'
  readonly bucket: string
  readonly key: string
}

/** All that the server holds. */
export class Buckets {
  readonly #buckets = new Map<string, Bucket>()
  readonly changes: Change[] = []

  add(name: string): void {
    if (!this.#buckets.has(name)) this.#buckets.set(name, { objects: new Map(), uploads: new Map() })
  }

  get(name: string): Bucket {
    return this.#buckets.get(name) ?? refused('NoSuchBucket')
  }

  /** Shows an object in one step, in place of one that was there. */
  put(bucket: string, object: StoredObject, number: number): void {
    const { objects } = this.get(bucket)
    const kind = objects.has(object.key) ? 'replaced' : 'appeared'
    objects.set(object.key, object)
    this.changes.push({ number, kind, bucket, key: object.key })
  }

  remove(bucket: string, key: string, number: number): void {
    if (this.get(bucket).objects.delete(key)) this.changes.push({ number, kind: 'removed', bucket, key })
  }
}

export function makeObject(
  key: string,
  bytes: Uint8Array,
  { headers = {}, lastModified = new Date(), etag = etagOf(bytes) }: Partial<StoredObject> = {},
): StoredObject {
  return { key, bytes, etag, lastModified, headers }
}

function etagOf(bytes: Uint8Array): string {
  return `"${createHash('md5').update(bytes).digest('hex')}"`
}

/**
 * An ETag of its own each time, as S3 gives where a key of the Key Management Service encrypts; the content's otherwise.
 *
 * - `number`: of the request.
 */
export function storedEtag(bytes: Uint8Array, headers: StoredObject['headers'], number: number): string {
  return isKms(headers) ? etagOf(Buffer.from(`request ${number}`)) : etagOf(bytes)
}

export function isKms(headers: StoredObject['headers']): boolean {
  return headers[ENCRYPTION]?.startsWith('aws:kms') ?? false
}

/** What an answer about an object says of its encryption. */
export function encryptionOf(headers: StoredObject['headers']): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => name.startsWith(ENCRYPTION)))
}

const ENCRYPTION = 'x-amz-server-side-encryption'

/** Names in the order in which S3 lists them: that of their UTF-8 bytes. */
export function inKeyOrder<T extends { readonly key: string }>(entries: Iterable<T>): T[] {
  return [...entries].sort((a, b) => Buffer.compare(Buffer.from(a.key), Buffer.from(b.key)))
}
