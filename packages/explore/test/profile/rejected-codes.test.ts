import { openMemoryStore } from '@fletching/storage'
import { describe, expect, it } from 'vitest'
import { rejectedCodes } from '../../src/profile.ts'

async function codesOf(...files: readonly string[]) {
  const store = openMemoryStore()
  const objects = []
  for (const [n, text] of files.entries()) {
    const location = { scheme: 'memory', key: `rejects-${n}.ndjson` } as const
    await store.put(location, new TextEncoder().encode(text))
    const object = await store.stat(location)
    if (object !== undefined) objects.push(object)
  }
  return rejectedCodes(store, objects).catch((error: unknown) => String(error))
}

const reject = (code: string, object: string, line: number) =>
  `${JSON.stringify({ object, line, byteOffset: 0, stage: 'malformed', code, text: '{' })}\n`

describe('rejectedCodes', () => {
  it('counts by code over all files, the most frequent first, each with its first place', async () => {
    expect(
      await codesOf(
        reject('B', 'a.json', 7) + reject('A', 'a.json', 9) + reject('A', 'b.json', 1),
        reject('C', 'c.json', 2) + reject('A', 'a.json', 1),
      ),
    ).toEqual({
      objects: 2,
      lines: 5,
      codes: [
        { name: 'A', count: 3, first: { object: 'a.json', line: 9 } },
        { name: 'B', count: 1, first: { object: 'a.json', line: 7 } },
        { name: 'C', count: 1, first: { object: 'c.json', line: 2 } },
      ],
    })
  })

  it.each([
    ['something else', 'a,b\n', 'memory:rejects-0.ndjson'],
    ['a line that is cut', `${reject('A', 'a', 1)}{"object":\n`, 'memory:rejects-0.ndjson, line 2'],
    ['a line without a code', '{"object":"a","line":1}\n', 'memory:rejects-0.ndjson, line 1'],
  ])('refuses %s', async (_, text, at) => {
    expect(await codesOf(text)).toBe(
      `FletchingError: BAD_REJECTS: what a run left of the lines that it refused cannot be read\n  at ${at}\n  expected the file as the run wrote it; run the job again`,
    )
  })
})
