import { randomFrom, testSeed } from '@fletching/testing'
import { describe, expect, it } from 'vitest'
import { FrequentTexts } from '../../src/profile/frequent-texts.ts'

describe('FrequentTexts', () => {
  it(`counts exactly while there is room, and else within its error (FLETCHING_SEED=${testSeed})`, () => {
    const random = randomFrom(testSeed)
    for (let round = 0; round < 40; round++) {
      const [room, texts, different] = [1 + random.below(30), random.below(3000), 1 + random.below(60)]
      const frequent = new FrequentTexts(room)
      const exact = new Map<string, number>()
      for (let n = 0; n < texts; n++) {
        const text = String(Math.floor(different * (random.below(1000) / 1000) ** 3))
        frequent.add(text)
        exact.set(text, (exact.get(text) ?? 0) + 1)
      }
      const top = frequent.top(Number.POSITIVE_INFINITY)
      if (exact.size <= room) expect(frequent.errorMax).toBe(0)
      expect(frequent.errorMax).toBeLessThanOrEqual((2 * texts) / room)
      expect(top.length).toBeLessThanOrEqual(room)
      const found = new Map(top.map(({ name, count }) => [name, count]))
      for (const [name, count] of exact) {
        expect(found.get(name) ?? 0).toBeLessThanOrEqual(count)
        expect(found.get(name) ?? 0).toBeGreaterThanOrEqual(count - frequent.errorMax)
      }
      expect(top).toEqual(top.toSorted((one, other) => other.count - one.count || (one.name < other.name ? -1 : 1)))
    }
  })
})
