import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { inFolder, type Random, randomFrom, testSeed } from '@fletching/testing'
import { Utf8, vectorFromArray } from 'apache-arrow'
import { describe, expect, it } from 'vitest'
import type { DistinctOptions } from '../src/distinct.ts'
import { keysOf } from '../src/keys.ts'
import { Latest } from '../src/latest.ts'
import { Verdict } from '../src/verdict-parts.ts'

/** A key, and the words of its order. */
interface Ordered {
  readonly text: string
  readonly high: number
  readonly low: number
}

/** Asks for keys in batches of random sizes: which are the last of their like. */
async function tell(entries: readonly Ordered[], random: Random, options: DistinctOptions): Promise<boolean[]> {
  const latest = new Latest(options)
  try {
    const batches: Uint8Array[] = []
    for (let at = 0; at < entries.length; ) {
      const batch = entries.slice(at, at + 1 + random.below(900))
      const texts = vectorFromArray(
        batch.map(({ text }) => text),
        new Utf8(),
      )
      const keys = keysOf(
        [texts],
        Int32Array.from(batch, (_, row) => row),
      )
      const orders = Int32Array.from(batch.flatMap(({ high, low }) => [high, low]))
      const verdicts = await latest.decide(keys, orders)
      expect(verdicts.every((verdict) => verdict >= Verdict.later)).toBe(true)
      batches.push(verdicts)
      at += batch.length
    }
    expect(latest.hasLater).toBe(entries.length > 0)
    await latest.settle()
    for (const batch of batches) await latest.fill(batch)
    return batches.flatMap((batch) => Array.from(batch, (verdict) => verdict === Verdict.first))
  } finally {
    await latest.close()
  }
}

function lastOracle(entries: readonly Ordered[]): boolean[] {
  const last = new Map<string, number>()
  for (const [place, { text, high, low }] of entries.entries()) {
    const before = entries[last.get(text) ?? place]
    const isBehind = high > before.high || (high === before.high && low >>> 0 >= before.low >>> 0)
    if (isBehind) last.set(text, place)
  }
  return entries.map(({ text }, place) => last.get(text) === place)
}

function randomEntries(random: Random, count: number, likes: number): Ordered[] {
  return Array.from({ length: count }, () => ({
    text: `user-${random.below(likes)}-${'x'.repeat(random.below(20))}`,
    high: random.pick([-1, 0, 1, -0x8000_0000]),
    low: random.pick([0, 1, -1, -0x8000_0000]),
  }))
}

describe('the last of keys that are alike', () => {
  it.each([1, 3000, 100_000, 1 << 30])(
    `is that of a map within %i bytes, seed ${testSeed}`,
    (bytesMax) =>
      inFolder(async (folder) => {
        const random = randomFrom(testSeed + bytesMax)
        for (const likes of [3, 20_000]) {
          const entries = randomEntries(random, bytesMax === 1 ? 1500 : 20_000, likes)
          expect(await tell(entries, random, { bytesMax, tmp: folder })).toEqual(lastOracle(entries))
        }
        expect(await readdir(folder)).toEqual([])
      }),
    60_000,
  )

  it('is the last in their order where nothing else tells', () =>
    inFolder(async (folder) => {
      const latest = new Latest({ bytesMax: 1 << 20, tmp: folder })
      const keys = keysOf([vectorFromArray(['a', 'b', 'a', 'a'], new Utf8())], Int32Array.of(0, 1, 2, 3))
      const verdicts = await latest.decide(keys)
      await latest.settle()
      await latest.fill(verdicts)
      await latest.close()
      expect([...verdicts]).toEqual([Verdict.repeated, Verdict.first, Verdict.repeated, Verdict.first])
    }))

  it('may have keys longer than a block and the bound', () =>
    inFolder(async (folder) => {
      const random = randomFrom(testSeed)
      const entries = Array.from({ length: 40 }, (_, n) => ({
        text: `${'x'.repeat(n % 2 === 0 ? 100_000 : 1_500_000)}${n >> 3}`,
        high: 0,
        low: random.below(3),
      }))
      for (const bytesMax of [1, 4_000_000]) {
        expect(await tell(entries, random, { bytesMax, tmp: folder })).toEqual(lastOracle(entries))
      }
    }))

  it('needs none', () =>
    inFolder(async (folder) => {
      expect(await tell([], randomFrom(testSeed), { bytesMax: 1, tmp: folder })).toEqual([])
      expect(await readdir(folder)).toEqual([])
    }))

  it('ends with the reason of its signal, and without room on disk', () =>
    inFolder(async (folder) => {
      const random = randomFrom(testSeed)
      const entries = randomEntries(random, 3000, 9)
      const options = { bytesMax: 1 << 20, tmp: folder, signal: AbortSignal.abort(new Error('enough')) }
      await expect(tell(entries, random, options)).rejects.toThrow('enough')
      expect(await readdir(folder)).toEqual([])
      await mkdir(join(folder, 'sub'))
      await writeFile(join(folder, 'sub', 'file'), '')
      const noFolder = join(folder, 'sub', 'file')
      await expect(tell(entries, random, { bytesMax: 1 << 20, tmp: noFolder })).rejects.toThrow()
    }))
})
