import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { inFolder, type Random, randomFrom, testSeed } from '@fletching/testing'
import { Utf8, vectorFromArray } from 'apache-arrow'
import { describe, expect, it } from 'vitest'
import { Distinct, type DistinctOptions } from '../src/distinct.ts'
import { halfSipHash } from '../src/half-sip-hash.ts'
import { KeyTable } from '../src/key-table.ts'
import { type Keys, keysOf } from '../src/keys.ts'
import { Verdict } from '../src/verdict-parts.ts'

function keysFrom(texts: readonly string[]): Keys {
  return keysOf(
    [vectorFromArray(texts, new Utf8())],
    Int32Array.from(texts, (_, row) => row),
  )
}

interface Told {
  readonly isRepeated: readonly boolean[]
  /** Keys whose verdict had to wait. */
  readonly later: number
}

/** Asks for texts in batches of random sizes, and settles what was left open. */
async function tell(texts: readonly string[], random: Random, options: DistinctOptions): Promise<Told> {
  const distinct = new Distinct(options)
  try {
    const batches: Uint8Array[] = []
    for (let at = 0; at < texts.length; ) {
      const batch = texts.slice(at, at + 1 + random.below(900))
      batches.push(await distinct.decide(keysFrom(batch)))
      at += batch.length
    }
    const later = batches.reduce((sum, batch) => sum + batch.filter((verdict) => verdict >= Verdict.later).length, 0)
    expect(distinct.hasLater).toBe(later > 0)
    await distinct.settle()
    for (const batch of batches) await distinct.fill(batch)
    const isRepeated = batches.flatMap((batch) => Array.from(batch, (verdict) => verdict === Verdict.repeated))
    return { isRepeated, later }
  } finally {
    await distinct.close()
  }
}

function repeatedOracle(texts: readonly string[]): boolean[] {
  const seen = new Set<string>()
  return texts.map((text) => seen.size === seen.add(text).size)
}

/** Keys of which about a third repeat one that came long before. */
function randomTexts(random: Random, count: number): string[] {
  const texts: string[] = []
  for (let n = 0; n < count; n++) {
    const isRepeat = n > 0 && random.below(3) === 0
    texts.push(isRepeat ? texts[random.below(n)] : `ajs-${random.below(2 ** 31)}-${'x'.repeat(random.below(40))}`)
  }
  return texts
}

describe('repeated keys', () => {
  it.each([1, 3000, 20_000, 300_000, 1 << 30])(
    `are those of a set within %i bytes, seed ${testSeed}`,
    (bytesMax) =>
      inFolder(async (folder) => {
        const random = randomFrom(testSeed + bytesMax)
        const texts = randomTexts(random, bytesMax === 1 ? 3000 : 40_000)
        const { isRepeated, later } = await tell(texts, random, { bytesMax, tmp: folder })
        expect(isRepeated).toEqual(repeatedOracle(texts))
        expect(later > texts.length / 2).toBe(bytesMax < 1 << 30)
        expect(await readdir(folder)).toEqual([])
      }),
    60_000,
  )

  it('may be longer than a block, a chunk and the bound', () =>
    inFolder(async (folder) => {
      const random = randomFrom(testSeed)
      const long = Array.from({ length: 12 }, (_, n) => `${'x'.repeat(n % 2 === 0 ? 100_000 : 1_500_000)}${n >> 2}`)
      const texts = Array.from({ length: 60 }, () => (random.below(4) === 0 ? `${random.below(9)}` : random.pick(long)))
      for (const bytesMax of [1, 4_000_000, 1 << 30]) {
        const { isRepeated } = await tell(texts, random, { bytesMax, tmp: folder })
        expect(isRepeated, `${bytesMax} bytes`).toEqual(repeatedOracle(texts))
      }
    }))

  it('are told without a file while there is room', () =>
    inFolder(async (folder) => {
      const random = randomFrom(testSeed)
      const { later } = await tell(randomTexts(random, 5000), random, { bytesMax: 1 << 20, tmp: join(folder, 'none') })
      expect(later).toBe(0)
      expect(await readdir(folder)).toEqual([])
    }))
})

describe('what ends early', () => {
  it('says that there is no room on disk', () =>
    inFolder(async (folder) => {
      await writeFile(join(folder, 'file'), '')
      const random = randomFrom(testSeed)
      const tmp = join(folder, 'file', 'below')
      await expect(tell(randomTexts(random, 5000), random, { bytesMax: 1000, tmp })).rejects.toThrow(
        new RegExp(`^SPILL: cannot write what has to wait: ENOTDIR.*\n {2}at ${tmp}\n {2}give a folder with room`),
      )
    }))

  it('ends with the reason of its signal, and leaves no file', () =>
    inFolder(async (folder) => {
      const random = randomFrom(testSeed)
      const tmp = join(folder, 'tmp')
      await mkdir(tmp)
      const signal = AbortSignal.abort(new Error('enough'))
      await expect(tell(randomTexts(random, 5000), random, { bytesMax: 1000, tmp, signal })).rejects.toThrow('enough')
      expect(await readdir(tmp)).toEqual([])
    }))
})

describe('a table of keys', () => {
  it('takes as many as its bound allows, and one at least', () => {
    const texts = Array.from({ length: 5000 }, (_, n) => `key ${n}`)
    const keys = keysFrom(texts)
    const { slots } = halfSipHash(keys, [1, 2])
    const countIn = (bytesMax: number) => {
      const table = new KeyTable(bytesMax)
      return texts.filter((_, key) => table.add(keys, key, slots[key]) === 'new').length
    }
    // Sixteen bytes for a key of two words and its lengths; a slot is eight, and there are two for each of these numbers of keys.
    expect([0, 4096, 65_536, 1 << 20].map(countIn)).toEqual([1, 128, 2048, 5000])
  })

  it('compares keys whose hashes are equal, and forgets', () => {
    const texts = Array.from({ length: 300 }, (_, n) => `key ${n % 200}`)
    const keys = keysFrom(texts)
    const table = new KeyTable(1 << 20)
    const isNew = () => texts.map((_, key) => table.add(keys, key, 7) === 'new')
    const expected = repeatedOracle(texts).map((isRepeated) => !isRepeated)
    expect(isNew()).toEqual(expected)
    table.clear()
    expect(isNew()).toEqual(expected)
  })
})

describe('hashes', () => {
  it('depend on every word, on the length and on the secret, and fall evenly', () => {
    const texts = Array.from({ length: 16_000 }, (_, n) => `message ${n}`)
    const keys = keysFrom(texts)
    const one = halfSipHash(keys, [1, 2])
    for (const hashes of [one.slots, one.parts]) {
      expect(new Set(hashes).size).toBeGreaterThan(15_990)
      for (let shift = 0; shift < 32; shift += 4) {
        const counts = new Int32Array(16)
        for (const hash of hashes) counts[(hash >>> shift) & 15]++
        // Far beyond chance: 1000 each, give or take 31.
        expect(Math.max(...counts) - Math.min(...counts), `bits from ${shift}`).toBeLessThan(300)
      }
    }
    const other = halfSipHash(keys, [1, 3])
    expect(other.slots.filter((hash, key) => hash === one.slots[key]).length).toBeLessThan(10)
    const zeros = {
      words: new Int32Array(9),
      starts: new Int32Array(9),
      lengths: Int32Array.from({ length: 9 }, (_, n) => n),
    }
    expect(new Set(halfSipHash(zeros, [0, 0]).slots).size).toBe(9)
  })
})
