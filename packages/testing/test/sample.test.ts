import { expect, it } from 'vitest'
import { sample, sampleTitle, testSeed, triesAll } from '../src/index.ts'
import { randomFrom } from '../src/random-vectors.ts'

const cases = Array.from({ length: 25 }, (_, number) => number)

it.skipIf(triesAll)(
  'a sample has one of every so many, the last few included, and is the same for a seed (without FLETCHING_FAULTS=all)',
  () => {
    for (let seed = 0; seed < 100; seed++) {
      const drawn = sample(cases, 10, randomFrom(seed))
      expect(drawn.map((number) => Math.floor(number / 10))).toEqual([0, 1, 2])
      expect(sample(cases, 10, randomFrom(seed))).toEqual(drawn)
    }
    expect(sample(cases, 10)).toEqual(sample(cases, 10, randomFrom(testSeed)))
    expect(sample([], 10)).toEqual([])
    expect(sampleTitle).toBe(`a sample of them (FLETCHING_SEED=${testSeed})`)
  },
)

it('every case is drawn by some seed', () => {
  const drawn = new Set<number>()
  for (let seed = 0; seed < 200; seed++) for (const number of sample(cases, 10, randomFrom(seed))) drawn.add(number)
  expect(drawn.size).toBe(cases.length)
})

it.skipIf(!triesAll)('a sample is all of it with FLETCHING_FAULTS=all', () => {
  expect(sample(cases, 10)).toEqual(cases)
  expect(sampleTitle).toBe('all')
})
