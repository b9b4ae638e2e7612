import { constants, crc32, createInflateRaw, type InflateRaw } from 'node:zlib'
import { dataError, FletchingError } from '@fletching/columns/errors'
import { ByteReader } from './byte-reader.ts'

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
    if (error instanceof FletchingError) throw error
    throw corrupt(
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
  await checkTrailer(reader, crc, length, name)

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

async function skipHeader(reader: ByteReader, name: string): Promise<void> {
  const header = await reader.take(10)
  if (header.length < 10) throw corrupt(name, 'it ends within a header')
  if (header[2] !== DEFLATE) throw corrupt(name, `its compression method is ${header[2]}, not deflate`)
  const flags = header[3]
  if ((flags & RESERVED) !== 0) throw corrupt(name, 'a header has reserved flags')
  if ((flags & HAS_EXTRA) !== 0) {
    const size = await reader.take(2)
    const extra = size.length < 2 ? size : await reader.take(size[0] | (size[1] << 8))
    if (size.length < 2 || extra.length < (size[0] | (size[1] << 8))) throw corrupt(name, 'it ends within a header')
  }
  for (const flag of [HAS_NAME, HAS_COMMENT]) {
    if ((flags & flag) !== 0 && !(await reader.skipPastZero())) throw corrupt(name, 'it ends within a header')
  }
  if ((flags & HAS_CRC) !== 0 && (await reader.take(2)).length < 2) throw corrupt(name, 'it ends within a header')
}

async function checkTrailer(reader: ByteReader, crc: number, length: number, name: string): Promise<void> {
  const trailer = await reader.take(8)
  if (trailer.length < 8) throw corrupt(name, 'it ends within a trailer')
  const view = new DataView(trailer.buffer, trailer.byteOffset, 8)
  if (view.getUint32(0, true) !== crc) throw corrupt(name, 'a checksum is wrong')
  if (view.getUint32(4, true) !== length) throw corrupt(name, 'a length is wrong')
}

async function hasMember(reader: ByteReader, name: string): Promise<boolean> {
  const next = await reader.peek(2)
  if (next.length === 0) return false
  if (isGzip(next)) return true
  throw corrupt(name, 'other bytes follow its end')
}

function isGzip(bytes: Uint8Array): boolean {
  return bytes.length >= 2 && bytes[0] === 0x1f && bytes[1] === 0x8b
}

function assertPlain(bytes: Uint8Array, name: string): void {
  const kind = archiveKind(bytes)
  if (kind !== undefined) throw unsupported(`the object is ${kind}, not gzip or plain text`, name)
}

function assertNotInside(bytes: Uint8Array, name: string): void {
  const kind = isGzip(bytes) ? 'gzip' : archiveKind(bytes)
  if (kind !== undefined) throw unsupported(`the object is ${kind} inside of gzip`, name)
}

/** Archives begin with bytes that no JSON line begins with. */
function archiveKind(bytes: Uint8Array): string | undefined {
  const begins = (...magic: number[]) => bytes.length >= magic.length && magic.every((byte, i) => bytes[i] === byte)
  if (begins(0x50, 0x4b, 0x03, 0x04) || begins(0x50, 0x4b, 0x05, 0x06)) return 'zip'
  if (begins(0x28, 0xb5, 0x2f, 0xfd)) return 'zstd'
  if (begins(0x42, 0x5a, 0x68)) return 'bzip2'
  if (begins(0xfd, 0x37, 0x7a, 0x58, 0x5a)) return 'xz'
  if ([0x01, 0x5e, 0x9c, 0xda].some((level) => begins(0x78, level))) return 'zlib'
  return undefined
}

function corrupt(name: string, why: string, cause?: unknown) {
  return dataError('CORRUPT_GZIP', `the gzip file is damaged: ${why}`, {
    at: name,
    help: 'nothing was written; fetch it again from its producer, or leave it out with --exclude',
    cause,
  })
}

function unsupported(what: string, name: string) {
  return dataError('UNSUPPORTED_COMPRESSION', what, {
    at: name,
    help: 'nothing was written; store it as gzip or plain text, or leave it out with --exclude',
  })
}

const CHUNK_BYTES = 256 * 1024
/** The longest mark by which an archive is known. */
const MAGIC_BYTES = 6
const DEFLATE = 8
const HAS_CRC = 2
const HAS_EXTRA = 4
const HAS_NAME = 8
const HAS_COMMENT = 16
const RESERVED = 0xe0
