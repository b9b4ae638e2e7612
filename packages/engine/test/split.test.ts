import { truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import {
  type ObjectInfo,
  openDiscardStore,
  openLocalStore,
  openMemoryStore,
  parseLocation,
  type Store,
} from '@fletching/storage'
import { inFolder } from '@fletching/testing'
import { describe, expect, it } from 'vitest'
import { planUnits, soleArchive } from '../src/split.ts'

const MIB = 1024 * 1024
const local = openLocalStore()

function objectOf(name: string, size: number): ObjectInfo {
  return { location: { scheme: 'memory', key: name }, name, size, etag: undefined }
}

/** `a+b` for objects in one unit, `a[0-16)` for a part in MiB. */
async function show(
  objects: readonly ObjectInfo[],
  store = openMemoryStore(),
  options: { readonly numbersLines?: boolean } = {},
): Promise<string[]> {
  const units = [...(await planUnits(objects, store, options))]
  return units.map(({ splits }) =>
    splits
      .map(({ object, start, end }) => {
        const name = object.name.slice(object.name.lastIndexOf('/') + 1)
        if (start === 0 && end === undefined) return name
        return `${name}[${start / MIB}-${end === undefined ? '' : end / MIB})`
      })
      .join('+'),
  )
}

describe('the units of an input', () => {
  it('are none of nothing', async () => expect(await show([])).toEqual([]))

  it('group small objects in their order, up to a size', async () => {
    const sizes = { a: 10, b: MIB - 10, c: 1, d: 5 * MIB, e: 0, f: 10 }
    const objects = Object.entries(sizes).map(([name, size]) => objectOf(name, size))
    expect(await show(objects)).toEqual(['a+b', 'c', 'd', 'e+f'])
  })

  it('are larger groups of a larger input, up to the size of a part', async () => {
    const lengths = async (count: number, size: number) => {
      const objects = Array.from({ length: count }, (_, n) => objectOf(`o${n}`, size))
      const units = [...(await planUnits(objects, openMemoryStore()))]
      return [units.length, Math.max(...units.map(({ splits }) => splits.length))]
    }
    expect(await lengths(256, MIB / 2)).toEqual([64, 4])
    expect(await lengths(1024, 8 * MIB)).toEqual([512, 2])
  })

  it('hold no more than 256 objects', async () => {
    const objects = Array.from({ length: 600 }, (_, n) => objectOf(`o${n}`, 1))
    const planned = await planUnits(objects, openMemoryStore())
    const units = [...planned]
    expect(units.map(({ number }) => planned.at(number))).toEqual(units)
    expect(planned.at(3)).toBeUndefined()
    expect(units.map(({ number, splits }) => [number, splits.length])).toEqual([
      [0, 256],
      [1, 256],
      [2, 88],
    ])
    expect(units.flatMap(({ splits }) => splits.map(({ index }) => index))).toEqual(
      Array.from({ length: 600 }, (_, n) => n),
    )
  })

  it('cut a large plain file where it can be read from any place on, and no other', () =>
    inFolder(async (folder) => {
      const fileOf = async (name: string, begin: Uint8Array, size: number) => {
        await writeFile(join(folder, name), begin)
        await truncate(join(folder, name), size)
        return (await local.stat(parseLocation(join(folder, name)))) as ObjectInfo
      }
      const plain = await fileOf('plain', Buffer.from('{'), 50 * MIB)
      const small = await fileOf('small', Buffer.from('{'), 24 * MIB)
      const gzip = await fileOf('gzip', Buffer.from([0x1f, 0x8b]), 50 * MIB)
      const zstd = await fileOf('zstd', Buffer.from([0x28, 0xb5, 0x2f, 0xfd]), 50 * MIB)
      expect(await show([small, plain, gzip, zstd], local)).toEqual([
        'small',
        'plain[0-18.75)',
        'plain[18.75-35.15625)',
        'plain[35.15625-)',
        'gzip',
        'zstd',
      ])
      // Who reads a part does not know how many lines come before it.
      expect(await show([plain, gzip], local, { numbersLines: true })).toEqual(['plain', 'gzip'])
    }))

  it.each([
    [30, [8, 8, 8, 6]],
    [100, [12.5, 10.9, 9.6, 8.4, 8, 8, 8, 8, 8, 8, 10.6]],
    [600, [...Array(11).fill(32), 31, 27.1, 23.7]],
  ])('of a plain file of %d MiB become smaller towards its end, whatever the threads', (size, expected) =>
    inFolder(async (folder) => {
      const path = join(folder, 'plain')
      await writeFile(path, '{')
      await truncate(path, size * MIB)
      const units = [...(await planUnits([(await local.stat(parseLocation(path))) as ObjectInfo], local))]
      const ranges = units.map(({ splits: [{ start, end = size * MIB }] }) => ({ start, end }))
      expect(ranges.map(({ start }) => start)).toEqual([0, ...ranges.slice(0, -1).map(({ end }) => end)])
      expect(ranges.at(-1)?.end).toBe(size * MIB)
      const sizes = ranges.map(({ start, end }) => Math.round(((end - start) / MIB) * 10) / 10)
      expect(sizes.slice(0, expected.length)).toEqual(expected)
    }),
  )

  it('cut a large plain object of a store that gives parts of a version, looked at side by side', async () => {
    const begins: Record<string, string> = {
      plain: '{"user',
      gzip: '\x1f\x8b\x08\0\0\0',
      other: '[]\n\n\n\n',
      zip: 'PK\x03\x04\0\0',
    }
    const looked: string[] = []
    let open = 0
    let openMost = 0
    const store: Store = {
      ...openDiscardStore(),
      async *readPart({ name }, start, end) {
        looked.push(`${name} ${start}-${end}`)
        openMost = Math.max(openMost, ++open)
        await setImmediate()
        open--
        const bytes = Buffer.from(begins[name], 'latin1')
        yield bytes.subarray(0, 1)
        yield bytes.subarray(1)
      },
    }
    const large = (name: string, etag?: string) => ({ ...objectOf(name, 72 * MIB), etag })
    const objects = [
      ...['plain', 'gzip', 'other', 'zip'].map((name) => large(name, '"1"')),
      ...Array.from({ length: 30 }, () => large('gzip', '"1"')),
      // Parts of it could be of different versions.
      large('plain'),
    ]
    expect((await show(objects, store)).join(' ')).toBe(
      `plain[0-32) plain[32-) gzip other[0-32) other[32-) zip ${'gzip '.repeat(30)}plain`,
    )
    expect(looked.slice(0, 4)).toEqual(['plain 0-6', 'gzip 0-6', 'other 0-6', 'zip 0-6'])
    expect(looked).toHaveLength(34)
    expect(openMost).toBe(16)
  })

  it('are not made when the first bytes of an object cannot be read', async () => {
    const gone = { ...objectOf('gone', 40 * MIB), etag: '"1"' }
    await expect(show([gone])).rejects.toThrow('NO_SUCH_OBJECT: the object is gone since it was listed\n  at gone')
  })

  it('ask for no more first bytes once an object cannot be read', async () => {
    let asked = 0
    const store: Store = {
      ...openDiscardStore(),
      async *readPart({ name }) {
        const number = asked++
        await setImmediate()
        if (number === 3) throw new Error(`no ${name}`)
        yield Buffer.from('{"user')
      },
    }
    const objects = Array.from({ length: 100 }, (_, n) => ({ ...objectOf(`o${n}`, 80 * MIB), etag: '"1"' }))
    await expect(show(objects, store)).rejects.toThrow('no o3')
    for (let turns = 0; turns < 200; turns++) await setImmediate()
    // Those that were under way, and the three before it in their next.
    expect(asked).toBeLessThanOrEqual(32)
  })

  it('are one archive alone when the input is one compressed object that can be read without waiting', () =>
    inFolder(async (folder) => {
      const fileOf = async (name: string, bytes: Uint8Array) => {
        await writeFile(join(folder, name), bytes)
        return (await local.stat(parseLocation(join(folder, name)))) as ObjectInfo
      }
      const archive = await fileOf('a', Buffer.from([0x1f, 0x8b, 8]))
      const plain = await fileOf('b', Buffer.from('{}'))
      const soleOf = async (objects: readonly ObjectInfo[], store = local) =>
        soleArchive(await planUnits(objects, store), store)
      expect(await soleOf([archive])).toBe(archive)
      for (const objects of [[], [plain], [archive, plain]]) expect(await soleOf(objects)).toBeUndefined()
      expect(await soleOf([archive], openMemoryStore())).toBeUndefined()
    }))
})
