import type { Location } from './location.ts'

/** An object as it was when it was listed. */
export interface ObjectInfo {
  readonly location: Location
  /** The whole address, for messages and manifests. */
  readonly name: string
  /** Bytes as stored. */
  readonly size: number
  /** What changes when the content does; undefined where the place has none. */
  readonly etag: string | undefined
}

export type PassOver = (location: Location, reason: string) => void

/** A place with bytes. */
export interface Store {
  /** The object with exactly this address; undefined when there is none. */
  stat(location: Location): Promise<ObjectInfo | undefined>
  /**
   * Every object below a folder, at any depth, in UTF-8 byte order of the names.
   *
   * - `passOver`: is told what is there and is no object, and why.
   */
  list(folder: Location, passOver?: PassOver): AsyncIterable<ObjectInfo>
  /**
   * The stored bytes, whole and of the version that was listed, or an error. Each piece is given away, with the memory it lies in.
   *
   * - `signal`: ends a request that is on its way, with the signal's reason; a place without requests need not look at it.
   */
  read(object: ObjectInfo, signal?: AbortSignal): AsyncIterable<Uint8Array>
  /**
   * The stored bytes from `start` to before `end`, of the version that was listed, or an error; where the place can begin anywhere and knows
   * versions, and bytes have to be waited for.
   */
  readPart?(object: ObjectInfo, start: number, end: number, signal?: AbortSignal): AsyncIterable<Uint8Array>
  /**
   * The stored bytes from `start` on, without waiting, where the place allows it: each piece is the filled part of what `room` gave, and
   * good until the next is asked for.
   */
  readSync?(object: ObjectInfo, start: number, room: () => Uint8Array): Iterable<Uint8Array>
  /** Begins an object that nobody sees before it is committed. */
  create(location: Location, options?: CreateOptions): Promise<ObjectWriter>
  /**
   * Shows what was prepared, by whatever process, under its name, in place of what was there. What is shown already is no error.
   *
   * - Errors: COMMIT_LOST (environment) when neither what was prepared nor the object made of it is there.
   */
  complete(prepared: Prepared): Promise<ObjectInfo>
  /** Takes away what was begun, by whatever process, and is not shown; what is gone already is no error. */
  abandon(begun: Begun): Promise<void>
  /**
   * Writes an object in one step, under a condition if there is one.
   *
   * - `bytes`: all of them, or pieces that can be gone through more than once, so that a large object need not stand in memory.
   * - Errors: NO_CONDITIONAL_WRITES (environment) when the place knows no conditions and says so; one that takes them and does not keep
   *   them is found out by trying.
   *
   * @returns whether it was written. One whose answer was lost may count as not written: what stands there then tells.
   */
  put(location: Location, bytes: Uint8Array | Iterable<Uint8Array>, condition?: Condition): Promise<boolean>
  /**
   * Proves that an object may be written at an address, and in this way, and leaves no trace of it.
   *
   * - Errors: ACCESS_DENIED and the like (environment), with the address.
   */
  assertWritable(location: Location, options?: CreateOptions): Promise<void>
  /** Removes an object; one that is not there is no error. */
  remove(location: Location): Promise<void>
}

/** Where S3 keeps an object, by what it costs to keep and to read it. */
export const storageClasses = Object.freeze([
  'STANDARD',
  'REDUCED_REDUNDANCY',
  'STANDARD_IA',
  'ONEZONE_IA',
  'INTELLIGENT_TIERING',
  'GLACIER',
  'DEEP_ARCHIVE',
  'GLACIER_IR',
] as const)

export interface CreateOptions {
  readonly contentType?: string
  readonly contentEncoding?: string
  /** In S3. Default: the bucket's. */
  readonly storageClass?: (typeof storageClasses)[number]
  /** In S3. */
  readonly tags?: Readonly<Record<string, string>>
  /** Is told what `abandon` needs, and waited for, before any byte goes there. A small object that is not prepared is never begun on S3. */
  readonly onBegun?: (begun: Begun) => Promise<void>
}

/** Something on its way that nobody sees, as plain data: enough for any process to take it away. */
export interface Begun {
  /** The address that it will have. */
  readonly name: string
  /** What it is until then: the id of an upload, or the path of a temporary file. */
  readonly handle: string
}

/** Something of which every byte is at its place, and that nobody sees, as plain data: enough for any process to show it. */
export interface Prepared extends Begun {
  readonly size: number
  readonly sha256: string
  /** The ETag that the object will have. */
  readonly etag: string
  /** Of an upload: the ETags of its parts in order, and the mark by which the object is known where ETags follow no rule. */
  readonly upload?: { readonly parts: readonly string[]; readonly mark: string }
}

/** The object that is there has this ETag; undefined: none is there. */
export interface Condition {
  readonly etag: string | undefined
}

/** An object on its way. */
export interface ObjectWriter {
  /** Takes bytes in order; resolves when more may come. The caller may use the bytes again afterwards. */
  write(bytes: Uint8Array): Promise<void>
  /** Brings every byte to its place, so that little can fail afterwards; nothing is visible yet. What is left is for `Store.complete`. */
  prepare(): Promise<Prepared>
  /** Shows the object under its name in one step, in place of one that was there. */
  commit(): Promise<ObjectInfo>
  /** Leaves no trace, unless the object is committed already. May be called at any time and more than once. */
  abort(): Promise<void>
}

/** Compares names by their UTF-8 bytes, which is the order of code points. */
export function compareNames(left: string, right: string): number {
  for (let i = 0; i < left.length && i < right.length; i++) {
    const a = left.charCodeAt(i)
    const b = right.charCodeAt(i)
    if (a === b) continue
    // Surrogates stand for code points above all others.
    if (isSurrogate(a) !== isSurrogate(b)) return isSurrogate(a) ? 1 : -1
    return a - b
  }
  return left.length - right.length
}

function isSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdfff
}
