import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { parseLocation, type Store } from '@fletching/storage'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openS3Store } from '../src/s3.ts'
import type { S3Options } from '../src/s3-client.ts'

const content = Buffer.from(Array.from({ length: 300_000 }, (_, i) => (i * 7) & 255))
const ETAG = '"one"'
const STALL_MS = 150
const location = parseLocation('s3://bucket/a.gz')
const object = { location, name: 's3://bucket/a.gz', size: content.length, etag: ETAG }

/** What the server does with each request in turn; the last goes on for ever. */
type Answer = (request: IncomingMessage, response: ServerResponse) => void

let server: Server
let options: S3Options
let store: Store
let answers: Answer[]
let requests: {
  readonly method: string | undefined
  readonly url: string | undefined
  readonly headers: IncomingMessage['headers']
}[]
const before = { ...process.env }

beforeEach(async () => {
  answers = []
  requests = []
  server = createServer((request, response) => {
    requests.push({ method: request.method, url: request.url, headers: request.headers })
    const answer = answers.length > 1 ? answers.shift() : answers[0]
    request.resume()
    request.on('end', () => answer?.(request, response))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  Object.assign(process.env, {
    AWS_ACCESS_KEY_ID: 'AKIAMARKEDMARKED',
    AWS_SECRET_ACCESS_KEY: 'marked-secret',
    AWS_SESSION_TOKEN: 'marked-token',
  })
  options = {
    endpoint: `http://127.0.0.1:${port}`,
    region: 'eu-west-1',
    stallTimeoutMs: STALL_MS,
    requestTimeoutMs: 400,
    retryDelayMs: 1,
    readTries: 3,
  }
  store = await openS3Store(options)
})

afterEach(async () => {
  process.env = { ...before }
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
})

async function read(): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  for await (const chunk of store.read(object)) chunks.push(chunk)
  return Buffer.concat(chunks)
}

async function readPart(start: number, end: number): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  for await (const chunk of store.readPart?.(object, start, end) ?? []) chunks.push(chunk)
  return Buffer.concat(chunks)
}

async function failureOf(action: Promise<unknown>) {
  const error = await action.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  expect(String((error as Error).stack) + JSON.stringify(error)).not.toMatch(/marked/i)
  return error as Error & { code: string; kind: string }
}

function start(request: IncomingMessage): number {
  return Number(/^bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0)
}

/** Sends what is asked for, up to so many bytes; then ends the connection, or says no more, or has said so from the beginning. */
function send(bytes: number, then: 'end' | 'cut' | 'stall' | 'short', etag = ETAG): Answer {
  return (request, response) => {
    const from = start(request)
    const to = 1 + Number(/-(\d+)$/.exec(request.headers.range ?? '')?.[1] ?? content.length - 1)
    const body = content.subarray(from, to)
    const part =
      request.headers.range === undefined ? {} : { 'Content-Range': `bytes ${from}-${to - 1}/${content.length}` }
    response.writeHead(request.headers.range === undefined ? 200 : 206, {
      ETag: etag,
      'Content-Length': then === 'short' ? bytes : body.length,
      ...part,
    })
    if (then === 'end') response.end(body)
    else if (then === 'short') response.end(body.subarray(0, bytes))
    else response.write(body.subarray(0, bytes), () => then === 'cut' && response.destroy())
  }
}

function refuse(status: number, code: string): Answer {
  return (_, response) => {
    response.writeHead(status, { 'Content-Type': 'application/xml' })
    response.end(`<?xml version="1.0"?><Error><Code>${code}</Code><Message>for AKIAMARKEDMARKED</Message></Error>`)
  }
}

const all = send(content.length, 'end')

describe('reading from S3', () => {
  it('asks for the version that was listed', async () => {
    answers = [all]
    expect((await read()).equals(content)).toBe(true)
    expect(requests.map(({ headers }) => headers['if-match'])).toEqual([ETAG])
  })

  it('goes on where a body was cut', async () => {
    answers = [send(100_000, 'cut'), send(1, 'short'), send(50_000, 'cut'), all]
    expect((await read()).equals(content)).toBe(true)
    expect(requests.map(({ headers }) => headers.range)).toEqual([
      undefined,
      'bytes=100000-',
      'bytes=100001-',
      'bytes=150001-',
    ])
    expect(requests.every(({ headers }) => headers['if-match'] === ETAG)).toBe(true)
  })

  it('goes on where a body stalled', async () => {
    answers = [send(1000, 'stall'), all]
    expect((await read()).equals(content)).toBe(true)
  })

  it.each<[string, Answer[], number]>([
    ['is no stall', [all], 1],
    ['is not counted where the body stalls behind it', [send(1000, 'stall'), all], 2],
  ])('waits for whoever takes the bytes, whose time %s', async (_, given, count) => {
    answers = given
    const chunks: Uint8Array[] = []
    for await (const chunk of store.read(object)) {
      if (chunks.push(chunk) === 1) await delay(2 * STALL_MS)
    }
    expect(Buffer.concat(chunks).equals(content)).toBe(true)
    expect(requests).toHaveLength(count)
  })

  it('takes a burst of 503', async () => {
    answers = [refuse(503, 'SlowDown'), refuse(500, 'InternalError'), all]
    expect((await read()).equals(content)).toBe(true)
  })

  it.each<[string, Answer[], string]>([
    [
      'a body that is cut every time',
      [send(10, 'cut'), send(0, 'cut')],
      'READ_CUT_SHORT: the read ended after 10 of 300000 bytes, in 3 tries\n  at s3://bucket/a.gz\n  run again; if it stays so, look at the network between here and S3',
    ],
    [
      'a body that says itself to be shorter than the object, every time',
      [send(10, 'short'), send(0, 'short')],
      'READ_CUT_SHORT: the read ended after 10 of 300000 bytes, in 3 tries\n  at s3://bucket/a.gz\n  run again; if it stays so, look at the network between here and S3',
    ],
    [
      'a body that stalls every time',
      [send(0, 'stall')],
      'STALLED: no more bytes came after 0 of 300000, in 3 tries\n  at s3://bucket/a.gz\n  run again; if it stays so, look at the network between here and S3',
    ],
    [
      'another version',
      [send(content.length, 'end', '"two"')],
      'OBJECT_CHANGED: the object was replaced since it was listed\n  at s3://bucket/a.gz\n  run again to read its new content',
    ],
    [
      'another version after a cut',
      [send(10, 'cut'), refuse(412, 'PreconditionFailed')],
      'OBJECT_CHANGED: the object was replaced since it was listed\n  at s3://bucket/a.gz\n  run again to read its new content',
    ],
    [
      'no access',
      [refuse(403, 'AccessDenied')],
      'ACCESS_DENIED: not allowed to read\n  at s3://bucket/a.gz\n  the role needs s3:GetObject and s3:ListBucket there; for an encrypted bucket also the use of its key',
    ],
    [
      'credentials that ran out',
      [send(10, 'cut'), refuse(400, 'ExpiredToken')],
      'EXPIRED_CREDENTIALS: the credentials ran out\n  at s3://bucket/a.gz\n  run again with fresh ones',
    ],
    [
      'credentials that S3 does not know',
      [refuse(403, 'InvalidAccessKeyId')],
      'NO_CREDENTIALS: S3 was not given credentials that it takes (InvalidAccessKeyId)\n  at s3://bucket/a.gz\n  set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, a profile, or the role of the container',
    ],
    [
      'an object that is gone',
      [refuse(404, 'NoSuchKey')],
      'NO_SUCH_OBJECT: the object is gone since it was listed\n  at s3://bucket/a.gz\n  run again',
    ],
    [
      'a bucket in another region',
      [refuse(301, 'PermanentRedirect')],
      "WRONG_REGION: the bucket lies in another region\n  at s3://bucket/a.gz\n  set AWS_REGION to the bucket's",
    ],
    [
      'an object in an archive',
      [refuse(403, 'InvalidObjectState')],
      'OBJECT_ARCHIVED: the object lies in an archive\n  at s3://bucket/a.gz\n  restore it from there, or leave it out with --exclude',
    ],
    [
      'a clock that is wrong',
      [refuse(403, 'RequestTimeTooSkewed')],
      "WRONG_CLOCK: this machine's clock and that of S3 differ too much\n  at s3://bucket/a.gz\n  set the clock",
    ],
    [
      'a name that no bucket has',
      [refuse(400, 'InvalidBucketName')],
      'S3_REFUSED: S3 answered 400 (InvalidBucketName)\n  at s3://bucket/a.gz\n  check that the credentials have not run out, the region, the name of the bucket, and the endpoint',
    ],
    [
      'a server that does not answer',
      [() => {}],
      'STALLED: no more bytes came after 0 of 300000, in 3 tries\n  at s3://bucket/a.gz\n  run again; if it stays so, look at the network between here and S3',
    ],
    [
      'a server that fails every time',
      [refuse(500, 'InternalError')],
      'S3_FAILED: S3 answered 500 to every try\n  at s3://bucket/a.gz\n  run again later',
    ],
  ])('gives up on %s', async (_, given, message) => {
    answers = given
    expect(await failureOf(read())).toMatchObject({ message, kind: 'environment' })
  })

  describe('a part', () => {
    it('is asked for as such, of the version that was listed, and goes on where it was cut', async () => {
      answers = [send(10_000, 'cut'), send(5, 'stall'), all]
      expect((await readPart(1000, 90_000)).equals(content.subarray(1000, 90_000))).toBe(true)
      expect(requests.map(({ headers }) => [headers.range, headers['if-match']])).toEqual([
        ['bytes=1000-89999', ETAG],
        ['bytes=11000-89999', ETAG],
        ['bytes=11005-89999', ETAG],
      ])
    })

    it.each<[string, Answer[], string]>([
      [
        'is the whole object',
        [(_, response) => response.writeHead(200, { ETag: ETAG, 'Content-Length': content.length }).end(content)],
        'S3_FAILED: the answer is not the part of the object that was asked for\n  at s3://bucket/a.gz\n  check the endpoint: something between here and S3 may answer in its place',
      ],
      [
        'is of another version',
        [refuse(412, 'PreconditionFailed')],
        'OBJECT_CHANGED: the object was replaced since it was listed\n  at s3://bucket/a.gz\n  run again to read its new content',
      ],
      [
        'is cut every time',
        [send(7, 'cut'), send(0, 'cut')],
        'READ_CUT_SHORT: the read ended after 1007 of 300000 bytes, in 3 tries\n  at s3://bucket/a.gz\n  run again; if it stays so, look at the network between here and S3',
      ],
    ])('that %s is an error', async (_, given, message) => {
      answers = given
      expect(await failureOf(readPart(1000, 90_000))).toMatchObject({ message, kind: 'environment' })
    })
  })

  describe('ends with the reason of a signal, and its request', () => {
    type From = (signal: AbortSignal) => AsyncIterable<Uint8Array> | undefined

    /** Reads until the signal is given, by what the server does or with the first bytes; resolves when the connection is closed. */
    async function ending(from: From, at: (abort: () => void) => Answer, isAtBytes: boolean): Promise<unknown> {
      const controller = new AbortController()
      const abort = () => controller.abort(new Error('enough'))
      let closed: Promise<unknown> | undefined
      const answer = at(abort)
      answers = [
        (request, response) => {
          closed = once(response, 'close')
          answer(request, response)
        },
      ]
      requests = []
      const error = await failureOf(
        (async () => {
          for await (const _ of from(controller.signal) ?? []) if (isAtBytes) abort()
        })(),
      )
      await closed
      return [error.message, requests.length]
    }

    it.each<[string, (abort: () => void) => Answer, boolean]>([
      ['before an answer', (abort) => () => abort(), false],
      ['within the body', () => send(100_000, 'stall'), true],
      [
        'before the next try',
        (abort) => (request, response) => {
          response.once('close', abort)
          send(10, 'cut')(request, response)
        },
        false,
      ],
    ])('%s', async (_, at, isAtBytes) => {
      store = await openS3Store({ ...options, retryDelayMs: 60_000 })
      expect(await ending((signal) => store.read(object, signal), at, isAtBytes)).toEqual(['enough', 1])
      const ofPart: From = (signal) => store.readPart?.(object, 7, 200_000, signal)
      expect(await ending(ofPart, at, isAtBytes)).toEqual(['enough', 1])
    })

    it('that was given before, without a request', async () => {
      const reading = store.read(object, AbortSignal.abort(new Error('enough')))[Symbol.asyncIterator]()
      await expect(reading.next()).rejects.toThrow('enough')
      expect(requests).toEqual([])
    })
  })

  it('is not kept waiting by bodies that nobody takes', async () => {
    store = await openS3Store({ ...options, requestTimeoutMs: 60_000, stallTimeoutMs: 60_000 })
    // More than the system holds of it.
    const body = Buffer.alloc(20_000_000)
    const large = { ...object, size: body.length }
    answers = [
      (_, response) => {
        response.writeHead(200, { ETag: ETAG, 'Content-Length': body.length })
        response.end(body)
      },
    ]
    const readers = Array.from({ length: 60 }, () => store.read(large)[Symbol.asyncIterator]())
    for (const reader of readers) expect((await reader.next()).value?.length).toBeGreaterThan(0)
    for (const reader of readers) await reader.return?.(undefined)
    expect(requests).toHaveLength(60)
  })

  it('says that nobody is there', async () => {
    store = await openS3Store({ endpoint: 'http://127.0.0.1:1', region: 'eu-west-1', retryDelayMs: 1, readTries: 2 })
    for (const reading of [read, () => readPart(1000, 2000)]) {
      expect(await failureOf(reading())).toMatchObject({
        message: 'NETWORK: cannot read: ECONNREFUSED\n  at s3://bucket/a.gz\n  check the network and the endpoint',
        kind: 'environment',
      })
    }
  })
})

/** What is said of an answer that lacks something. */
function notWhole(what: string, place = 's3://bucket/a.gz'): string {
  return `S3_FAILED: S3 answered ${what}\n  at ${place}\n  run again; if it stays so, something between here and S3 may answer in its place`
}

describe('asking for an object', () => {
  const ask = () => failureOf(store.stat(location))

  it('does not take the root of a bucket for one', async () => {
    expect(await store.stat(parseLocation('s3://bucket'))).toBeUndefined()
    expect(requests).toEqual([])
  })

  it.each<[string, Answer, string]>([
    [
      'an answer without a length',
      (_, response) => response.writeHead(200, { ETag: ETAG, 'Transfer-Encoding': 'chunked' }).end(),
      notWhole('HeadObject without a length'),
    ],
    [
      'an answer without an ETag',
      (_, response) => response.writeHead(200, { 'Content-Length': 7 }).end(),
      notWhole('HeadObject without an ETag'),
    ],
    [
      'an answer that does not say why',
      (_, response) => response.writeHead(400).end(),
      'S3_REFUSED: S3 answered 400\n  at s3://bucket/a.gz\n  check that the credentials have not run out, the region, the name of the bucket, and the endpoint',
    ],
    [
      'no answer',
      () => {},
      'NETWORK: cannot read: TimeoutError\n  at s3://bucket/a.gz\n  check the network and the endpoint',
    ],
  ])('says that there was %s', async (_, answer, message) => {
    answers = [answer]
    expect(await ask()).toMatchObject({ message, kind: 'environment' })
  })

  it.each([
    [
      'a region that is none',
      { region: 'x/y' },
      "NO_REGION: the region of the bucket is not known, or is no region\n  at s3://bucket/a.gz\n  set AWS_REGION to the bucket's",
    ],
    [
      'an endpoint that is none',
      { region: 'eu-west-1', endpoint: 'nonsense' },
      'BAD_ENDPOINT: the endpoint of S3 is not an address\n  at s3://bucket/a.gz\n  expected FLETCHING_S3_ENDPOINT or AWS_ENDPOINT_URL_S3 to be such as https://s3.example.com:9000',
    ],
  ])('says that it was given %s', async (_, options, message) => {
    store = await openS3Store(options)
    expect(await ask()).toMatchObject({ message, kind: 'environment' })
  })
})

describe('writing to S3', () => {
  const created = (_: IncomingMessage, response: ServerResponse) =>
    response.end(
      '<?xml version="1.0"?><InitiateMultipartUploadResult><UploadId>u1</UploadId></InitiateMultipartUploadResult>',
    )
  const stored: Answer = (_, response) => response.writeHead(200, { ETag: '"00ff"' }).end()
  const ETAG_OF_PARTS = `"${createHash('md5')
    .update(Buffer.of(0, 255, 0, 255))
    .digest('hex')}-2"`
  const head =
    (size: number, etag: string, mark = 'of another'): Answer =>
    (_, response) =>
      response.writeHead(200, { ETag: etag, 'Content-Length': size, 'x-amz-meta-fletching-upload': mark }).end()
  const large = new Uint8Array(9 * 1024 * 1024)

  it('is known to be refused before a byte is written', async () => {
    answers = [refuse(403, 'AccessDenied')]
    expect(await failureOf(store.assertWritable(location))).toMatchObject({
      code: 'ACCESS_DENIED',
      at: ['s3://bucket/a.gz'],
    })
    answers = [created, (_, response) => response.writeHead(204).end()]
    await store.assertWritable(location)
    expect(requests.map(({ method, url }) => `${method} ${url?.replace(/&?x-id=\w+/, '')}`).slice(-2)).toEqual([
      'POST /bucket/a.gz?uploads=',
      'DELETE /bucket/a.gz?uploadId=u1',
    ])
  })

  it('sees an error that comes with status 200', async () => {
    answers = [
      created,
      stored,
      stored,
      (_, response) =>
        response.end('<?xml version="1.0"?><Error><Code>InternalError</Code><Message>late</Message></Error>'),
    ]
    const writer = await store.create(location)
    await writer.write(large)
    expect(await failureOf(writer.commit())).toMatchObject({ kind: 'environment' })
  })

  describe('where the answer lacks something', () => {
    const bare: Answer = (_, response) => response.writeHead(200).end()
    const withoutETag: Answer = (_, response) => response.end(completed.replace(/<ETag>.*<.ETag>/, ''))
    const completed =
      '<?xml version="1.0"?><CompleteMultipartUploadResult><ETag>"e"</ETag></CompleteMultipartUploadResult>'
    const done: Answer = (_, response) => response.end(completed)
    const writeLarge = async () => {
      const writer = await store.create(location)
      await writer.write(large)
      return writer.commit()
    }
    const writeSmall = async () => {
      const writer = await store.create(location)
      await writer.write(Buffer.from('x'))
      return writer.commit()
    }
    const put = () => store.put(location, Buffer.from('x'), { etag: undefined })

    it.each<[string, readonly Answer[], () => Promise<unknown>, string, number]>([
      ['an upload', [bare], writeLarge, 'CreateMultipartUpload without an upload id', 1],
      [
        'an upload for a try',
        [bare],
        () => store.assertWritable(location),
        'CreateMultipartUpload without an upload id',
        1,
      ],
      ['a part', [created, bare], writeLarge, 'UploadPart without an ETag', 3],
      [
        'the completion',
        [created, stored, stored, withoutETag],
        writeLarge,
        'CompleteMultipartUpload without an ETag',
        5,
      ],
      ['a small object', [bare], writeSmall, 'PutObject without an ETag', 2],
      ['an object under a condition', [bare], put, 'PutObject without an ETag', 2],
    ])('of %s, names the request', async (_, given, write, what, count) => {
      answers = [...given]
      expect(await failureOf(write())).toMatchObject({ message: notWhole(what), kind: 'environment' })
      expect(requests).toHaveLength(count)
    })

    it.each<[string, readonly Answer[], () => Promise<unknown>, unknown]>([
      ['a part', [created, bare, stored, stored, done], writeLarge, { size: large.length, etag: '"e"' }],
      ['the completion', [created, stored, stored, withoutETag, done], writeLarge, { size: large.length, etag: '"e"' }],
      ['a small object', [bare, stored, head(1, '"e"')], writeSmall, { size: 1, etag: '"e"' }],
      // It may be the first try that was followed: who asks looks at what is there.
      ['an object under a condition', [bare, refuse(412, 'PreconditionFailed')], put, false],
    ])('of %s, asks again', async (_, given, write, result) => {
      answers = [...given]
      const written = await write()
      if (typeof result === 'boolean') expect(written).toBe(result)
      else expect(written).toMatchObject(result as object)
    })

    it('knows an upload that was completed all the same', async () => {
      answers = [created, stored, stored, withoutETag, refuse(404, 'NoSuchUpload'), head(large.length, ETAG_OF_PARTS)]
      expect(await writeLarge()).toMatchObject({ size: large.length, etag: ETAG_OF_PARTS })
    })
  })

  /** Completes an upload of which the server says that it is gone, and then what it has in its place; `known` is the mark of the upload. */
  async function completeGone(known: (mark: string) => Answer) {
    answers = [created, stored, stored]
    const writer = await store.create(location)
    await writer.write(large)
    const prepared = await writer.prepare()
    answers = [refuse(404, 'NoSuchUpload'), known(prepared.upload?.mark ?? '')]
    return store.complete(prepared)
  }

  it.each<[string, (mark: string) => Answer]>([
    ['by its ETag', () => head(large.length, ETAG_OF_PARTS)],
    ['by its mark, where ETags follow no rule', (mark) => head(large.length, '"new"', mark)],
  ])('takes an upload for complete whose answer was lost, and knows the object %s', async (_, known) => {
    expect(await completeGone(known)).toMatchObject({ size: large.length })
  })

  it('knows it by its mark also where the ETags of parts are no numbers', async () => {
    const odd: Answer = (_, response) => response.writeHead(200, { ETag: '"one"' }).end()
    answers = [created, odd, odd]
    const writer = await store.create(location)
    await writer.write(large)
    const prepared = await writer.prepare()
    answers = [refuse(404, 'NoSuchUpload'), head(large.length, '"new"', prepared.upload?.mark)]
    expect(await store.complete(prepared)).toMatchObject({ size: large.length })
  })

  it.each<[string, (mark: string) => Answer, string]>([
    ['of another size', () => head(7, ETAG_OF_PARTS), 'the object of that name is another'],
    ['of other content', () => head(large.length, '"new"'), 'the object of that name is another'],
    ['that is not there', () => refuse(404, 'NotFound'), 'there is no object of that name'],
  ])('does not take an upload for complete for an object %s', async (_, known, there) => {
    const message = `COMMIT_LOST: what was prepared is gone, and ${there}
  at s3://bucket/a.gz
  somebody else took it away, perhaps a rule of the bucket that aborts uploads too early`
    expect(await failureOf(completeGone(known))).toMatchObject({ message, kind: 'environment' })
  })

  describe('under a condition', () => {
    const put = (condition?: { etag: string | undefined }) => store.put(location, Buffer.from('x'), condition)
    const none = { etag: undefined }

    it.each<[string, readonly Answer[], { etag: string | undefined }, boolean, number]>([
      ['that holds', [stored], none, true, 1],
      ['that does not hold', [refuse(412, 'PreconditionFailed')], none, false, 1],
      ['on an object that is gone', [refuse(404, 'NoSuchKey')], { etag: ETAG }, false, 1],
      ['while another writes, until it is done', [refuse(409, 'ConditionalRequestConflict'), stored], none, true, 2],
      ['while others write for ever', [refuse(409, 'ConditionalRequestConflict')], none, false, 3],
    ])('%s', async (_, given, condition, isWritten, count) => {
      answers = [...given]
      expect(await put(condition)).toBe(isWritten)
      expect(requests).toHaveLength(count)
    })

    it('that the server does not know', async () => {
      answers = [refuse(501, 'NotImplemented')]
      expect(await failureOf(put(none))).toMatchObject({
        message: `NO_CONDITIONAL_WRITES: the place cannot keep two runs apart: it knows no conditional writes
  at s3://bucket/a.gz
  give a state folder elsewhere with --state, or --single-writer if no other run of this job can be under way`,
        kind: 'environment',
      })
    })
  })

  it('aborts the upload whose part failed', async () => {
    answers = [created, refuse(403, 'AccessDenied'), (_, response) => response.writeHead(204).end()]
    const writer = await store.create(location)
    expect(await failureOf(writer.write(large))).toMatchObject({
      message:
        'ACCESS_DENIED: not allowed to write\n  at s3://bucket/a.gz\n  the role needs s3:PutObject and s3:AbortMultipartUpload there; for an encrypted bucket also the use of its key',
    })
    await writer.abort()
    expect(requests.at(-1)).toMatchObject({ method: 'DELETE', url: expect.stringContaining('uploadId=u1') })
  })
})

describe('listing S3', () => {
  const entry = (key: string, size: string, etag = '<ETag>"e"</ETag>') =>
    `<Contents><Key>${key}</Key><Size>${size}</Size>${etag}</Contents>`
  const page = (...parts: readonly string[]): Answer => {
    const body = `<?xml version="1.0"?><ListBucketResult>${parts.join('')}</ListBucketResult>`
    return (_, response) => response.end(body)
  }
  const last = '<IsTruncated>false</IsTruncated>'
  const goesOn = '<IsTruncated>true</IsTruncated><NextContinuationToken>t</NextContinuationToken>'
  const listed = async () => {
    const names: string[] = []
    for await (const { name } of store.list(parseLocation('s3://bucket/x/'))) names.push(name)
    return names
  }

  it.each<[string, readonly Answer[], string]>([
    ['that was cut, for its end', [page('<IsTruncated>true</IsTruncated>')], 'saying where the list goes on'],
    ['without a body, for one of nothing', [(_, response) => response.end('')], 'saying whether the list goes on'],
    ['that does not say whether it goes on', [page(entry('x/a', '1'))], 'saying whether the list goes on'],
    ['that goes round', [page(goesOn)], 'going on in the list'],
    [
      'of fewer objects than it counts',
      [page(last, '<KeyCount>2</KeyCount>', entry('x/a', '1'))],
      'all the objects that it counts',
    ],
    ['without a size', [page(last, '<Contents><Key>x/a</Key></Contents>')], 'a size for every object'],
    ['without an ETag', [page(last, entry('x/a', '1', ''))], 'an ETag for every object'],
    ['of other objects', [page(last, entry('y', '1'))], 'a name below the folder for every object'],
    ['of sizes below zero', [page(last, entry('x/a', '-1'))], 'a size for every object'],
  ])('does not take a listing %s', async (_, given, what) => {
    answers = [...given]
    expect(await failureOf(listed())).toMatchObject({
      kind: 'environment',
      message: notWhole(`ListObjectsV2 without ${what}`, 's3://bucket/x/'),
    })
  })

  it('asks again for a page that is none', async () => {
    const second = page(last, '<KeyCount>1</KeyCount>', entry('x/b', '1'))
    answers = [page(goesOn, entry('x/a', '1')), page(), second]
    expect(await listed()).toEqual(['s3://bucket/x/a', 's3://bucket/x/b'])
    expect(requests.map(({ url }) => /continuation-token=\w+/.exec(url ?? '')?.[0])).toEqual([
      undefined,
      'continuation-token=t',
      'continuation-token=t',
    ])
  })

  it('says that it is not allowed', async () => {
    answers = [refuse(403, 'AccessDenied')]
    expect(await failureOf(store.list(parseLocation('s3://bucket/x/'))[Symbol.asyncIterator]().next())).toMatchObject({
      message:
        'ACCESS_DENIED: not allowed to list\n  at s3://bucket/x/\n  the role needs s3:ListBucket there; for an encrypted bucket also the use of its key',
    })
  })
})
