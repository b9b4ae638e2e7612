import { truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type ObjectInfo, openLocalStore, openMemoryStore, parseLocation } from '@fletching/storage'
import { inFolder } from '@fletching/testing'
import { describe, expect, it } from 'vitest'
import { planUnits, soleArchive } from '../src/split.ts'

const MIB = 1024 * 1024
const local = openLocalStore()

function objectOf(name: string, size: number): ObjectInfo {
  return { location: { scheme: 'memory', key: name }, name, size, etag: undefined }
}

/** `a+b` for objects in one unit, `a[0-16)` for a part in MiB. */
function show(objects: readonly ObjectInfo[], store = openMemoryStore()): string[] {
  return planUnits(objects, store).map(({ splits }) =>
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
  it('are none of nothing', () => expect(show([])).toEqual([]))

  it('group small objects in their order, up to a size', () => {
    const sizes = { a: 10, b: MIB - 10, c: 1, d: 5 * MIB, e: 0, f: 10 }
    const objects = Object.entries(sizes).map(([name, size]) => objectOf(name, size))
    expect(show(objects)).toEqual(['a+b', 'c', 'd', 'e+f'])
  })

  it('hold no more than 256 objects', () => {
    const units = planUnits(
      Array.from({ length: 600 }, (_, n) => objectOf(`o${n}`, 1)),
      openMemoryStore(),
    )
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
      const small = await fileOf('small', Buffer.from('{'), 32 * MIB)
      const gzip = await fileOf('gzip', Buffer.from([0x1f, 0x8b]), 50 * MIB)
      const zstd = await fileOf('zstd', Buffer.from([0x28, 0xb5, 0x2f, 0xfd]), 50 * MIB)
      expect(show([small, plain, gzip, zstd], local)).toEqual([
        'small',
        'plain[0-16)',
        'plain[16-32)',
        'plain[32-)',
        'gzip',
        'zstd',
      ])
      expect(show([plain])).toEqual(['plain'])
    }))

  it('are one archive alone when the input is one compressed object that can be read without waiting', () =>
    inFolder(async (folder) => {
      const fileOf = async (name: string, bytes: Uint8Array) => {
        await writeFile(join(folder, name), bytes)
        return (await local.stat(parseLocation(join(folder, name)))) as ObjectInfo
      }
      const archive = await fileOf('a', Buffer.from([0x1f, 0x8b, 8]))
      const plain = await fileOf('b', Buffer.from('{}'))
      const soleOf = (objects: readonly ObjectInfo[], store = local) => soleArchive(planUnits(objects, store), store)
      expect(soleOf([archive])).toBe(archive)
      for (const objects of [[], [plain], [archive, plain]]) expect(soleOf(objects)).toBeUndefined()
      expect(soleOf([archive], openMemoryStore())).toBeUndefined()
    }))
})
