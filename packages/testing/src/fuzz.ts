import { type Random, randomFrom, testSeed } from './random-vectors.ts'
import { triesAll } from './sample.ts'

/** How many cases a fuzzer tries: FLETCHING_FUZZ_CASES, or so many with FLETCHING_FAULTS=all, of which else a third keeps a run of all tests short. */
export function fuzzCases(whole: number): number {
  return Number(process.env.FLETCHING_FUZZ_CASES ?? (triesAll ? whole : Math.ceil(whole / 3)))
}

/** Tries so many cases, each with random numbers of its own; a failure tells the seed by which its case comes first. */
export async function fuzz(cases: number, check: (random: Random) => Promise<void> | void): Promise<void> {
  for (let number = 0; number < cases; number++) {
    const seed = testSeed + number
    try {
      await check(randomFrom(seed))
    } catch (error) {
      if (error instanceof Error) error.message = `FLETCHING_SEED=${seed}\n${error.message}`
      throw error
    }
  }
}

/** Bytes with one to four changes: a bit, a byte, what is cut off, left out, put in, doubled, or moved. */
export function damaged(random: Random, bytes: Uint8Array): Buffer {
  let damage: Buffer = Buffer.from(bytes)
  for (let count = 1 + random.below(4); count > 0; count--) damage = change(random, damage)
  return damage
}

function change(random: Random, bytes: Buffer): Buffer {
  const at = random.below(bytes.length + 1)
  const few = random.below(random.pick([2, 9, 65]))
  const [before, after] = [bytes.subarray(0, at), bytes.subarray(at)]
  switch (random.below(7)) {
    case 0:
      return Buffer.concat([
        before,
        after.subarray(0, 1).map((byte) => byte ^ (1 << random.below(8))),
        after.subarray(1),
      ])
    case 1:
      return Buffer.concat([before, randomBytes(random, 1), after.subarray(1)])
    case 2:
      return before
    case 3:
      return Buffer.concat([before, after.subarray(few)])
    case 4:
      return Buffer.concat([before, randomBytes(random, few), after])
    case 5:
      return Buffer.concat([before, after.subarray(0, few), after])
    default: {
      const to = random.below(after.length + 1)
      return Buffer.concat([before, after.subarray(few, few + to), after.subarray(0, few), after.subarray(few + to)])
    }
  }
}

export function randomBytes(random: Random, count: number): Buffer {
  return Buffer.from(Array.from({ length: count }, () => random.below(256)))
}
