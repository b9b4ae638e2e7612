import { randomFrom, testSeed } from '@fletching/testing'
import { snappyCompress } from 'hyparquet-writer/src/snappy.js'
import { describe, expect, it } from 'vitest'
import { openWasmModule } from '../src/wasm-module.ts'
import { uncompress } from './oracle.ts'

/** What the module makes of bytes, which lie behind others that must not count. */
function compress(bytes: Uint8Array): Uint8Array {
  const module = openWasmModule()
  const start = module.ROOM.value + 3
  const target = start + bytes.length + 16
  const missing = target + 2 * bytes.length + 100 - module.memory.buffer.byteLength
  if (missing > 0) module.memory.grow(Math.ceil(missing / 65_536))
  const memory = new Uint8Array(module.memory.buffer)
  memory.fill(bytes[0], module.ROOM.value, start)
  memory.set(bytes, start)
  memory.fill(bytes.at(-1) ?? 0, start + bytes.length, target)
  return memory.slice(target, module.compress(start, bytes.length, target))
}

/** What comes out may be longer than what another compressor makes of blocks of 64 KiB, by half a hundredth. */
function check(bytes: Uint8Array): void {
  const stored = compress(bytes)
  expect(Buffer.compare(uncompress(stored), bytes)).toBe(0)
  let others = 0
  for (let at = 0; at < bytes.length; at += 65_536) others += snappyCompress(bytes.subarray(at, at + 65_536)).length
  expect(stored.length).toBeLessThanOrEqual(others * 1.005 + 8)
}

const blocks = [65_535, 65_536, 65_537, 131_072, 200_000]

describe('snappy', () => {
  it('takes bytes of every length', () => {
    for (let length = 0; length < 200; length++) {
      check(new Uint8Array(length))
      check(Uint8Array.from({ length }, (_, at) => at * 37))
      check(Uint8Array.from({ length }, (_, at) => at % 5))
    }
  })

  it.each(blocks)('takes blocks of 64 KiB: %i bytes', (length) => {
    check(new Uint8Array(length))
    check(Uint8Array.from({ length }, (_, at) => (at % 65_536 < 65_000 ? at >> 8 : at)))
  })

  it('copies from every distance', () => {
    for (const distance of [1, 2, 3, 4, 7, 8, 9, 60, 64, 68, 2047, 2048, 2049, 30_000, 65_000, 65_535, 65_536]) {
      const random = randomFrom(testSeed + distance)
      const piece = Uint8Array.from({ length: distance }, () => random.below(256))
      for (const length of [4, 11, 12, 59, 60, 61, 64, 65, 67, 68, 69, 132, 1000]) {
        check(Buffer.concat([piece, Uint8Array.from({ length }, (_, at) => piece[at % distance])]))
      }
    }
  })

  it.each(blocks)('makes what cannot be made shorter hardly longer: %i bytes', (length) => {
    const random = randomFrom(testSeed)
    const bytes = Uint8Array.from({ length }, () => random.below(256))
    check(bytes)
    expect(compress(bytes).length).toBeLessThan(length * 1.001 + 10)
  })

  it.each(Array.from({ length: 30 }, (_, i) => testSeed + i))(
    'gives back what it took, and no more than the reference (FLETCHING_SEED=%i)',
    (seed) => {
      const random = randomFrom(seed)
      const letters = 1 + random.below(random.pick([2, 10, 256]))
      const bytes: number[] = []
      const length = random.pick([10, 100, 5000, 150_000])
      while (bytes.length < length) {
        const from = random.below(bytes.length)
        const count = random.below(random.pick([3, 20, 300]))
        if (random.below(3) > 0) bytes.push(...bytes.slice(from, from + count))
        else for (let i = 0; i <= count; i++) bytes.push(random.below(letters))
      }
      check(Uint8Array.from(bytes))
    },
  )

  it('is as good as the reference on what columns hold', () => {
    const random = randomFrom(testSeed)
    const longs = BigInt64Array.from({ length: 100_000 }, () => 1_558_188_202_129n + BigInt(random.below(86_400_000)))
    check(new Uint8Array(longs.buffer))
    const users = Array.from({ length: 50_000 }, () => `${1_000_000_000 + random.below(300_000)}\0\0\0\x0a`)
    check(Buffer.from(users.join('')))
  })
})
