import { createHash } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import { crc32 } from 'node:zlib'
import { refused } from './refused.ts'

/** The content of a request's body. */
export interface Body {
  readonly bytes: Buffer
  /** The checksum that came with it, which is right, as base64. */
  readonly crc32: string | undefined
}

/**
 * Takes the content out of a body and holds it against the length and the checksums that came with it, before or behind it.
 *
 * - Errors: IncompleteBody, BadDigest, XAmzContentSHA256Mismatch.
 */
export function decodeBody(headers: IncomingHttpHeaders, raw: Buffer): Body {
  const isChunked = /\baws-chunked\b/.test(headers['content-encoding'] ?? '')
  const { bytes, trailers } = isChunked ? readChunks(raw) : { bytes: raw, trailers: new Map<string, string>() }
  const length = headers[isChunked ? 'x-amz-decoded-content-length' : 'content-length']
  if (length !== undefined && Number(length) !== bytes.length) refused('IncompleteBody')
  const given = headers['x-amz-checksum-crc32'] ?? trailers.get('x-amz-checksum-crc32')
  const announced = headers['x-amz-trailer']
  if (announced !== undefined && !trailers.has(String(announced))) refused('IncompleteBody')
  if (given !== undefined && given !== crc32Of(bytes)) refused('BadDigest')
  const sha256 = createHash('sha256').update(bytes).digest()
  const [whole, signed] = [headers['x-amz-checksum-sha256'], headers['x-amz-content-sha256']]
  if (whole !== undefined && whole !== sha256.toString('base64')) refused('BadDigest')
  // Of a body whose checksum was not signed it says so.
  if (/^[0-9a-f]{64}$/.test(String(signed)) && signed !== sha256.toString('hex')) refused('XAmzContentSHA256Mismatch')
  const md5 = headers['content-md5']
  if (md5 !== undefined && md5 !== createHash('md5').update(bytes).digest('base64')) refused('BadDigest')
  return { bytes, crc32: given === undefined ? undefined : String(given) }
}

/** The CRC-32 as S3 writes it: base64 of four bytes, the highest first. */
export function crc32Of(bytes: Uint8Array): string {
  const checksum = Buffer.alloc(4)
  checksum.writeUInt32BE(crc32(bytes))
  return checksum.toString('base64')
}

/**
 * Reads `aws-chunked`: chunks with their length before them as hexadecimal digits, the last one empty, then lines with checksums.
 *
 * - Errors: IncompleteBody for all that is not so.
 */
function readChunks(raw: Buffer): { readonly bytes: Buffer; readonly trailers: Map<string, string> } {
  const chunks: Buffer[] = []
  let at = 0
  const line = () => {
    const end = raw.indexOf('\r\n', at)
    if (end < 0) refused('IncompleteBody')
    const content = raw.toString('latin1', at, end)
    at = end + 2
    return content
  }
  for (;;) {
    const size = /^([0-9a-f]+)(;|$)/i.exec(line()) ?? refused('IncompleteBody')
    const length = Number.parseInt(size[1], 16)
    if (length === 0) break
    chunks.push(raw.subarray(at, at + length))
    at += length
    if (line() !== '') refused('IncompleteBody')
  }
  const trailers = new Map<string, string>()
  for (let trailer = line(); trailer !== ''; trailer = line()) {
    const [name, value] = trailer.split(/:\s*/, 2)
    trailers.set(name.toLowerCase(), value)
  }
  if (at !== raw.length) refused('IncompleteBody')
  return { bytes: Buffer.concat(chunks), trailers }
}
