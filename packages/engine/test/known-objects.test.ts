import { type ObjectInfo, parseLocation } from '@fletching/storage'
import { randomFrom, testSeed } from '@fletching/testing'
import { describe, expect, it } from 'vitest'
import { KnownObjects } from '../src/known-objects.ts'

const objectOf = (name: string, version: number): ObjectInfo => ({
  location: parseLocation(`memory:${name}`),
  name,
  size: version % 3,
  etag: `"${version}"`,
})

describe('known objects', () => {
  it(`are found as in a map from names to versions, whatever their number, seed ${testSeed}`, () => {
    const random = randomFrom(testSeed)
    const known = new KnownObjects()
    const oracle = new Map<string, { version: number; run: number }>()
    for (let step = 0; step < 20_000; step++) {
      const name = `s3://b/${random.below(6000)}`
      const version = random.below(3)
      if (random.below(3) > 0) {
        known.add({ run: step, ...objectOf(name, version), etag: `"${version}"` })
        oracle.set(name, { version, run: step })
      }
      const asked = `s3://b/${random.below(6000)}`
      const found = oracle.get(asked)
      const expected = found && { run: found.run, isSame: found.version === version }
      expect(known.find(objectOf(asked, version)), `step ${step}`).toEqual(expected)
    }
    expect(known.count).toBe(oracle.size)
  })

  it('differ by their size alone, and by their ETag alone', () => {
    const known = new KnownObjects()
    known.add({ run: 7, name: 'a', etag: '"1"', size: 10 })
    const at = parseLocation('memory:a')
    expect(known.find({ location: at, name: 'a', etag: '"1"', size: 10 })).toEqual({ run: 7, isSame: true })
    expect(known.find({ location: at, name: 'a', etag: '"1"', size: 11 })).toEqual({ run: 7, isSame: false })
    expect(known.find({ location: at, name: 'a', etag: '"2"', size: 10 })).toEqual({ run: 7, isSame: false })
    expect(known.find({ location: at, name: 'A', etag: '"1"', size: 10 })).toBeUndefined()
  })
})

describe('a quarter of a million known objects', () => {
  it('fit into less than 30 MB', () => {
    const before = process.memoryUsage().arrayBuffers
    const known = new KnownObjects()
    for (let number = 0; number < 250_000; number++) {
      known.add({
        run: number % 1000,
        name: `s3://acme/segment-logs/source/1558137600000/${number}.gz`,
        etag: '"e"',
        size: 1,
      })
    }
    expect(known.count).toBe(250_000)
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(30_000_000)
    expect(known.find(objectOf('s3://acme/segment-logs/source/1558137600000/250000.gz', 1))).toBeUndefined()
  }, 60_000)
})
