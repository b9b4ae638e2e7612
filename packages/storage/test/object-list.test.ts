import { formatLocation, type Location, type ObjectInfo, ObjectList, storedBytes } from '@fletching/storage'
import { type Random, randomFrom, testSeed } from '@fletching/testing'
import { describe, expect, it } from 'vitest'
import { ListingOrder } from '../src/object-list.ts'
import { compareNames } from '../src/store.ts'

function objectAt(location: Location, size: number, etag?: string): ObjectInfo {
  return { location, name: formatLocation(location), size, etag }
}

function randomObject(random: Random): ObjectInfo {
  const key = `logs/${random.pick(['a', 'ä', '😀', 'x y', '%20', '{}'])}/${random.below(40)}.gz`
  const location = random.pick<Location>([
    { scheme: 's3', bucket: 'b', key },
    { scheme: 'file', path: `/data/${key}` },
    { scheme: 'memory', key },
  ])
  return objectAt(location, random.below(3) * 5_000_000_000, random.pick([undefined, '"0f"', '12-5-1558.25']))
}

describe('a list of objects', () => {
  it('gives what it was given, and the sum and the most of what is stored', () => {
    const random = randomFrom(testSeed)
    const objects = Array.from({ length: 500 }, () => randomObject(random))
    const list = new ObjectList()
    for (const object of objects) list.add(object)
    expect([...list], `FLETCHING_SEED=${testSeed}`).toEqual(objects)
    expect(list.at(70)).toEqual(objects[70])
    expect(list.at(500)).toBeUndefined()
    expect([storedBytes(list), list.bytes]).toEqual([storedBytes(objects), storedBytes(objects)])
    expect(list.largestBytes).toBe(Math.max(...objects.map(({ size }) => size)))
    expect(new ObjectList().largestBytes).toBe(0)
  })
})

describe('the order of a listing', () => {
  it('is that of the names, each once, whatever order they come in', () => {
    for (let seed = testSeed; seed < testSeed + 50; seed++) {
      const random = randomFrom(seed)
      const objects = Array.from({ length: random.below(200) }, () => randomObject(random))
      if (random.below(2) === 0) objects.sort((a, b) => compareNames(a.name, b.name))
      const order = new ListingOrder()
      for (const object of objects) order.add(object)
      const firsts = objects.filter(({ name }, index) => objects.findIndex((other) => other.name === name) === index)
      const sorted = firsts.sort((a, b) => Buffer.compare(Buffer.from(a.name), Buffer.from(b.name)))
      expect([...order.take()], `FLETCHING_SEED=${seed}`).toEqual(sorted)
    }
  })
})
