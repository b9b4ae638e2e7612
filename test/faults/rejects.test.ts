import { gzipSync } from 'node:zlib'
import { randomFrom, testSeed } from '@fletching/testing'
import { describe, expect, it } from 'vitest'
import { bytesOf, event, run } from './run.ts'

/** Lines that are refused, each for a reason of its own: not UTF-8, not JSON, no rows. */
const refused = [
  bytesOf('{"userId":"', [0xff, 0xfe], '"}'),
  bytesOf('{"userId":"\u2028\\u0000 ü 😀\t'),
  bytesOf(event('a', ',"timestamp":"18/05/2019"'), '\r'),
  bytesOf(event('b', ',"userId":{"id":"b"}')),
]

/** The lines of the rejects, as they were read. */
function restored({ text, base64 }: { readonly text?: string; readonly base64?: string }): Buffer {
  return text === undefined ? Buffer.from(base64 ?? '', 'base64') : Buffer.from(text)
}

describe('a rejected line', () => {
  it('can be put back, whatever its bytes are', async () => {
    const file = bytesOf(...refused.flatMap((line) => [event('good'), '\n', line, '\n']))
    const { rejected } = await run({ a: file, 'b.gz': gzipSync(file) })
    expect(rejected.map(restored)).toEqual([...refused, ...refused])
    expect(rejected.map(({ text }) => text === undefined)).toEqual(
      [...Array(2)].flatMap(() => [true, false, false, false]),
    )
    for (const reject of rejected) {
      const line = restored(reject)
      expect(file.subarray(reject.byteOffset, reject.byteOffset + line.length)).toEqual(line)
    }
  })

  it(`stands in the rejects as it was read, of random bytes (FLETCHING_SEED=${testSeed})`, async () => {
    const random = randomFrom(testSeed)
    const pieces = [...refused, bytesOf(event('good')), bytesOf('ü'), bytesOf([0xc3]), bytesOf([0]), bytesOf('"')]
    const bytes = () => Uint8Array.from({ length: random.below(20) }, () => random.below(256))
    const lines: Uint8Array[] = Array.from({ length: 500 }, () =>
      bytesOf(
        ...Array.from({ length: 1 + random.below(4) }, () => (random.below(2) === 0 ? random.pick(pieces) : bytes())),
      ),
    ).map((line) => line.map((byte) => (byte === 0x0a ? 0x20 : byte)))
    // The first bytes of a file say whether it is an archive.
    lines[0] = bytesOf(event('first'))
    const { rejected, counts } = await run(bytesOf(...lines.flatMap((line) => [line, '\n'])))
    expect(rejected.length).toBeGreaterThan(300)
    expect(counts).toMatchObject({ lines: lines.length })
    for (const reject of rejected) {
      expect({ line: reject.line, bytes: restored(reject) }).toEqual({
        line: reject.line,
        bytes: Buffer.from(lines[reject.line - 1]),
      })
    }
  })

  it.each([1, 2])('is left out when the rejects are redacted, for %d workers', async (workers) => {
    // As large as what a worker takes at once.
    const filler = `{"x":"${'x'.repeat(1_100_000)}"}\n`
    const lines = refused.flatMap((line) => [line, '\n'])
    const files = Object.fromEntries(
      ['a', 'b', 'c'].map((name) => [name, bytesOf(...lines, event(name), '\n', filler)]),
    )
    const whole = await run(files, { workers })
    const redacted = await run(files, { workers, redactRejects: true })
    expect(redacted.rejects).toEqual(whole.rejects)
    expect(redacted.counts).toEqual(whole.counts)
    const unnamed = (object: string) => object.slice(-1)
    expect(redacted.rejected.map((reject) => ({ ...reject, object: unnamed(reject.object) }))).toEqual(
      whole.rejected.map((reject) => ({
        ...reject,
        object: unnamed(reject.object),
        text: undefined,
        base64: undefined,
      })),
    )
    expect(whole.rejected.filter((reject) => 'text' in reject || 'base64' in reject)).toHaveLength(12)
  })
})
