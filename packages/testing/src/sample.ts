import { type Random, randomFrom, testSeed } from './random-vectors.ts'

/** Whether a test tries all of its cases, as `npm run test:faults` does, and not a sample. */
export const triesAll = process.env.FLETCHING_FAULTS === 'all'

/** One of every so many cases that follow each other, the last few included, drawn by the seed of the tests; all of them with FLETCHING_FAULTS=all. */
export function sample<T>(cases: readonly T[], every: number, random: Random = randomFrom(testSeed)): T[] {
  if (triesAll) return [...cases]
  const drawn: T[] = []
  for (let at = 0; at < cases.length; at += every) drawn.push(random.pick(cases.slice(at, at + every)))
  return drawn
}

/** What a test tries, for its title. */
export const sampleTitle = triesAll ? 'all' : `a sample of them (FLETCHING_SEED=${testSeed})`
