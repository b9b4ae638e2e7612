import { setImmediate } from 'node:timers/promises'
import { randomFrom, testSeed } from '@fletching/testing'
import { describe, expect, it } from 'vitest'
import { ReadAhead } from '../src/read-ahead.ts'
import type { Split, Unit } from '../src/split.ts'

const MIB = 1024 * 1024

/** Units of whole objects with these sizes; an object is named by its number. */
function unitsOf(sizes: readonly (readonly number[])[]): Unit[] {
  let index = 0
  return sizes.map((group, number) => ({
    number,
    splits: group.map((size) => {
      const object = { location: { scheme: 'memory', key: 'a' } as const, name: `${index}`, size, etag: undefined }
      return { index: index++, object, start: 0, end: undefined }
    }),
  }))
}

const splitsOf = (units: readonly Unit[]) => units.flatMap(({ splits }) => splits)

/** Lets everything go on that can. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 50; turn++) await setImmediate()
}

const noWait: (split: Split) => Promise<void> = async () => {}

/** A store whose pieces come when they are let, and what it was asked for. */
function openStore({ pieceBytes = 64 * 1024, pass = noWait } = {}) {
  const store = {
    begun: [] as number[],
    ended: [] as number[],
    underWay: 0,
    underWayMost: 0,
    /** Of what was asked for and given. */
    bytes: 0,
    async *read(this: void, split: Split, signal: AbortSignal): AsyncGenerator<Uint8Array> {
      store.begun.push(split.index)
      store.underWayMost = Math.max(store.underWayMost, ++store.underWay)
      try {
        for (let at = 0; ; at += pieceBytes) {
          await pass(split)
          signal.throwIfAborted()
          if (at >= split.object.size) break
          const bytes = new Uint8Array(Math.min(pieceBytes, split.object.size - at)).fill(split.index)
          store.bytes += bytes.length
          yield bytes
        }
      } finally {
        store.underWay--
        store.ended.push(split.index)
      }
    },
  }
  return store
}

async function take(ahead: ReadAhead, split: Split): Promise<Buffer> {
  const pieces: Uint8Array[] = []
  for await (const bytes of ahead.take(split)) pieces.push(bytes)
  return Buffer.concat(pieces)
}

const never = () => new Promise<void>(() => {})

describe('reading ahead', () => {
  it('gives what reading one after the other gives, whoever takes what and when, within its bounds', async () => {
    for (let round = 0; round < 30; round++) {
      const seed = testSeed + round
      const random = randomFrom(seed)
      const units = unitsOf(
        Array.from({ length: 1 + random.below(12) }, () =>
          Array.from({ length: 1 + random.below(20) }, () => random.pick([0, 1, 100, 5000, 70_000])),
        ),
      )
      const bytesMax = random.pick([1, 4096, 20_000, 200_000, 10_000_000])
      const store = openStore({
        pieceBytes: 1 + random.below(8000),
        pass: async () => {
          for (let turns = random.below(4); turns > 0; turns--) await setImmediate()
        },
      })
      const ahead = new ReadAhead({ units, bytesMax, read: store.read })
      let taken = 0
      const next = units[Symbol.iterator]()
      const takers = Array.from({ length: 1 + random.below(4) }, async () => {
        for (const { splits } of next) {
          for (const split of splits) {
            const pieces: Uint8Array[] = []
            for await (const bytes of ahead.take(split)) {
              pieces.push(bytes)
              taken += bytes.length
              // A piece more of each that is under way, and one at hand of those who take.
              expect(store.bytes - taken, `FLETCHING_SEED=${seed}`).toBeLessThanOrEqual(bytesMax + 40 * 8000)
              if (random.below(3) === 0) await setImmediate()
            }
            const expected = Buffer.alloc(split.object.size, split.index)
            expect(Buffer.concat(pieces).equals(expected), `FLETCHING_SEED=${seed}, ${split.index}`).toBe(true)
          }
        }
      })
      await Promise.all(takers)
      expect(store.begun.toSorted((a, b) => a - b)).toEqual(splitsOf(units).map(({ index }) => index))
      expect(store.underWayMost).toBeLessThanOrEqual(32 + takers.length)
      expect(store.underWay).toBe(0)
    }
  })

  it('begins nothing before the first is wanted, and then 32 of small ones, over the ends of units', async () => {
    const units = unitsOf(Array.from({ length: 20 }, () => [10, 10, 10]))
    const store = openStore({ pass: never })
    const ahead = new ReadAhead({ units, bytesMax: 32 * MIB, read: store.read })
    await settle()
    expect(store.begun).toEqual([])
    void take(ahead, units[0].splits[0]).catch(() => {})
    await settle()
    expect(store.begun).toEqual(Array.from({ length: 32 }, (_, n) => n))
  })

  it('begins another when one has come, whether or not it is taken, as long as there is room', async () => {
    const units = unitsOf(Array.from({ length: 100 }, () => [100_000]))
    const store = openStore()
    const ahead = new ReadAhead({ units, bytesMax: 5_000_000, read: store.read })
    const [first, second] = splitsOf(units)
    const taking = ahead.take(first)
    await taking.next()
    await settle()
    expect(store.begun).toHaveLength(50)
    expect(store.bytes).toBe(5_000_000)
    // What is at hand is taken when its object is.
    await taking.next()
    await settle()
    expect(store.begun).toHaveLength(50)
    expect((await taking.next()).done).toBe(true)
    expect(await take(ahead, second)).toHaveLength(100_000)
    await settle()
    expect(store.begun).toHaveLength(52)
  })

  it('holds little of what is large: eight ranges are under way, whoever waits for what', async () => {
    const units = unitsOf(Array.from({ length: 20 }, () => [64 * MIB]))
    const store = openStore()
    const ahead = new ReadAhead({ units, bytesMax: 16 * MIB, read: store.read })
    const splits = splitsOf(units)
    const first = ahead.take(splits[0])
    await first.next()
    await settle()
    expect(store.begun).toEqual([0, 1, 2, 3, 4, 5, 6, 7])
    expect(store.bytes).toBeLessThanOrEqual(16 * MIB + 9 * 64 * 1024)
    // One that is wanted earlier is not held at all.
    const early = ahead.take(splits[15])
    await early.next()
    await settle()
    expect(store.begun).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 15])
    expect(store.bytes).toBeLessThanOrEqual(16 * MIB + 11 * 64 * 1024)
    let rest = 64 * 1024
    for await (const bytes of first) rest += bytes.length
    expect(rest).toBe(64 * MIB)
    ahead.close()
    await settle()
    expect(store.underWay).toBe(0)
  })

  it('fails where what failed is taken, and begins no more', async () => {
    const units = unitsOf([Array.from({ length: 200 }, () => 10)])
    const splits = splitsOf(units)
    let first = () => {}
    const firstMayCome = new Promise<void>((resolve) => {
      first = resolve
    })
    const store = openStore({
      pass: async ({ index }) => {
        if (index === 0) await firstMayCome
        if (index === 6) throw new Error('no 6')
      },
    })
    const ahead = new ReadAhead({ units, bytesMax: MIB, read: store.read })
    const begin = take(ahead, splits[0])
    await settle()
    first()
    expect(await begin).toHaveLength(10)
    await settle()
    expect(store.begun.length).toBeLessThan(40)
    for (const split of splits.slice(1, 6)) expect(await take(ahead, split)).toHaveLength(10)
    await expect(take(ahead, splits[6])).rejects.toThrow('no 6')
    // Another thread may want what lies behind.
    expect(await take(ahead, splits[150])).toHaveLength(10)
    expect(store.begun.length).toBeLessThan(40)
  })

  it('gives what came before a failure', async () => {
    const units = unitsOf([[100_000, 100_000]])
    let pieces = 0
    const store = openStore({
      pass: async ({ index }) => {
        if (index === 1 && ++pieces === 2) throw new Error('cut')
      },
    })
    const ahead = new ReadAhead({ units, bytesMax: MIB, read: store.read })
    const [first, second] = splitsOf(units)
    await take(ahead, first)
    const taking = ahead.take(second)
    expect((await taking.next()).value).toHaveLength(64 * 1024)
    await expect(taking.next()).rejects.toThrow('cut')
  })

  it('ends what is on its way when it is closed, and asks for nothing any more', async () => {
    const units = unitsOf([[10, 9 * MIB, ...Array.from({ length: 60 }, () => 10)]])
    const splits = splitsOf(units)
    const signals: AbortSignal[] = []
    const ahead = new ReadAhead({
      units,
      bytesMax: 32 * MIB,
      read: async function* ({ index, object }, signal) {
        signals.push(signal)
        if (index < 2) yield new Uint8Array(object.size)
        await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
      },
    })
    const taking = ahead.take(splits[0])
    await taking.next()
    const waiting = expect(taking.next()).rejects.toThrow('aborted')
    await settle()
    expect(signals).toHaveLength(32)
    ahead.close()
    await waiting
    expect(signals.every(({ aborted }) => aborted)).toBe(true)
    await expect(take(ahead, splits[50])).rejects.toThrow('aborted')
    await settle()
    expect(signals).toHaveLength(33)
    expect(signals[32].aborted).toBe(true)
  })

  it('ends what nobody takes to its end', async () => {
    const units = unitsOf([[9 * MIB]])
    const store = openStore()
    const ahead = new ReadAhead({ units, bytesMax: 32 * MIB, read: store.read })
    for await (const _ of ahead.take(units[0].splits[0])) break
    await settle()
    expect(store.ended).toEqual([0])
    expect(store.bytes).toBeLessThan(3 * MIB)
  })
})
