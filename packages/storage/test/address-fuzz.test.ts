import { FletchingError } from '@fletching/columns/errors'
import { fuzz, fuzzCases, type Random, testSeed } from '@fletching/testing'
import { describe, expect, it } from 'vitest'
import { globFolder, globPattern, isGlob } from '../src/glob.ts'
import { asFolder, formatLocation, joinLocation, overlaps, parentLocation, parseLocation } from '../src/location.ts'

const CASES = fuzzCases(20_000)

/** What means something in an address or a glob, or to a file system, and some of what means nothing. */
const PARTS = [
  ...'s3:// s3: S3://b/ file:/// file:// memory: c: - / // . .. %2e % %00 %ff \\ a b é 😀 ^ $ ( ) | + # : @'.split(' '),
  ...'* ** **/ ? [ ] [! [a-c] [z-a] [] { } , {a,b} {{'.split(' '),
  '\0',
  '\n',
  ' ',
  '\ud800',
]

function address(random: Random): string {
  return Array.from({ length: random.below(9) }, () => random.pick(PARTS)).join('')
}

/** What a function gives; an author's mistake gives undefined, and nothing else may be thrown. */
function taken<T>(run: () => T): T | undefined {
  try {
    return run()
  } catch (error) {
    if (error instanceof FletchingError && error.kind === 'author') return undefined
    throw error
  }
}

describe('addresses of any characters', () => {
  it(`are places or an author's mistake (${CASES} cases from FLETCHING_SEED=${testSeed})`, async () => {
    let places = 0
    await fuzz(CASES, (random) => {
      const location = taken(() => parseLocation(address(random)))
      if (location === undefined) return
      places++
      const text = formatLocation(location)
      expect(parseLocation(text)).toEqual(location)
      if (location.scheme === 'stdin') return
      const below = joinLocation(location, 'x')
      expect(overlaps(asFolder(location), below)).toBe(true)
      expect(formatLocation(asFolder(parentLocation(below) ?? below))).toBe(formatLocation(asFolder(location)))
    })
    expect(places).toBeGreaterThan(CASES / 4)
  })

  it(`are globs or an author's mistake, and are matched in no time (${CASES} cases from FLETCHING_SEED=${testSeed})`, async () => {
    let globs = 0
    await fuzz(CASES, (random) => {
      const glob = address(random)
      const pattern = taken(() => globPattern(glob))
      if (pattern === undefined) return
      globs++
      const name = address(random)
      const isMatch = pattern.test(name)
      if (!/[*?[\]{}\\,]/.test(glob)) expect(isMatch).toBe(name === glob)
      // What matches lies in the folder that is listed for it.
      if (isMatch && isGlob(glob) && !glob.includes('\\') && !globFolder(glob).includes('}'))
        expect(name.startsWith(globFolder(glob))).toBe(true)
    })
    expect(globs).toBeGreaterThan(CASES / 4)
  })
})
