import { crc32, deflateRawSync, deflateSync, gunzipSync, gzipSync } from 'node:zlib'
import { FletchingError } from '@fletching/columns/errors'
import { Inflater, inflate, RawInflate } from '@fletching/storage'
import { describe, expect, it } from 'vitest'

const seed = Number(process.env.FLETCHING_SEED ?? 20190518)

type Run = (bytes: Uint8Array, pieceBytes?: number) => Promise<Buffer>

/** One for all of them, as in a job. */
const raw = new RawInflate()

/** Inflates bytes that come in pieces of a size, as they are asked for. */
const asAsked: Run = async (bytes, pieceBytes = bytes.length) => {
  async function* source() {
    yield* pieces(bytes, pieceBytes)
  }
  return Buffer.concat(await collect(inflate(source(), 'a.gz')))
}

/** The same without waiting, into rooms of odd sizes. */
const bySteps: Run = async (bytes, pieceBytes = bytes.length) => {
  const chunks: Uint8Array[] = []
  let room = new Uint8Array(0)
  const target = {
    room: () => {
      room = new Uint8Array(1 + ((room.length * 7 + 3) % 1000))
      return room
    },
    filled: (count: number) => chunks.push(room.slice(0, count)),
  }
  const inflater = new Inflater('a.gz', target, raw)
  for (const piece of pieces(bytes, pieceBytes)) inflater.push(piece)
  inflater.end()
  return Buffer.concat(chunks)
}

function* pieces(bytes: Uint8Array, pieceBytes: number): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes)
}

async function failure(run: Run, bytes: Uint8Array, pieceBytes?: number): Promise<FletchingError> {
  try {
    await run(bytes, pieceBytes)
  } catch (error) {
    if (error instanceof FletchingError) return error
    throw error
  }
  throw new Error('it did not fail')
}

const corrupt = (why: string) =>
  `CORRUPT_GZIP: the gzip file is damaged: ${why}\n  at a.gz\n  nothing was written; fetch it again from its producer, or leave it out with --exclude`

const text = Buffer.from('{"userId":"u1"}\n'.repeat(50))
const zeros = Buffer.alloc(700)

/** A member with every optional part of the header. */
function decorated(content: Buffer): Buffer {
  const header = Buffer.from([0x1f, 0x8b, 8, 2 + 4 + 8 + 16, 0, 0, 0, 0, 0, 255])
  const extra = Buffer.from([3, 0, 1, 2, 3])
  const names = Buffer.from('name\0comment\0')
  const head = Buffer.concat([header, extra, names])
  const headCrc = Buffer.alloc(2)
  headCrc.writeUInt16LE(crc32(head) & 0xffff)
  const trailer = Buffer.alloc(8)
  trailer.writeUInt32LE(crc32(content))
  trailer.writeUInt32LE(content.length, 4)
  return Buffer.concat([head, headCrc, deflateRawSync(content), trailer])
}

describe.each([
  ['as it is asked for', asAsked],
  ['without waiting', bySteps],
])('inflating %s', (_, run) => {
  it.each([
    ['plain bytes', text, text],
    ['nothing', Buffer.alloc(0), Buffer.alloc(0)],
    ['one plain byte', Buffer.from('{'), Buffer.from('{')],
    ['one member', gzipSync(text), text],
    ['an empty member', gzipSync(''), Buffer.alloc(0)],
    [
      'several members, empty ones among them',
      Buffer.concat([gzipSync(''), gzipSync(text), gzipSync(''), gzipSync('x')]),
      Buffer.concat([text, Buffer.from('x')]),
    ],
    ['a line over two members', Buffer.concat([gzipSync('{"a"'), gzipSync(':1}\n')]), Buffer.from('{"a":1}\n')],
    ['a member a byte', Buffer.concat([...text].map((byte) => gzipSync(Buffer.from([byte])))), text],
    ['zeros between members', Buffer.concat([gzipSync(text), zeros, gzipSync(text)]), Buffer.concat([text, text])],
    ['zeros behind the last', Buffer.concat([gzipSync(text), zeros]), text],
    ['every part of a header', decorated(text), text],
    ['stored blocks', gzipSync(text, { level: 0 }), text],
  ])('gives the content of %s, however it is cut', async (__, bytes, content) => {
    for (const pieceBytes of [1, 2, 3, 7, 64, bytes.length]) {
      expect((await run(bytes, pieceBytes)).equals(content), `pieces of ${pieceBytes}`).toBe(true)
    }
  })

  it('refuses a file that is cut anywhere', async () => {
    const bytes = Buffer.concat([gzipSync(text), decorated(text)])
    const first = gzipSync(text).length
    for (let length = 2; length < bytes.length; length++) {
      if (length === first) continue
      const { code, kind } = await failure(run, bytes.subarray(0, length))
      expect({ code, kind, length }).toEqual({ code: 'CORRUPT_GZIP', kind: 'data', length })
    }
  })

  it('never gives other content for a flipped bit', async () => {
    const bytes = gzipSync(text)
    for (let bit = 16; bit < bytes.length * 8; bit++) {
      const flipped = Buffer.from(bytes)
      flipped[bit >> 3] ^= 1 << (bit & 7)
      const content = await run(flipped).catch((error: unknown) => error)
      if (content instanceof Buffer) expect(content.equals(text), `bit ${bit}`).toBe(true)
      else expect((content as FletchingError).code).toMatch(/^(CORRUPT_GZIP|UNSUPPORTED_COMPRESSION)$/)
    }
  })

  it.each([
    ['data that ends early', gzipSync(text).subarray(0, 30), corrupt('it ends before its data does')],
    ['a trailer that ends early', gzipSync(text).subarray(0, -3), corrupt('it ends within a trailer')],
    ['a header that ends early', gzipSync(text).subarray(0, 5), corrupt('it ends within a header')],
    ['a wrong checksum', withByte(gzipSync(text), -8), corrupt('a checksum is wrong')],
    ['a wrong length', withByte(gzipSync(text), -1), corrupt('a length is wrong')],
    ['other bytes behind it', Buffer.concat([gzipSync(text), Buffer.from('x')]), corrupt('other bytes follow its end')],
    [
      'a header without an end',
      Buffer.concat([Buffer.from([0x1f, 0x8b, 8, 8, 0, 0, 0, 0, 0, 255]), Buffer.alloc(1_100_000, 'x')]),
      corrupt('a header is longer than 1048576 bytes'),
    ],
    ['another method', withByte(gzipSync(text), 2), corrupt('its compression method is 9, not deflate')],
    ['gzip in gzip', gzipSync(gzipSync(text)), unsupported('the object is gzip inside of gzip')],
    ['zip', Buffer.from('PK\x03\x04rest'), unsupported('the object is zip, not gzip or plain text')],
    ...[1, 4, 6, 9].map((level): [string, Buffer, string] => [
      `zlib at level ${level}`,
      deflateSync(text, { level }),
      unsupported('the object is zlib, not gzip or plain text'),
    ]),
    ['zstd', Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0]), unsupported('the object is zstd, not gzip or plain text')],
    ['bzip2', Buffer.from('BZh91AY'), unsupported('the object is bzip2, not gzip or plain text')],
    ['xz', Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0]), unsupported('the object is xz, not gzip or plain text')],
  ])('says what is wrong with %s', async (__, bytes, message) => {
    for (const pieceBytes of bytes.length > 10_000 ? [100_000] : [1, 64, bytes.length])
      expect((await failure(run, bytes, pieceBytes)).message).toBe(message)
  })

  it('agrees with zlib on random content', async () => {
    let state = seed
    const random = () => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0
      return state / 2 ** 32
    }
    for (let round = 0; round < 60; round++) {
      const content = Buffer.from(
        Array.from({ length: Math.floor(random() ** 3 * 60_000) }, () =>
          Math.floor(random() * (random() < 0.5 ? 4 : 256)),
        ),
      )
      const bytes = Buffer.concat([gzipSync(content, { level: Math.floor(random() * 10) }), gzipSync(content)])
      const got = await run(bytes, 1 + Math.floor(random() * 5000))
      expect(got.equals(gunzipSync(bytes)), `seed ${seed}, round ${round}`).toBe(true)
    }
  })
})

describe('inflate', () => {
  it.each([
    ['within a header', 5],
    ['within the data', 500],
    ['within a trailer', -3],
  ])('passes an error of its source on that comes %s, and closes the source', async (_, end) => {
    let closed = false
    async function* broken() {
      try {
        yield gzipSync(zeros.map((_, at) => (at * at) >> 3)).subarray(0, end)
        throw new Error('cable')
      } finally {
        closed = true
      }
    }
    await expect(collect(inflate(broken(), 'a.gz'))).rejects.toThrow('cable')
    expect(closed).toBe(true)
  })

  it.each<[string, Buffer]>([
    ['a wrong checksum', withByte(gzipSync(text), -8)],
    ['damaged data', Buffer.concat([gzipSync(text).subarray(0, -10), Buffer.alloc(2000, 0xff)])],
    ['an early end', gzipSync(text).subarray(0, -9)],
  ])('gives the content before %s', async (_, bytes) => {
    const chunks: Uint8Array[] = []
    const read = async () => {
      for await (const chunk of inflate(once(bytes), 'a.gz')) chunks.push(chunk)
    }
    await expect(read()).rejects.toThrow(/^CORRUPT_GZIP/)
    const content = Buffer.concat(chunks)
    expect(content.length).toBeGreaterThan(text.length - 300)
    expect(content.subarray(0, text.length - 300).equals(text.subarray(0, text.length - 300))).toBe(true)
  })

  it('keeps objects apart that are inflated side by side, also after a damaged one', async () => {
    const contents = [1, 2, 3].map((number) => Buffer.from(`{"n":${number}}\n`.repeat(100_000)))
    await expect(collect(inflate(once(Buffer.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 7)), 'a'))).rejects.toThrow()
    const open = contents.map((content, at) => ({ content, pieces: inflate(once(gzipSync(content)), `${at}`), at: 0 }))
    for (let isOpen = true; isOpen; ) {
      isOpen = false
      for (const one of open) {
        const { done, value } = await one.pieces.next()
        if (done === true) continue
        expect(one.content.subarray(one.at, one.at + value.length).equals(value)).toBe(true)
        one.at += value.length
        isOpen = true
      }
    }
    expect(open.map(({ at }) => at)).toEqual(contents.map(({ length }) => length))
  })

  it('gives plain bytes as they are, but for the first', async () => {
    const [first, second] = [Buffer.from('{"userId":"u1"}\n'), Buffer.from('{"userId":"u2"}\n')]
    async function* source() {
      yield first
      yield second
    }
    const chunks = await collect(inflate(source(), 'a'))
    expect(Buffer.concat(chunks).equals(Buffer.concat([first, second]))).toBe(true)
    expect(chunks[1].buffer).toBe(second.buffer)
  })

  it('closes its source when it is left early', async () => {
    let closed = false
    for await (const _ of inflate(
      endless(() => (closed = true)),
      'a',
    ))
      break
    expect(closed).toBe(true)
  })
})

async function collect(source: AsyncIterable<Uint8Array>): Promise<Uint8Array[]> {
  const chunks: Uint8Array[] = []
  for await (const chunk of source) chunks.push(chunk)
  return chunks
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}

async function* endless(done: () => void): AsyncGenerator<Uint8Array> {
  try {
    while (true) yield text
  } finally {
    done()
  }
}

function withByte(bytes: Buffer, index: number): Buffer {
  const changed = Buffer.from(bytes)
  changed[index < 0 ? bytes.length + index : index] += 1
  return changed
}

function unsupported(what: string): string {
  return `UNSUPPORTED_COMPRESSION: ${what}\n  at a.gz\n  nothing was written; store it as gzip or plain text, or leave it out with --exclude`
}
