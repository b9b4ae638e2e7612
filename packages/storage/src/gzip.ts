import { constants, crc32, createInflateRaw, type InflateRaw } from 'node:zlib'
import { ByteReader } from './byte-reader.ts'
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

/**
 * The bytes of an object without its compression, which its first two bytes decide, never its name or its headers. Plain bytes
 * pass through as they are.
 *
 * Every member of a gzip file is read, also behind zero padding, and each is held against its CRC and length before the next begins.
 * The framing is ours, since Node's own drops members behind padding in silence.
 *
 * - Errors: CORRUPT_GZIP (data) for anything but whole members; UNSUPPORTED_COMPRESSION (data) for another kind of archive.
 * - Source: RFC 1952.
 */
export async function* inflate(source: AsyncIterable<Uint8Array>, name: string): AsyncGenerator<Uint8Array> {
  const reader = new ByteReader(source)
  try {
    const first = await reader.peek(MAGIC_BYTES)
    if (!isGzip(first)) {
      assertPlain(first, name)
      yield* reader.rest()
      return
    }
    // What it holds may come in pieces of any size, and must not be an archive either.
    const head: number[] = []
    do {
      await skipHeader(reader, name)
      for await (const bytes of member(reader, name)) {
        if (head.length < MAGIC_BYTES) {
          head.push(...bytes.subarray(0, MAGIC_BYTES - head.length))
          if (head.length === MAGIC_BYTES) assertNotInside(Uint8Array.from(head), name)
        }
        yield bytes
      }
      await reader.skipZeros()
    } while (await hasMember(reader, name))
  } finally {
    await reader.close()
  }
}

/** One member's content, up to and with its checked trailer. */
async function* member(reader: ByteReader, name: string): AsyncGenerator<Uint8Array> {
  const raw = createInflateRaw({ chunkSize: CHUNK_BYTES })
  let given = 0
  let unread: { readonly error: unknown } | undefined
  let last: Uint8Array = new Uint8Array(0)
  const feeding = feed()
  let crc = 0
  let length = 0
  try {
    for await (const bytes of raw as AsyncIterable<Uint8Array>) {
      crc = crc32(bytes, crc)
      length = (length + bytes.length) >>> 0
      yield bytes
    }
  } catch (error) {
    // What cannot be read, or is not to be, says nothing about the data.
    if (unread !== undefined) throw unread.error
    throw corruptGzip(
      name,
      (error as { errno?: number }).errno === constants.Z_BUF_ERROR
        ? 'it ends before its data does'
        : 'its data is damaged',
      error,
    )
  } finally {
    raw.destroy()
    await feeding
  }
  // What was given and not used belongs to the trailer.
  reader.unread(last.subarray(last.length - (given - raw.bytesWritten)))
  await readTrailer(reader, crc, length, name)

  async function feed(): Promise<void> {
    try {
      while (!raw.destroyed && !raw.readableEnded) {
        const bytes = await reader.next()
        if (bytes === undefined) {
          raw.end()
          return
        }
        last = bytes
        given += bytes.length
        await giveAndWait(raw, bytes)
        // What it leaves over is no part of the member.
        if (raw.bytesWritten < given) return
      }
    } catch (error) {
      unread = { error }
      raw.destroy(error as Error)
    }
  }
}

/**
 * Gives bytes to the stream and resolves when it has used them, or will not. One piece at a time: what the stream leaves over at the end of
 * a member is then a part of the last piece.
 */
function giveAndWait(raw: InflateRaw, bytes: Uint8Array): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      raw.off('end', done)
      raw.off('close', done)
      resolve()
    }
    raw.once('end', done)
    raw.once('close', done)
    raw.write(bytes, done)
  })
}

/** Headers are short, but may be as long as a name is. */
async function skipHeader(reader: ByteReader, name: string): Promise<void> {
  for (let ahead = HEADER_BYTES; ; ahead *= 2) {
    const bytes = await reader.peek(ahead)
    const length = headerLength(bytes, name)
    if (length !== undefined) {
      await reader.take(length)
      return
    }
    if (bytes.length < ahead) throw corruptGzip(name, 'it ends within a header')
  }
}

async function readTrailer(reader: ByteReader, crc: number, length: number, name: string): Promise<void> {
  const trailer = await reader.take(TRAILER_BYTES)
  if (trailer.length < TRAILER_BYTES) throw corruptGzip(name, 'it ends within a trailer')
  checkTrailer(trailer, crc, length, name)
}

async function hasMember(reader: ByteReader, name: string): Promise<boolean> {
  const next = await reader.peek(2)
  if (next.length === 0) return false
  if (isGzip(next)) return true
  throw corruptGzip(name, 'other bytes follow its end')
}

const CHUNK_BYTES = 256 * 1024
const HEADER_BYTES = 64
