import { crc32 } from 'node:zlib'
import {
  assertNotInside,
  assertPlain,
  checkTrailer,
  corruptGzip,
  headerLength,
  isGzip,
  MAGIC_BYTES,
  TRAILER_BYTES,
} from './gzip-frame.ts'
import { RawInflate } from './raw-inflate.ts'

/** Where bytes go: `room` gives memory to fill from its start, `filled` takes what was filled. */
export interface ByteTarget {
  room(): Uint8Array
  filled(count: number): void
}

/**
 * Takes an object's stored bytes piece by piece and gives its content, without its compression, to a target. The first two bytes decide
 * whether there is any, never a name or a header. The next object may follow `end`.
 *
 * Every member of a gzip file is read, also behind zero padding, and each is held against its CRC and length before the next begins.
 * The framing is ours, since Node's own drops members behind padding in silence.
 *
 * - Memory: that of `RawInflate`, from which content is copied into the target's.
 * - Errors: CORRUPT_GZIP (data) for anything but whole members; UNSUPPORTED_COMPRESSION (data) for another kind of archive.
 * - Source: RFC 1952.
 */
export class Inflater {
  readonly #name: string
  readonly #target: ByteTarget
  readonly #raw: RawInflate
  #state: 'start' | 'plain' | 'header' | 'data' | 'trailer' | 'padding' = 'start'
  /** Bytes of a mark, a header or a trailer that wait for the rest of it. */
  #waiting: Uint8Array = NONE
  #crc = 0
  #length = 0
  /** The first bytes of the content, which come in pieces of any size. */
  #head: Uint8Array = NONE

  constructor(name: string, target: ByteTarget, raw: RawInflate = new RawInflate()) {
    this.#name = name
    this.#target = target
    this.#raw = raw
  }

  /** Whether the object has turned out to be plain: then there is no need to push what follows. */
  get isPlain(): boolean {
    return this.#state === 'plain'
  }

  push(bytes: Uint8Array): void {
    let rest = bytes
    while (rest.length > 0) rest = this.#take(rest)
  }

  /** The object's end. */
  end(): void {
    if (this.#state === 'start') this.#decide(this.#waiting)
    if (this.#state === 'data' && !this.#raw.isAtEnd()) throw corruptGzip(this.#name, 'it ends before its data does')
    if (this.#state === 'header') throw corruptGzip(this.#name, 'it ends within a header')
    if (this.#state === 'data' || this.#state === 'trailer') throw corruptGzip(this.#name, 'it ends within a trailer')
    if (this.#state === 'padding' && this.#waiting.length > 0)
      throw corruptGzip(this.#name, 'other bytes follow its end')
  }

  /** Takes some bytes, and gives back those that belong to what follows. */
  #take(bytes: Uint8Array): Uint8Array {
    switch (this.#state) {
      case 'start': {
        const first = this.#wait(bytes, MAGIC_BYTES)
        return first === undefined ? NONE : this.#decide(first)
      }
      case 'plain':
        return this.#copy(bytes)
      case 'header':
        return this.#header(bytes)
      case 'data':
        return this.#data(bytes)
      case 'trailer':
        return this.#trailer(bytes)
      case 'padding':
        return this.#padding(bytes)
    }
  }

  /** What waits and these bytes together, when they are `count` or more; until then they wait. */
  #wait(bytes: Uint8Array, count: number): Uint8Array | undefined {
    const all = this.#waiting.length === 0 ? bytes : join(this.#waiting, bytes)
    this.#waiting = all.length < count ? all.slice() : NONE
    return all.length < count ? undefined : all
  }

  /** Plain or gzip; gives back the bytes by which it was decided. */
  #decide(first: Uint8Array): Uint8Array {
    if (isGzip(first)) this.#state = 'header'
    else {
      assertPlain(first, this.#name)
      this.#state = 'plain'
      this.#waiting = NONE
      this.#copy(first)
      return NONE
    }
    return first
  }

  #copy(bytes: Uint8Array): Uint8Array {
    for (let at = 0; at < bytes.length; ) {
      const room = this.#target.room()
      const piece = bytes.subarray(at, at + room.length)
      room.set(piece)
      this.#target.filled(piece.length)
      at += piece.length
    }
    return NONE
  }

  #header(bytes: Uint8Array): Uint8Array {
    const all = this.#waiting.length === 0 ? bytes : join(this.#waiting, bytes)
    const length = headerLength(all, this.#name)
    if (length === undefined) {
      this.#waiting = all.slice()
      return NONE
    }
    this.#waiting = NONE
    this.#state = 'data'
    this.#crc = 0
    this.#length = 0
    this.#raw.reset()
    return all.subarray(length)
  }

  #data(bytes: Uint8Array): Uint8Array {
    const raw = this.#raw
    for (let at = 0; ; ) {
      const room = this.#target.room()
      const fault = raw.run(bytes, at, room)
      at += raw.used
      // The target may give the room's memory away.
      const isFull = raw.made === room.length
      if (raw.made > 0) this.#give(room.subarray(0, raw.made))
      if (fault !== undefined) throw corruptGzip(this.#name, 'its data is damaged', fault)
      if (isFull) continue
      if (at === bytes.length) return NONE
      this.#state = 'trailer'
      return bytes.subarray(at)
    }
  }

  #give(content: Uint8Array): void {
    this.#crc = crc32(content, this.#crc)
    this.#length = (this.#length + content.length) >>> 0
    if (this.#head.length < MAGIC_BYTES) {
      const more = content.slice(0, MAGIC_BYTES - this.#head.length)
      this.#head = this.#head.length === 0 ? more : join(this.#head, more)
      if (this.#head.length === MAGIC_BYTES) assertNotInside(this.#head, this.#name)
    }
    this.#target.filled(content.length)
  }

  #trailer(bytes: Uint8Array): Uint8Array {
    const all = this.#wait(bytes, TRAILER_BYTES)
    if (all === undefined) return NONE
    checkTrailer(all, this.#crc, this.#length, this.#name)
    this.#state = 'padding'
    return all.subarray(TRAILER_BYTES)
  }

  #padding(bytes: Uint8Array): Uint8Array {
    const other = this.#waiting.length > 0 ? 0 : bytes.findIndex((byte) => byte !== 0)
    if (other < 0) return NONE
    const next = this.#wait(bytes.subarray(other), 2)
    if (next === undefined) return NONE
    if (!isGzip(next)) throw corruptGzip(this.#name, 'other bytes follow its end')
    this.#state = 'header'
    return next
  }
}

function join(left: Uint8Array, right: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(left.length + right.length)
  bytes.set(left)
  bytes.set(right, left.length)
  return bytes
}

const NONE = new Uint8Array(0)
