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

/** A place with bytes. */
export interface Store {
  /** The object with exactly this address; undefined when there is none. */
  stat(location: Location): Promise<ObjectInfo | undefined>
  /** Every object below a folder, at any depth, in UTF-8 byte order of the names. */
  list(folder: Location): AsyncIterable<ObjectInfo>
  /** The stored bytes, whole and of the version that was listed, or an error. */
  read(object: ObjectInfo): AsyncIterable<Uint8Array>
  /**
   * The stored bytes from `start` to before `end`, of the version that was listed, or an error; where the place can begin anywhere and knows
   * versions, and bytes have to be waited for.
   */
  readPart?(object: ObjectInfo, start: number, end: number): AsyncIterable<Uint8Array>
  /**
   * The stored bytes from `start` on, without waiting, where the place allows it: each piece is the filled part of what `room` gave, and
   * good until the next is asked for.
   */
  readSync?(object: ObjectInfo, start: number, room: () => Uint8Array): Iterable<Uint8Array>
  /** Begins an object that nobody sees before it is committed. */
  create(location: Location, options?: CreateOptions): Promise<ObjectWriter>
  /**
   * Proves that an object may be written at an address, and leaves no trace of it.
   *
   * - Errors: ACCESS_DENIED and the like (environment), with the address.
   */
  assertWritable(location: Location): Promise<void>
  /** Removes an object; one that is not there is no error. */
  remove(location: Location): Promise<void>
}

export interface CreateOptions {
  readonly contentType?: string
  readonly contentEncoding?: string
}

/** An object on its way. */
export interface ObjectWriter {
  /** Takes bytes in order; resolves when more may come. The caller may use the bytes again afterwards. */
  write(bytes: Uint8Array): Promise<void>
  /** Brings every byte to its place, so that little can fail afterwards; nothing is visible yet. */
  prepare(): Promise<void>
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
    const isHigh = (unit: number) => unit >= 0xd800 && unit <= 0xdfff
    if (isHigh(a) !== isHigh(b)) return isHigh(a) ? 1 : -1
    return a - b
  }
  return left.length - right.length
}
