import type { ObjectInfo } from '@fletching/storage'
import { describe, expect, it } from 'vitest'
import { assertInputWithin, assertMemoryFor } from '../src/limits.ts'

function objectsOf(...sizes: readonly number[]): ObjectInfo[] {
  return sizes.map((size, number) => ({
    location: { scheme: 'memory', key: `${number}` },
    name: `memory:${number}`,
    size,
    etag: undefined,
  }))
}

describe('the memory for what is kept of objects', () => {
  const million = { length: 1_000_000, at: () => undefined, [Symbol.iterator]: () => objectsOf()[Symbol.iterator]() }

  it.each([undefined, 300e6])('is enough with %s bytes', (memoryBytesMax) => {
    expect(() => assertMemoryFor(million, memoryBytesMax === undefined ? {} : { memoryBytesMax })).not.toThrow()
  })

  it('is too little below', () => {
    const message = `LITTLE_MEMORY: a run over 1000000 objects needs 300MB, and may use 299MB
  nothing was read: something is kept of each of them until all have been read
  give it as much memory, by --max-memory or the container; or several runs: with a bookmark, --max-files bounds how many objects each of them reads`
    expect(() => assertMemoryFor(million, { memoryBytesMax: 299e6 })).toThrow(
      expect.objectContaining({ message, kind: 'environment' }),
    )
  })
})

it('the first object beyond a limit in bytes is the one that passes it', () => {
  expect(() => assertInputWithin(objectsOf(3, 4, 5), { inputBytesMax: 12 })).not.toThrow()
  expect(() => assertInputWithin(objectsOf(3, 4, 5), { inputBytesMax: 6 })).toThrow(
    'INPUT_TOO_LARGE: the input has 12 stored bytes, more than 6\n  at memory:1, the first beyond the limit',
  )
})
