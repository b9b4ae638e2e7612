import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { crc32Of, decodeBody } from '../../src/faulty-s3/body.ts'

type Headers = Readonly<Record<string, string>>

const CRC_OF_ABC = 'NSRBwg=='
const SHA256_OF_ABC = createHash('sha256').update('abc').digest()
const chunked = {
  'content-encoding': 'aws-chunked',
  'x-amz-decoded-content-length': '3',
  'x-amz-trailer': 'x-amz-checksum-crc32',
}
const trailer = `x-amz-checksum-crc32:${CRC_OF_ABC}\r\n\r\n`

it('writes the CRC-32 as S3 does', () => {
  expect(crc32Of(Buffer.from('abc'))).toBe(CRC_OF_ABC)
})

describe('a body', () => {
  it.each<[string, Headers, string, string | undefined]>([
    ['is taken as it is', { 'content-length': '3' }, 'abc', undefined],
    ['comes with a checksum before it', { 'x-amz-checksum-crc32': CRC_OF_ABC }, 'abc', CRC_OF_ABC],
    ['comes in one chunk', chunked, `3\r\nabc\r\n0\r\n${trailer}`, CRC_OF_ABC],
    ['comes in chunks', chunked, `1\r\na\r\n2\r\nbc\r\n0\r\n${trailer}`, CRC_OF_ABC],
    [
      'comes in signed chunks',
      chunked,
      `3;chunk-signature=0f\r\nabc\r\n0;chunk-signature=1f\r\n${trailer}`,
      CRC_OF_ABC,
    ],
  ])('%s', (_, headers, raw, crc32) => {
    expect(decodeBody(headers, Buffer.from(raw))).toEqual({ bytes: Buffer.from('abc'), crc32 })
  })

  it.each<[string, Headers, string, string]>([
    ['shorter than its length', { 'content-length': '4' }, 'abc', 'IncompleteBody'],
    ['of another checksum', { 'x-amz-checksum-crc32': CRC_OF_ABC }, 'abd', 'BadDigest'],
    ['of another SHA-256', { 'x-amz-checksum-sha256': SHA256_OF_ABC.toString('base64') }, 'abd', 'BadDigest'],
    [
      'of another SHA-256 that was signed',
      { 'x-amz-content-sha256': SHA256_OF_ABC.toString('hex') },
      'abd',
      'XAmzContentSHA256Mismatch',
    ],
    ['of another MD5', { 'content-md5': 'kAFQmDzST7DWlj99KOF/cA==' }, 'abd', 'BadDigest'],
    ['of another checksum behind it', chunked, `3\r\nabd\r\n0\r\n${trailer}`, 'BadDigest'],
    ['of chunks that are less than it', chunked, `2\r\nab\r\n0\r\n${trailer}`, 'IncompleteBody'],
    ['whose chunk is cut', chunked, '3\r\nab', 'IncompleteBody'],
    ['whose chunk is longer than it says', chunked, `2\r\nabc\r\n0\r\n${trailer}`, 'IncompleteBody'],
    ['without its last chunk', chunked, '3\r\nabc\r\n', 'IncompleteBody'],
    ['without the trailer that was announced', chunked, '3\r\nabc\r\n0\r\n\r\n', 'IncompleteBody'],
    ['whose trailer does not end', chunked, `3\r\nabc\r\n0\r\n${trailer.slice(0, -2)}`, 'IncompleteBody'],
    ['with more behind its end', chunked, `3\r\nabc\r\n0\r\n${trailer}x`, 'IncompleteBody'],
    ['that is not chunked and should be', chunked, 'abc', 'IncompleteBody'],
  ])('is refused when it is one %s', (_, headers, raw, code) => {
    expect(() => decodeBody(headers, Buffer.from(raw))).toThrow(expect.objectContaining({ code }))
  })
})
