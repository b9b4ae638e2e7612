import { randomFrom, testSeed } from '@fletching/testing'
import { expect, it } from 'vitest'
import { putBytes } from '../src/put-bytes.ts'

it.each([ArrayBuffer, SharedArrayBuffer])(
  `bytes are put where they belong in an %o (FLETCHING_SEED=${testSeed})`,
  (Memory) => {
    const { below } = randomFrom(testSeed)
    const memory = new Uint8Array(new Memory(1000), 100, 800)
    const expected = Buffer.alloc(1000)
    for (let round = 0; round < 200; round++) {
      const at = below(memory.length + 1)
      const bytes = Uint8Array.from({ length: below(memory.length - at + 1) }, () => below(256))
      expected.set(bytes, 100 + at)
      putBytes(memory, at, bytes)
      expect(Buffer.from(memory.buffer).equals(expected)).toBe(true)
    }
  },
)
