import { dataError } from '@fletching/columns/errors'

/*
 * What a gzip file is made of, as RFC 1952 has it: members of a header, data and a trailer, maybe with zero padding between them. How the
 * data are inflated is not known here.
 */

/** The longest mark by which an archive is known. */
export const MAGIC_BYTES = 6

/** Bytes of a member's trailer. */
export const TRAILER_BYTES = 8

export function isGzip(bytes: Uint8Array): boolean {
  return bytes.length >= 2 && bytes[0] === 0x1f && bytes[1] === 0x8b
}

/**
 * Bytes of the member's header that `bytes` begin with; undefined when more of them are needed to tell.
 *
 * - Errors: CORRUPT_GZIP (data).
 */
export function headerLength(bytes: Uint8Array, name: string): number | undefined {
  if (bytes.length < 10) return undefined
  if (bytes[2] !== DEFLATE) throw corruptGzip(name, `its compression method is ${bytes[2]}, not deflate`)
  const flags = bytes[3]
  if ((flags & RESERVED) !== 0) throw corruptGzip(name, 'a header has reserved flags')
  let length = 10
  if ((flags & HAS_EXTRA) !== 0) {
    if (bytes.length < 12) return undefined
    length = 12 + (bytes[10] | (bytes[11] << 8))
  }
  for (const flag of [HAS_NAME, HAS_COMMENT]) {
    if ((flags & flag) === 0) continue
    const zero = bytes.indexOf(0, length)
    if (zero < 0) {
      if (bytes.length > HEADER_BYTES_MAX) throw corruptGzip(name, `a header is longer than ${HEADER_BYTES_MAX} bytes`)
      return undefined
    }
    length = zero + 1
  }
  if ((flags & HAS_CRC) !== 0) length += 2
  return length <= bytes.length ? length : undefined
}

/**
 * Holds a member's content against its trailer.
 *
 * - Errors: CORRUPT_GZIP (data).
 */
export function checkTrailer(trailer: Uint8Array, crc: number, length: number, name: string): void {
  const view = new DataView(trailer.buffer, trailer.byteOffset, TRAILER_BYTES)
  if (view.getUint32(0, true) !== crc) throw corruptGzip(name, 'a checksum is wrong')
  if (view.getUint32(4, true) !== length) throw corruptGzip(name, 'a length is wrong')
}

/** Whether an object that begins with these bytes is neither gzip nor another archive; `MAGIC_BYTES` of them are enough to tell. */
export function isPlain(bytes: Uint8Array): boolean {
  return !isGzip(bytes) && archiveKind(bytes) === undefined
}

/** Refuses an object that is another kind of archive than gzip, by its first bytes. */
export function assertPlain(bytes: Uint8Array, name: string): void {
  const kind = archiveKind(bytes)
  if (kind !== undefined) throw unsupported(`the object is ${kind}, not gzip or plain text`, name)
}

/** Refuses a gzip file that holds an archive. */
export function assertNotInside(bytes: Uint8Array, name: string): void {
  const kind = isGzip(bytes) ? 'gzip' : archiveKind(bytes)
  if (kind !== undefined) throw unsupported(`the object is ${kind} inside of gzip`, name)
}

export function corruptGzip(name: string, why: string, cause?: unknown) {
  return dataError('CORRUPT_GZIP', `the gzip file is damaged: ${why}`, {
    at: name,
    help: 'nothing was written; fetch it again from its producer, or leave it out with --exclude',
    cause,
  })
}

function archiveKind(bytes: Uint8Array): string | undefined {
  for (const { kind, magic } of ARCHIVES) {
    if (bytes[0] === magic[0] && magic.every((byte, i) => bytes[i] === byte)) return kind
  }
  return undefined
}

function unsupported(what: string, name: string) {
  return dataError('UNSUPPORTED_COMPRESSION', what, {
    at: name,
    help: 'nothing was written; store it as gzip or plain text, or leave it out with --exclude',
  })
}

/** Archives begin with bytes that no JSON line begins with. */
const ARCHIVES: readonly { readonly kind: string; readonly magic: readonly number[] }[] = [
  { kind: 'zip', magic: [0x50, 0x4b, 0x03, 0x04] },
  { kind: 'zip', magic: [0x50, 0x4b, 0x05, 0x06] },
  { kind: 'zstd', magic: [0x28, 0xb5, 0x2f, 0xfd] },
  { kind: 'bzip2', magic: [0x42, 0x5a, 0x68] },
  { kind: 'xz', magic: [0xfd, 0x37, 0x7a, 0x58, 0x5a] },
  ...[0x01, 0x5e, 0x9c, 0xda].map((level) => ({ kind: 'zlib', magic: [0x78, level] })),
]
const HEADER_BYTES_MAX = 1024 * 1024
const DEFLATE = 8
const HAS_CRC = 2
const HAS_EXTRA = 4
const HAS_NAME = 8
const HAS_COMMENT = 16
const RESERVED = 0xe0
