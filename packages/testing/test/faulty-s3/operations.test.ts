import { Readable } from 'node:stream'
import { S3 } from '@aws-sdk/client-s3'
import { openFaultyS3 } from '@fletching/testing'
import { expect, it } from 'vitest'

/** The last that an answer said of each of these. */
interface Memory {
  UploadId: string
  NextContinuationToken: string
  ETag: string
}

type Ask = (s3: S3, said: Memory) => Promise<object>
/** What is asked, the answer, and that of moto where it is another. */
type Step = readonly [string, Ask, string, { readonly moto: string }?]

const Bucket = `agreement-${process.pid}`
const END = '"7f021a1415b86f2d013b2618fb31ae53"'
const FIVE = '"d198b1e6a044dcd989829ee8a1860a93"'

const put =
  (Key: string, Body: string, more: object = {}): Ask =>
  (s3) =>
    s3.putObject({ Bucket, Key, Body, ...more })
const get =
  (Key: string, more: object = {}): Ask =>
  (s3) =>
    s3.getObject({ Bucket, Key, ...more })
const head =
  (Key: string, more: object = {}): Ask =>
  (s3) =>
    s3.headObject({ Bucket, Key, ...more })
const list =
  (more: object = {}): Ask =>
  (s3) =>
    s3.listObjectsV2({ Bucket, ...more })
const begin =
  (Key: string, more: object = {}): Ask =>
  (s3) =>
    s3.createMultipartUpload({ Bucket, Key, ...more })
const part =
  (PartNumber: number, Body: Uint8Array | string): Ask =>
  (s3, { UploadId }) =>
    s3.uploadPart({ Bucket, Key: 'm', UploadId, PartNumber, Body })
const complete =
  (parts: readonly (readonly [number, string])[], more: object = {}): Ask =>
  (s3, { UploadId }) =>
    s3.completeMultipartUpload({
      Bucket,
      Key: 'm',
      UploadId,
      MultipartUpload: { Parts: parts.map(([PartNumber, ETag]) => ({ PartNumber, ETag })) },
      ...more,
    })
const abort =
  (Key: string): Ask =>
  (s3, { UploadId }) =>
    s3.abortMultipartUpload({ Bucket, Key, UploadId })
const stream = (...pieces: readonly string[]) => Readable.from(pieces.map((piece) => Buffer.from(piece)))

const steps: readonly Step[] = [
  ['make a bucket', (s3) => s3.createBucket({ Bucket }), '200'],
  ['put', put('a', 'one', { ContentType: 'text/plain', Metadata: { made: 'here' } }), '200, f97c'],
  ['get', get('a'), '200, f97c, 3, text/plain, made=here, "one"'],
  ['head', head('a'), '200, f97c, 3, text/plain, made=here'],
  ['get a range', get('a', { Range: 'bytes=1-1' }), '206, f97c, 1, bytes 1-1/3, text/plain, made=here, "n"'],
  [
    'get a range without an end',
    get('a', { Range: 'bytes=1-' }),
    '206, f97c, 2, bytes 1-2/3, text/plain, made=here, "ne"',
  ],
  [
    'get a range beyond the end',
    get('a', { Range: 'bytes=2-99' }),
    '206, f97c, 1, bytes 2-2/3, text/plain, made=here, "e"',
  ],
  ['get the last bytes', get('a', { Range: 'bytes=-2' }), '206, f97c, 2, bytes 1-2/3, text/plain, made=here, "ne"'],
  ['get a range behind the end', get('a', { Range: 'bytes=3-' }), '416, InvalidRange'],
  [
    'get this version',
    (s3, { ETag }) => s3.getObject({ Bucket, Key: 'a', IfMatch: ETag }),
    '200, f97c, 3, text/plain, made=here, "one"',
  ],
  [
    'get a range of this version',
    (s3, { ETag }) => s3.getObject({ Bucket, Key: 'a', IfMatch: ETag, Range: 'bytes=0-0' }),
    '206, f97c, 1, bytes 0-0/3, text/plain, made=here, "o"',
  ],
  ['get another version', get('a', { IfMatch: '"other"' }), '412, PreconditionFailed'],
  ['head another version', head('a', { IfMatch: '"other"' }), '412, Unknown'],
  ['get what has not changed', (s3, { ETag }) => s3.getObject({ Bucket, Key: 'a', IfNoneMatch: ETag }), '304, Unknown'],
  ['get what is not there', get('no'), '404, NoSuchKey'],
  ['head what is not there', head('no'), '404, NotFound'],
  ['get from no bucket', get('a', { Bucket: 'no-such-bucket' }), '404, NoSuchBucket'],
  ['put into no bucket', put('a', 'x', { Bucket: 'no-such-bucket' }), '404, NoSuchBucket'],
  ['list no bucket', list({ Bucket: 'no-such-bucket' }), '404, NoSuchBucket'],
  ['put if there is none', put('a', 'two', { IfNoneMatch: '*' }), '412, PreconditionFailed'],
  ['put where there is none', put('b', 'two', { IfNoneMatch: '*' }), '200, b8a9'],
  [
    'put in place of this',
    (s3, { ETag }) => s3.putObject({ Bucket, Key: 'b', Body: 'three', IfMatch: ETag }),
    '200, 35d6',
  ],
  ['put in place of another', put('b', 'four', { IfMatch: '"other"' }), '412, PreconditionFailed'],
  ['put in place of nothing', put('no', 'x', { IfMatch: '"other"' }), '404, NoSuchKey'],
  [
    'put a stream',
    (s3) => s3.putObject({ Bucket, Key: 'c', Body: stream('aaa', 'bb'), ContentLength: 5, ContentEncoding: 'gzip' }),
    '200, eddb',
  ],
  ['get what came as a stream', get('c'), '200, eddb, 5, application/octet-stream, gzip, "aaabb"'],
  ['put a wrong checksum', put('wrong', 'x', { ChecksumCRC32: 'AAAAAA==' }), '400, BadDigest', { moto: '200, 9dd4' }],
  [
    'put a wrong MD5',
    put('wrong', 'x', { ContentMD5: 'AAAAAAAAAAAAAAAAAAAAAA==' }),
    '400, BadDigest',
    { moto: '200, 9dd4' },
  ],
  ['delete what moto took for right', (s3) => s3.deleteObject({ Bucket, Key: 'wrong' }), '204'],
  ['put nothing', put('d/', ''), '200, d41d'],
  ['get nothing', get('d/'), '200, d41d, 0, application/octet-stream, ""'],
  ['get a range of nothing', get('d/', { Range: 'bytes=0-' }), '416, InvalidRange'],
  ['put a name that is not ASCII', put('d/ä b', '1'), '200, c4ca'],
  ['put a name of signs', put('d/+&<>"\'%41', '2'), '200, c81e'],
  ['put a name beyond 16 bits', put('d//😀', '3'), '200, eccb'],
  ['put a name of the last 16 bits', put('d/\uffee', '4'), '200, a87f'],
  ['put a name with dots', put('d/../x', '5'), '200, e4da'],
  ['put a name with a control', put('d/\u0001', '7'), '200, 8f14'],
  ['get a name of signs', get('d/+&<>"\'%41'), '200, c81e, 1, application/octet-stream, "2"'],
  ['get a name with dots', get('d/../x'), '200, e4da, 1, application/octet-stream, "5"'],
  [
    'list all',
    list(),
    '200, 10 keys, "a" 3 f97c, "b" 5 35d6, "c" 5 eddb, "d/" 0 d41d, "d/\\u0001" 1 8f14, "d/+&<>\\"\'%41" 1 c81e, "d/../x" 1 e4da, "d//😀" 1 eccb, "d/ä b" 1 c4ca, "d/￮" 1 a87f',
  ],
  [
    'list a folder',
    list({ Prefix: 'd/' }),
    '200, 7 keys, "d/" 0 d41d, "d/\\u0001" 1 8f14, "d/+&<>\\"\'%41" 1 c81e, "d/../x" 1 e4da, "d//😀" 1 eccb, "d/ä b" 1 c4ca, "d/￮" 1 a87f',
  ],
  [
    'list a folder in letters',
    list({ Prefix: 'd/', EncodingType: 'url' }),
    '200, 7 keys, "d/" 0 d41d, "d/%01" 1 8f14, "d/%2B%26%3C%3E%22%27%2541" 1 c81e, "d/../x" 1 e4da, "d//%F0%9F%98%80" 1 eccb, "d/%C3%A4+b" 1 c4ca, "d/%EF%BF%AE" 1 a87f',
    {
      moto: '200, 7 keys, "d/" 0 d41d, "d/%01" 1 8f14, "d/%2B%26%3C%3E%22%27%2541" 1 c81e, "d/../x" 1 e4da, "d//%F0%9F%98%80" 1 eccb, "d/%C3%A4%20b" 1 c4ca, "d/%EF%BF%AE" 1 a87f',
    },
  ],
  ['list an odd folder', list({ Prefix: 'd/+&' }), '200, 1 keys, "d/+&<>\\"\'%41" 1 c81e'],
  ['list an empty folder', list({ Prefix: 'no/' }), '200, 0 keys'],
  ['list two', list({ MaxKeys: 2 }), '200, 2 keys, and more, "a" 3 f97c, "b" 5 35d6'],
  [
    'list two more',
    (s3, { NextContinuationToken: ContinuationToken }) => s3.listObjectsV2({ Bucket, MaxKeys: 2, ContinuationToken }),
    '200, 2 keys, and more, "c" 5 eddb, "d/" 0 d41d',
  ],
  ['list from a name on', list({ StartAfter: 'b', MaxKeys: 1 }), '200, 1 keys, and more, "c" 5 eddb'],
  ['list none', list({ MaxKeys: 0 }), '200, 0 keys'],
  ['list by a wrong token', list({ ContinuationToken: 'nonsense' }), '400, InvalidArgument', { moto: '500, Error' }],
  ['put a name of two lines', put('d/a\nb\rc', '6'), '200, 1679', { moto: '404, Error' }],
  ['list a name of two lines', list({ Prefix: 'd/a' }), '200, 1 keys, "d/a\\nb\\rc" 1 1679', { moto: '200, 0 keys' }],
  ['delete', (s3) => s3.deleteObject({ Bucket, Key: 'b' }), '204'],
  ['delete again', (s3) => s3.deleteObject({ Bucket, Key: 'b' }), '204'],
  ['get what is deleted', get('b'), '404, NoSuchKey'],
  ['begin an upload', begin('m', { ContentType: 'text/csv' }), '200'],
  ['send its second part first', part(2, 'end'), '200, 7f02'],
  ['send its first part', part(1, 'gone'), '200, 50c1'],
  ['send its first part again', part(1, Buffer.alloc(5 * 1024 * 1024, 'm')), '200, d198'],
  ['send part 0', part(0, 'x'), '400, InvalidArgument', { moto: '404, NoSuchUpload' }],
  ['send part 10001', part(10_001, 'x'), '400, InvalidArgument'],
  [
    'send a part of no upload',
    (s3) => s3.uploadPart({ Bucket, Key: 'm', UploadId: 'no', PartNumber: 1, Body: 'x' }),
    '404, NoSuchUpload',
    { moto: '500, Error' },
  ],
  ['list uploads', (s3) => s3.listMultipartUploads({ Bucket }), '200, m'],
  ['see nothing yet', head('m'), '404, NotFound'],
  [
    'complete with parts out of order',
    complete([
      [2, END],
      [1, FIVE],
    ]),
    '400, InvalidPartOrder',
    { moto: '400, EntityTooSmall' },
  ],
  [
    'complete with a part that is not there',
    complete([
      [1, FIVE],
      [3, END],
    ]),
    '400, InvalidPart',
  ],
  [
    'complete with another part',
    complete([
      [1, END],
      [2, END],
    ]),
    '400, InvalidPart',
  ],
  ['complete without parts', complete([]), '400, MalformedXML'],
  [
    'complete',
    complete([
      [1, FIVE],
      [2, END],
    ]),
    '200, 00ab-2',
  ],
  ['see it', head('m'), '200, 00ab-2, 5242883, text/csv'],
  [
    'get its end',
    get('m', { Range: 'bytes=5242878-' }),
    '206, 00ab-2, 5, bytes 5242878-5242882/5242883, text/csv, "mmend"',
  ],
  [
    'complete again',
    complete([
      [1, FIVE],
      [2, END],
    ]),
    '404, NoSuchUpload',
    { moto: '200, 00ab-2' },
  ],
  ['abort what is complete', abort('m'), '404, NoSuchUpload'],
  ['begin another', begin('m'), '200'],
  ['send a small part', part(1, 'end'), '200, 7f02'],
  ['send a last part', part(2, 'end'), '200, 7f02'],
  [
    'complete with a part that is too small',
    complete([
      [1, END],
      [2, END],
    ]),
    '400, EntityTooSmall',
  ],
  ['complete if there is none', complete([[2, END]], { IfNoneMatch: '*' }), '412, PreconditionFailed'],
  [
    'complete in place of another',
    complete([[2, END]], { IfMatch: '"other"' }),
    '412, PreconditionFailed',
    { moto: '200, bbaa-1' },
  ],
  ['complete some of the parts', complete([[2, END]]), '200, bbaa-1'],
  ['see it replaced', head('m'), '200, bbaa-1, 3, binary/octet-stream'],
  ['begin one more', begin('n'), '200'],
  ['abort', abort('n'), '204'],
  ['abort again', abort('n'), '404, NoSuchUpload'],
  ['see no uploads', (s3) => s3.listMultipartUploads({ Bucket }), '200'],
]

it('answers as S3 does', async () => {
  const s3 = await openFaultyS3()
  const answers = await transcript(s3.endpoint)
  await s3.close()
  expect(answers).toEqual(steps.map(([title, , answer]) => `${title}: ${answer}`))
})

const { FLETCHING_TEST_S3_ENDPOINT: moto } = process.env

it.skipIf(moto === undefined)(
  `moto answers the same, but for what is known${moto === undefined ? ' (skipped: FLETCHING_TEST_S3_ENDPOINT is not set; npm run test:s3 sets it)' : ''}`,
  async () => {
    const answers = await transcript(moto ?? '')
    expect(answers).toEqual(steps.map(([title, , answer, other]) => `${title}: ${other?.moto ?? answer}`))
  },
)

/** What we look at in an answer. */
interface Output extends Partial<Memory> {
  readonly $metadata: { readonly httpStatusCode?: number }
  readonly ContentLength?: number
  readonly ContentRange?: string
  readonly ContentType?: string
  readonly ContentEncoding?: string
  readonly Metadata?: Readonly<Record<string, string>>
  readonly KeyCount?: number
  readonly IsTruncated?: boolean
  readonly Body?: { transformToString(): Promise<string> }
  readonly Contents?: readonly { readonly Key?: string; readonly Size?: number; readonly ETag?: string }[]
  readonly Uploads?: readonly { readonly Key?: string }[]
}

async function transcript(endpoint: string): Promise<string[]> {
  // The SDK would warn about streams, on standard error.
  const logger = { debug() {}, info() {}, warn() {}, error() {} }
  const credentials = { accessKeyId: 'AKIATESTMARK', secretAccessKey: 'secret-test-mark' }
  const s3 = new S3({ endpoint, forcePathStyle: true, maxAttempts: 1, region: 'us-east-1', credentials, logger })
  const said: Memory = { UploadId: '', NextContinuationToken: '', ETag: '' }
  const lines: string[] = []
  for (const [title, ask] of steps) lines.push(`${title}: ${await answerTo(ask(s3, said), said)}`)
  s3.destroy()
  return lines
}

/** An answer as a line; ETags by their first digits and what follows a hyphen. */
async function answerTo(asked: Promise<object>, said: Memory): Promise<string> {
  try {
    const output = (await asked) as Output
    const { UploadId, NextContinuationToken, ETag } = output
    for (const [name, value] of Object.entries({ UploadId, NextContinuationToken, ETag })) {
      if (value !== undefined) said[name as keyof Memory] = value
    }
    const { ContentLength, ContentRange, ContentType, ContentEncoding, KeyCount, IsTruncated } = output
    return [
      output.$metadata.httpStatusCode,
      ...[shortEtag(ETag), ContentLength, ContentRange, ContentType, ContentEncoding].filter(
        (fact) => fact !== undefined,
      ),
      ...Object.entries(output.Metadata ?? {}).map(([name, value]) => `${name}=${value}`),
      ...(output.Body === undefined ? [] : [JSON.stringify(await output.Body.transformToString())]),
      ...(KeyCount === undefined ? [] : [`${KeyCount} keys`]),
      ...(IsTruncated === true ? ['and more'] : []),
      ...(output.Contents ?? []).map(({ Key, Size, ETag }) => `${JSON.stringify(Key)} ${Size} ${shortEtag(ETag)}`),
      ...(output.Uploads ?? []).map(({ Key }) => Key),
    ].join(', ')
  } catch (error) {
    const { name, $metadata } = error as { name: string; $metadata?: Output['$metadata'] }
    return `${$metadata?.httpStatusCode ?? 'no status'}, ${name}`
  }
}

function shortEtag(etag: string | undefined): string | undefined {
  return etag?.replace(/^"([0-9a-f]{4})[0-9a-f]{28}(-\d+)?"$/, '$1$2')
}
