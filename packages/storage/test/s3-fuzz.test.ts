import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { FletchingError } from '@fletching/columns/errors'
import { type Prepared, parseLocation, type Store } from '@fletching/storage'
import { damaged, fuzz, fuzzCases, testSeed } from '@fletching/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openS3Store } from '../src/s3.ts'

const CASES = fuzzCases(300)
const FOLDER = 's3://bucket/in/'
const HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'

let server: Server
let store: Store
/** What the server answers to everything. */
let answer: { readonly status: number; readonly body: Uint8Array }
const before = { ...process.env }

beforeAll(async () => {
  Object.assign(process.env, {
    AWS_ACCESS_KEY_ID: 'AKIATESTMARK',
    AWS_SECRET_ACCESS_KEY: 'secret',
    AWS_MAX_ATTEMPTS: '1',
  })
  server = createServer((request, response) => {
    request.resume().on('end', () => {
      // There is no object, whatever is said of one.
      if (request.method === 'HEAD') response.writeHead(404).end()
      else
        response
          .writeHead(answer.status, { 'Content-Type': 'application/xml', 'Content-Length': answer.body.length })
          .end(answer.body)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  store = await openS3Store({ endpoint: `http://127.0.0.1:${port}`, region: 'us-east-1', requestTimeoutMs: 5000 })
})

afterAll(async () => {
  process.env = before
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
})

function entry(key: string): string {
  return `<Contents><Key>${key}</Key><LastModified>2019-05-18T20:13:05.000Z</LastModified><ETag>&quot;e&quot;</ETag><Size>7</Size><StorageClass>STANDARD</StorageClass></Contents>`
}

function listing(keys: readonly string[]): Buffer {
  return Buffer.from(
    `${HEAD}<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>bucket</Name><Prefix>in/</Prefix><KeyCount>${keys.length}</KeyCount><MaxKeys>1000</MaxKeys><IsTruncated>false</IsTruncated>${keys.map(entry).join('')}</ListBucketResult>`,
  )
}

/** The names of a listing, or the error in its place. */
async function list(): Promise<readonly { readonly key: string; readonly size: number }[] | FletchingError> {
  const found = []
  try {
    for await (const { location, size } of store.list(parseLocation(FOLDER))) {
      found.push({ key: location.scheme === 's3' ? location.key : '', size })
      // A token that stands there by damage would go on for ever.
      if (found.length > 200_000) throw new Error('a listing without an end')
    }
    return found
  } catch (error) {
    if (error instanceof FletchingError) return error
    throw error
  }
}

/** Nine levels of ten: a thousand million texts. */
function laughs(body: string): Buffer {
  const levels = Array.from({ length: 9 }, (_, level) => `<!ENTITY l${level + 1} "${`&l${level};`.repeat(10)}">`)
  return Buffer.from(`${HEAD}<!DOCTYPE x [<!ENTITY l0 "in/laugh">${levels.join('')}]>${body}`)
}

const keys = ['in/a', 'in/b&amp;c', 'in/d%20e', 'in/ü', 'in/f/g']
const prepared: Prepared = {
  name: 's3://bucket/out',
  handle: 'id',
  size: 7,
  sha256: '',
  etag: '"e"',
  upload: { parts: ['"p"'], mark: 'm' },
}

describe('what S3 answers', () => {
  it(`with damage is a list of objects below the folder, or an error of the environment (${CASES} cases from FLETCHING_SEED=${testSeed})`, async () => {
    let refused = 0
    await fuzz(CASES, async (random) => {
      const body = damaged(random, listing(keys))
      answer = { status: 200, body }
      const found = await list()
      if (found instanceof FletchingError) {
        refused++
        expect(found.kind, body.toString()).toBe('environment')
        return
      }
      expect(
        found.filter(({ key, size }) => !key.startsWith('in/') || !Number.isSafeInteger(size) || size < 0),
      ).toEqual([])
    })
    expect(refused).toBeGreaterThan(CASES / 2)
  })

  it('cut anywhere is an error', async () => {
    const whole = listing(keys.slice(0, 2))
    for (let length = 0; length < whole.length; length += 5) {
      answer = { status: 200, body: whole.subarray(0, length) }
      expect(await list(), `cut at ${length}`).toMatchObject({ kind: 'environment', code: 'S3_FAILED' })
    }
  })

  it(`with damage completes no upload of which there is no object (${CASES} cases from FLETCHING_SEED=${testSeed})`, async () => {
    const whole = Buffer.from(
      `${HEAD}<CompleteMultipartUploadResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Location>http://x</Location><Bucket>bucket</Bucket><Key>out</Key><ETag>&quot;e&quot;</ETag></CompleteMultipartUploadResult>`,
    )
    await fuzz(CASES, async (random) => {
      const body = damaged(
        random,
        random.below(2) === 0
          ? whole
          : Buffer.from(`${HEAD}<Error><Code>InternalError</Code><Message>m</Message></Error>`),
      )
      answer = { status: random.pick([200, 200, 400, 403, 404, 409, 412, 503]), body }
      const done = await store.complete(prepared).catch((error: unknown) => error)
      if (done instanceof Error) expect(done, body.toString()).toMatchObject({ kind: 'environment' })
      else
        expect({ status: answer.status, isResult: body.includes('<ETag>') }, body.toString()).toEqual({
          status: 200,
          isResult: true,
        })
    })
  })

  it.each([
    [
      'a list',
      laughs(
        listing([])
          .toString()
          .slice(HEAD.length)
          .replace('</ListBucketResult>', `${entry('&l9;')}</ListBucketResult>`),
      ),
      200,
    ],
    ['an error', laughs('<Error><Code>AccessDenied</Code><Message>&l9;</Message></Error>'), 403],
  ])('does not grow by its entities, in %s', async (_, body, status) => {
    answer = { status, body }
    const [memory, begin] = [process.memoryUsage().rss, performance.now()]
    expect(await list()).toMatchObject({ kind: 'environment' })
    expect(process.memoryUsage().rss - memory).toBeLessThan(64 * 1024 * 1024)
    expect(performance.now() - begin).toBeLessThan(5000)
  })

  it('may be a page of 50,000 objects', async () => {
    const many = Array.from({ length: 50_000 }, (_, number) => `in/${number}`)
    answer = { status: 200, body: listing(many) }
    expect(await list()).toEqual(many.map((key) => ({ key, size: 7 })))
  })
})
