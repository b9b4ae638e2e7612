import { createHash } from 'node:crypto'
import {
  type Begun,
  formatLocation,
  joinLocation,
  type Location,
  type ObjectInfo,
  type Prepared,
  type Store,
} from '@fletching/storage'
import { beforeAll, describe, expect, it } from 'vitest'

/** A store to be tested, and an empty folder in it. */
export interface Opened {
  readonly store: Store
  readonly folder: Location
  /** Why it keeps no conditions, where it does not. */
  readonly unconditional?: string
  /** Whether its server fails at an upload that is gone, where others say that it is not there. */
  readonly failsAtLostUploads?: boolean
}

/** What every store does. Each test has names of its own, since a bucket cannot be emptied quickly. */
export function describeStore(title: string, open: () => Promise<Opened>): void {
  describe(`${title} as a store`, () => {
    let store: Store
    let folder: Location
    let unconditional: string | undefined
    let failsAtLostUploads = false
    let tests = 0

    beforeAll(async () => {
      const opened = await open()
      store = opened.store
      folder = opened.folder
      unconditional = opened.unconditional
      failsAtLostUploads = opened.failsAtLostUploads === true
    })

    const inside = () => joinLocation(folder, `test${++tests}/`)
    const bytesOf = (size: number) => {
      const bytes = new Uint8Array(size)
      for (let i = 0; i < size; i++) bytes[i] = i * 31 + (i >> 8)
      return bytes
    }

    async function put(location: Location, ...pieces: readonly Uint8Array[]): Promise<ObjectInfo> {
      const writer = await store.create(location)
      for (const piece of pieces) await writer.write(piece)
      return writer.commit()
    }

    async function get(object: ObjectInfo | undefined): Promise<Buffer> {
      if (object === undefined) throw new Error('there is no such object')
      const chunks: Uint8Array[] = []
      for await (const chunk of store.read(object)) chunks.push(chunk)
      return Buffer.concat(chunks)
    }

    async function namesIn(place: Location): Promise<string[]> {
      const names: string[] = []
      for await (const { name } of store.list(place)) names.push(name.slice(formatLocation(place).length))
      return names
    }

    it('gives back what was written', async () => {
      const place = inside()
      const location = joinLocation(place, 'a')
      const written = await put(location, bytesOf(10), bytesOf(0), bytesOf(70_000))
      expect(written).toMatchObject({ location, name: formatLocation(location), size: 70_010 })
      expect(await store.stat(location)).toEqual(written)
      expect((await get(written)).equals(Buffer.concat([bytesOf(10), bytesOf(70_000)]))).toBe(true)
    })

    it('gives any part of an object, of the version that was listed', async (context) => {
      if (store.readPart === undefined) return context.skip('the store gives no parts')
      const location = joinLocation(inside(), 'a')
      const bytes = bytesOf(200_000)
      const object = await put(location, bytes)
      const part = async (start: number, end: number) => {
        const chunks: Uint8Array[] = []
        for await (const chunk of store.readPart?.(object, start, end) ?? []) chunks.push(chunk)
        return Buffer.concat(chunks)
      }
      for (const [start, end] of [
        [0, 1],
        [0, 200_000],
        [1, 200_000],
        [65_536, 131_072],
        [199_999, 200_000],
      ]) {
        expect((await part(start, end)).equals(bytes.subarray(start, end)), `${start} to ${end}`).toBe(true)
      }
      await put(location, bytesOf(200_001))
      await expect(part(1, 2)).rejects.toThrow(expect.objectContaining({ code: 'OBJECT_CHANGED' }))
    })

    it('takes an object without a byte', async () => {
      const location = joinLocation(inside(), 'empty')
      const written = await put(location)
      expect(written.size).toBe(0)
      expect(await get(written)).toHaveLength(0)
    })

    it('takes a large object in odd pieces', async () => {
      const bytes = bytesOf(20_000_003)
      const pieces: Uint8Array[] = []
      for (let at = 0, size = 1; at < bytes.length; at += size, size = Math.min(size * 7 + 1, 3_000_001))
        pieces.push(bytes.slice(at, at + size))
      const written = await put(joinLocation(inside(), 'large'), ...pieces)
      expect((await get(written)).equals(bytes)).toBe(true)
    })

    it('may have its bytes used again as soon as write resolves', async () => {
      const bytes = Uint8Array.of(1, 2, 3)
      const writer = await store.create(joinLocation(inside(), 'a'))
      await writer.write(bytes)
      bytes.fill(9)
      expect([...(await get(await writer.commit()))]).toEqual([1, 2, 3])
    })

    it('shows nothing before commit, prepared or not', async () => {
      const place = inside()
      const location = joinLocation(place, 'a')
      const writer = await store.create(location)
      await writer.write(bytesOf(9_000_000))
      expect(await store.stat(location)).toBeUndefined()
      await writer.prepare()
      expect(await store.stat(location)).toBeUndefined()
      await writer.commit()
      expect(await namesIn(place)).toEqual(['a'])
    })

    it.each([0, 10, 9_000_000])('prepares %i bytes as plain data, by which they are shown, once', async (size) => {
      const location = joinLocation(inside(), 'a')
      await put(location, bytesOf(5))
      const writer = await store.create(location, { contentType: 'text/plain' })
      await writer.write(bytesOf(size))
      const prepared = JSON.parse(JSON.stringify(await writer.prepare())) as Prepared
      expect(prepared).toMatchObject({
        name: formatLocation(location),
        size,
        sha256: createHash('sha256').update(bytesOf(size)).digest('hex'),
      })
      expect(await store.stat(location)).toMatchObject({ size: 5 })
      const shown = { location, name: formatLocation(location), size, etag: prepared.etag }
      for (const _ of ['shown', 'shown already']) expect(await store.complete(prepared)).toEqual(shown)
      expect((await get(await store.stat(location))).equals(Buffer.from(bytesOf(size)))).toBe(true)
      await store.abandon(prepared)
      expect(await store.stat(location)).toEqual(shown)
      await put(location, bytesOf(size + 1))
      await expect(store.complete(prepared)).rejects.toThrow(
        failsAtLostUploads ? /^S3_FAILED: / : lost(location, 'the object of that name is another'),
      )
    })

    it('tells what was begun, and takes it away when another asks', async () => {
      const place = inside()
      const location = joinLocation(place, 'a')
      const told: Begun[] = []
      const writer = await store.create(location, { onBegun: async (begun) => void told.push(begun) })
      await writer.write(bytesOf(10))
      const prepared = await writer.prepare()
      expect(told).toEqual([{ name: prepared.name, handle: prepared.handle }])
      for (const _ of ['there', 'gone already']) await store.abandon(told[0])
      expect(await namesIn(place)).toEqual([])
      await expect(store.complete(prepared)).rejects.toThrow(
        failsAtLostUploads ? /^S3_FAILED: / : lost(location, 'there is no object of that name'),
      )
    })

    it('tells what is begun to try whether an object may be written', async () => {
      const location = joinLocation(inside(), 'a')
      const told: Begun[] = []
      await store.assertWritable(location, { onBegun: async (begun) => void told.push(begun) })
      expect(told.map(({ name }) => name)).toEqual([formatLocation(location)])
      await store.abandon(told[0])
    })

    it('puts an object in one step, under conditions that it keeps', async (context) => {
      if (unconditional !== undefined) return context.skip(unconditional)
      const place = inside()
      const location = joinLocation(place, 'a')
      const putText = (text: string, condition?: { etag: string | undefined }) =>
        store.put(location, Buffer.from(text), condition)
      const etagNow = async () => (await store.stat(location))?.etag
      const wrong = { etag: '"0123456789abcdef0123456789abcdef"' }
      expect(await putText('no', wrong)).toBe(false)
      expect(await namesIn(place)).toEqual([])
      expect(await putText('one', { etag: undefined })).toBe(true)
      expect(await putText('no', { etag: undefined })).toBe(false)
      expect(await putText('no', wrong)).toBe(false)
      const one = await etagNow()
      expect(await putText('two', { etag: one })).toBe(true)
      expect(await putText('no', { etag: one })).toBe(false)
      expect(String(await get(await store.stat(location)))).toBe('two')
      expect(await putText('three')).toBe(true)
      expect(String(await get(await store.stat(location)))).toBe('three')
      expect(await namesIn(place)).toEqual(['a'])
    })

    it.each([0, 5000, 10_000_000])(
      'puts an object of %d bytes that come in pieces, under the same conditions',
      async (size) => {
        const location = joinLocation(inside(), 'a')
        const bytes = bytesOf(size)
        const pieces: Iterable<Uint8Array> = {
          *[Symbol.iterator]() {
            for (let at = 0; at < size; at += 99_999) yield bytes.subarray(at, at + 99_999)
          },
        }
        expect(await store.put(location, pieces)).toBe(true)
        const object = await store.stat(location)
        expect(object?.size).toBe(size)
        expect((await get(object)).equals(bytes)).toBe(true)
        if (unconditional !== undefined) return
        expect(await store.put(location, pieces, { etag: undefined })).toBe(false)
        expect(await store.put(location, pieces, { etag: object?.etag })).toBe(true)
      },
    )

    it('proves that an object may be written, and leaves no trace of that', async () => {
      const place = inside()
      await store.assertWritable(joinLocation(place, 'folder/a'))
      expect(await namesIn(place)).toEqual([])
      const written = await put(joinLocation(place, 'b'), bytesOf(10))
      await store.assertWritable(written.location)
      expect((await get(written)).equals(bytesOf(10))).toBe(true)
    })

    it('leaves no trace of what is aborted, however often', async () => {
      const place = inside()
      for (const size of [10, 9_000_000]) {
        for (const prepares of [false, true]) {
          const writer = await store.create(joinLocation(place, 'deep/er/a'))
          await writer.write(bytesOf(size))
          if (prepares) await writer.prepare()
          await writer.abort()
          await writer.abort()
        }
      }
      expect(await namesIn(place)).toEqual([])
    })

    it('takes away what is named, and nothing else that is on its way to the same place', async () => {
      const location = joinLocation(inside(), 'a')
      const prepared = []
      for (const size of [10, 20]) {
        const writer = await store.create(location)
        await writer.write(bytesOf(size))
        prepared.push(await writer.prepare())
      }
      await store.abandon(prepared[0])
      await store.complete(prepared[1])
      expect((await store.stat(location))?.size).toBe(20)
    })

    it('keeps what is committed, though abort comes after', async () => {
      const location = joinLocation(inside(), 'a')
      const writer = await store.create(location)
      await writer.commit()
      await writer.abort()
      expect(await store.stat(location)).toBeDefined()
    })

    it('replaces an object in one step, and knows the new one from the old', async () => {
      const location = joinLocation(inside(), 'a')
      const old = await put(location, bytesOf(5))
      const writer = await store.create(location)
      await writer.write(bytesOf(7))
      expect(await get(await store.stat(location))).toHaveLength(5)
      const fresh = await writer.commit()
      expect(fresh.etag).not.toBe(old.etag)
      await expect(get(old)).rejects.toThrow(expect.objectContaining({ code: 'OBJECT_CHANGED', kind: 'environment' }))
    })

    it('refuses to be used after its end', async () => {
      const writer = await store.create(joinLocation(inside(), 'a'))
      await writer.commit()
      await expect(writer.write(bytesOf(1))).rejects.toThrow(/^INTERNAL: /)
    })

    it('finds nothing where nothing is', async () => {
      const place = inside()
      expect(await store.stat(joinLocation(place, 'a'))).toBeUndefined()
      expect(await namesIn(place)).toEqual([])
      await store.remove(joinLocation(place, 'a'))
    })

    it('removes', async () => {
      const location = joinLocation(inside(), 'a')
      await put(location)
      await store.remove(location)
      expect(await store.stat(location)).toBeUndefined()
    })

    it('says that an object is gone', async () => {
      const location = joinLocation(inside(), 'a')
      const object = await put(location, bytesOf(3))
      await store.remove(location)
      await expect(get(object)).rejects.toThrow(
        expect.objectContaining({ code: 'NO_SUCH_OBJECT', kind: 'environment' }),
      )
    })

    it('lists a folder whole, and nothing beside it', async () => {
      const place = inside()
      const names = ['b', 'a', 'a b', 'a+b', 'a&b', "a'b", 'a%20b', 'a=b', 'ä', '北', 'd/e/f', 'd/e', 'd-e'].filter(
        (name) => name !== 'd/e',
      )
      for (const name of names) await put(joinLocation(place, name), bytesOf(1))
      await put(joinLocation(folder, `${formatLocation(place).split('/').at(-2)}x`), bytesOf(1))
      expect((await namesIn(place)).sort()).toEqual([...names].sort())
      for (const name of names) expect(await store.stat(joinLocation(place, name))).toMatchObject({ size: 1 })
    })
  })
}

function lost(location: Location, there: string) {
  const message = `COMMIT_LOST: what was prepared is gone, and ${there}
  at ${formatLocation(location)}
  somebody else took it away, perhaps a rule of the bucket that aborts uploads too early`
  return expect.objectContaining({ message, kind: 'environment' })
}
