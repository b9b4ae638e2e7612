import { crc32, gzipSync, inflateRawSync } from 'node:zlib'
import { FletchingError } from '@fletching/columns/errors'
import { damaged, fuzz, fuzzCases, type Random, randomBytes, testSeed } from '@fletching/testing'
import { describe, expect, it } from 'vitest'
import { Inflater, inflate, RawInflate } from '../src/index.ts'

const CASES = fuzzCases(3000)
/** One for all of them, as in a job. */
const raw = new RawInflate()

/**
 * The content of a gzip file, slowly: member by member, each inflated as a whole. Undefined for anything but whole members with zeros between
 * them; what does not begin like gzip is its own content.
 */
function oracle(bytes: Buffer): Buffer | undefined {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes
  const contents: Buffer[] = []
  let rest = bytes
  while (rest.length > 0) {
    const header = headerLength(rest)
    if (header === undefined) return undefined
    try {
      const { buffer, engine } = inflateRawSync(rest.subarray(header), { info: true } as object) as unknown as {
        buffer: Buffer
        engine: { bytesWritten: number }
      }
      const trailer = rest.subarray(header + engine.bytesWritten)
      if (trailer.length < 8 || trailer.readUInt32LE(0) !== crc32(buffer) || trailer.readUInt32LE(4) !== buffer.length)
        return undefined
      contents.push(buffer)
      rest = trailer.subarray(8)
    } catch {
      return undefined
    }
    while (rest[0] === 0) rest = rest.subarray(1)
  }
  return Buffer.concat(contents)
}

/** RFC 1952, 2.3. */
function headerLength(bytes: Buffer): number | undefined {
  if (bytes.length < 10 || bytes[0] !== 0x1f || bytes[1] !== 0x8b || bytes[2] !== 8 || bytes[3] >= 0x20)
    return undefined
  const [, isChecked, hasExtra, hasName, hasComment] = [0, 1, 2, 3, 4].map((bit) => (bytes[3] & (1 << bit)) !== 0)
  let at = 10
  if (hasExtra) {
    if (bytes.length < 12) return undefined
    at += 2 + bytes.readUInt16LE(10)
  }
  for (const isThere of [hasName, hasComment]) {
    if (!isThere) continue
    const end = at > bytes.length ? -1 : bytes.indexOf(0, at)
    if (end < 0) return undefined
    at = end + 1
  }
  if (isChecked) at += 2
  return at <= bytes.length ? at : undefined
}

function* pieces(bytes: Uint8Array, pieceBytes: number): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes)
}

async function asAsked(bytes: Uint8Array, pieceBytes: number): Promise<Buffer> {
  async function* source() {
    yield* pieces(bytes, pieceBytes)
  }
  const chunks: Uint8Array[] = []
  for await (const chunk of inflate(source(), 'a.gz')) chunks.push(chunk)
  return Buffer.concat(chunks)
}

async function bySteps(bytes: Uint8Array, pieceBytes: number): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  const room = new Uint8Array(64)
  const target = { room: () => room, filled: (count: number) => chunks.push(room.slice(0, count)) }
  const inflater = new Inflater('a.gz', target, raw)
  for (const piece of pieces(bytes, pieceBytes)) inflater.push(piece)
  inflater.end()
  return Buffer.concat(chunks)
}

/** One to three members, of events or of anything, compressed more or less, some with a name, some with zeros behind. */
function archive(random: Random): Buffer {
  const members = Array.from({ length: 1 + random.below(3) }, () => {
    const content = random.pick([
      () => Buffer.from('{"userId":"u1","event":"Product Clicked"}\n'.repeat(random.below(9))),
      () => randomBytes(random, random.below(300)),
    ])()
    const member = gzipSync(content, { level: random.below(10) })
    if (random.below(3) > 0) return member
    member[3] = 8
    const named = Buffer.concat([member.subarray(0, 10), Buffer.from('events.json\0'), member.subarray(10)])
    return Buffer.concat([named, Buffer.alloc(random.below(4))])
  })
  return Buffer.concat(members)
}

describe('gzip', () => {
  it(`gives what is in it, or an error about the data (${CASES} cases from FLETCHING_SEED=${testSeed})`, async () => {
    const counts = { whole: 0, refused: 0 }
    await fuzz(CASES, async (random) => {
      const bytes =
        random.below(20) === 0
          ? Buffer.concat([Buffer.of(0x1f, 0x8b, 8), randomBytes(random, 40)])
          : damaged(random, archive(random))
      const expected = oracle(bytes)
      const pieceBytes = random.pick([1, 2, 7, 64, 1000])
      for (const run of [asAsked, bySteps]) {
        const content = await run(bytes, pieceBytes).catch((error: unknown) => error)
        if (content instanceof Buffer) {
          expect(content.equals(expected ?? Buffer.from('an error'))).toBe(true)
          counts.whole++
          continue
        }
        expect(content).toBeInstanceOf(FletchingError)
        const { kind, code } = content as FletchingError
        expect(kind).toBe('data')
        // Content that begins like an archive is refused although it is whole.
        if (code !== 'UNSUPPORTED_COMPRESSION')
          expect({ code, expected }).toEqual({ code: 'CORRUPT_GZIP', expected: undefined })
        counts.refused++
      }
    })
    // Neither all nor none.
    expect(Math.min(counts.whole, counts.refused)).toBeGreaterThan(CASES / 10)
  })
})
