import { execFileSync } from 'node:child_process'
import { appendFileSync, existsSync, readdirSync, readlinkSync, truncateSync } from 'node:fs'
import promises, {
  type FileHandle,
  mkdir,
  mkdtemp,
  open,
  readdir,
  readFile,
  readlink,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises'
import { syncBuiltinESMExports } from 'node:module'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { type Begun, findInput, followLinks, formatLocation, openLocalStore, parseLocation } from '@fletching/storage'
import { inFolder } from '@fletching/testing'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import { describeStore } from './conformance.ts'

const folders: string[] = []

afterAll(async () => {
  for (const folder of folders) await rm(folder, { recursive: true, force: true })
})

describeStore('the disk', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'fletching-'))
  folders.push(folder)
  return { store: openLocalStore(), folder: parseLocation(`${folder}/`) }
})

describe('the disk', () => {
  const store = openLocalStore()
  const names = async (folder: string) =>
    Array.from((await findInput(store, folder)).objects, ({ name }) => name.slice(folder.length + 1))

  it('takes away the folders that it made for a file that was aborted, and no others', () =>
    inFolder(async (folder) => {
      await mkdir(join(folder, 'a'))
      const writer = await store.create(parseLocation(join(folder, 'a/b/c/file')))
      await writer.write(Uint8Array.of(1))
      expect(await readdir(join(folder, 'a/b/c'))).toHaveLength(1)
      await writer.abort()
      expect(await readdir(folder, { recursive: true })).toEqual(['a'])
    }))

  it('writes to more files in turns than may be open', () =>
    inFolder(async (folder) => {
      const paths = Array.from({ length: 40 }, (_, number) => join(folder, `${number}`))
      const writers = await Promise.all(paths.map((path) => store.create(parseLocation(path))))
      for (const text of ['a', 'bc', 'd']) for (const writer of writers) await writer.write(Buffer.from(text))
      if (existsSync('/proc/self/fd')) expect(openFilesIn(folder)).toBeLessThanOrEqual(16)
      for (const writer of writers.slice(1)) await writer.commit()
      for (const path of paths.slice(1)) expect(await readFile(path, 'utf8')).toBe('abcd')
      await writers[0].abort()
      expect(openFilesIn(folder)).toBe(0)
      expect(await readdir(folder)).toHaveLength(39)
    }))

  it('says so when a file that was closed to make room is gone', () =>
    inFolder(async (folder) => {
      const writers = []
      for (let number = 0; number < 20; number++)
        writers.push(await store.create(parseLocation(join(folder, `${number}`))))
      for (const name of await readdir(folder)) await rm(join(folder, name))
      await expect(writers[0].write(Uint8Array.of(1))).rejects.toThrow(
        `NO_SUCH_OBJECT: the file is gone since it was listed\n  at ${join(folder, '0')}\n  run again`,
      )
      for (const writer of writers) await writer.abort()
    }))

  it.each([[[0, 1, 2]], [[2, 1, 0]], [[1, 0, 2]]])(
    'takes them away with the last of the files that share them, aborted in the order %j',
    (order) =>
      inFolder(async (folder) => {
        const names = ['new/a', 'new/deep/b', 'new/deep/er/c']
        const writers = []
        for (const name of names) writers.push(await openLocalStore().create(parseLocation(join(folder, name))))
        for (const index of order) await writers[index].abort()
        expect(await readdir(folder)).toEqual([])
      }),
  )

  it('takes them away with the last of the files that were put and removed', () =>
    inFolder(async (folder) => {
      const location = parseLocation(join(folder, 'new/deep/a'))
      for (const condition of [{ etag: undefined }, undefined]) await store.put(location, Uint8Array.of(1), condition)
      expect(await readdir(join(folder, 'new/deep'))).toEqual(['a'])
      await store.remove(location)
      expect(await readdir(folder)).toEqual([])
    }))

  it('takes away no file but a temporary one of the object that is named', () =>
    inFolder(async (folder) => {
      const name = join(folder, 'a/part')
      for (const handle of [name, join(folder, 'a/.part.tmp'), join(folder, '.part.0123456789ab.tmp')]) {
        await expect(store.abandon({ name, handle })).rejects.toThrow(
          `INTERNAL: ${handle} is no temporary file of ${name}`,
        )
      }
    }))

  it('leaves them when one of the files is shown', () =>
    inFolder(async (folder) => {
      const shown = await store.create(parseLocation(join(folder, 'new/a')))
      const aborted = await store.create(parseLocation(join(folder, 'new/deep/b')))
      await (await store.create(parseLocation(join(folder, 'new/c')))).abort()
      await shown.commit()
      await aborted.abort()
      await store.remove(parseLocation(join(folder, 'new/a')))
      await (await store.create(parseLocation(join(folder, 'new/d')))).abort()
      expect(await readdir(folder, { recursive: true })).toEqual(['new'])
    }))

  it.skipIf(process.platform !== 'linux')(
    'brings to disk what a record may name, before and after it has its name',
    () =>
      inFolder(async (folder) => {
        const path = join(folder, 'a/b/c')
        const { synced, restore } = await watchSync(folder)
        try {
          const writer = await store.create(parseLocation(path))
          await writer.write(Buffer.from('x'))
          expect(synced.splice(0)).toEqual([])
          const prepared = await writer.prepare()
          expect(synced.splice(0)).toEqual(['a/b/.c', 'a/b', 'a', '.'])
          await store.complete(prepared)
          expect(synced.splice(0)).toEqual(['a/b'])
          // What is below a folder that is on disk already.
          await (await store.create(parseLocation(join(folder, 'a/d/e')))).prepare()
          expect(synced.splice(0)).toEqual(['a/d/.e', 'a/d', 'a'])
          await store.put(parseLocation(join(folder, 'a/f/g')), Buffer.from('x'), { etag: undefined })
          expect(synced.splice(0)).toEqual(['a/f/.g', 'a/f', 'a'])
        } finally {
          restore()
        }
      }),
  )

  it('follows links to what lies inside the folder, and none that lead out', () =>
    inFolder(async (folder) => {
      await mkdir(join(folder, 'in/real'), { recursive: true })
      await writeFile(join(folder, 'secret'), 'x')
      await writeFile(join(folder, 'in/real/file'), 'x')
      await symlink(join(folder, 'secret'), join(folder, 'in/out'))
      await symlink(join(folder, 'in/real/file'), join(folder, 'in/within'))
      await symlink(join(folder, 'nowhere'), join(folder, 'in/dangling'))
      await symlink(join(folder, 'in'), join(folder, 'in/circle'))
      expect(await names(join(folder, 'in'))).toEqual(['real/file', 'within'])
    }))

  it('passes over what is no file, and does not wait for it', () =>
    inFolder(async (folder) => {
      execFileSync('mkfifo', [join(folder, 'pipe')])
      await writeFile(join(folder, 'file'), 'x')
      expect(await names(folder)).toEqual(['file'])
      const message = `NOT_A_FILE: the path is neither a file nor a folder\n  at ${join(folder, 'pipe')}\n  expected a file or a folder; give - to read standard input`
      await expect(findInput(store, join(folder, 'pipe'))).rejects.toThrow(expect.objectContaining({ message }))
    }))

  it('says that a folder stands where a file is needed, before anything is made', () =>
    inFolder(async (folder) => {
      await mkdir(join(folder, 'a.csv'))
      const path = join(folder, 'a.csv')
      const message = `BAD_LOCATION: a folder stands where a file is needed\n  at ${path}\n  give another path`
      await expect(store.create(parseLocation(path))).rejects.toThrow(expect.objectContaining({ message }))
      expect(await readdir(folder)).toEqual(['a.csv'])
    }))

  it('writes a file whose name is as long as may be, of any characters', () =>
    inFolder(async (folder) => {
      const name = '雪'.repeat(85)
      const writer = await store.create(parseLocation(join(folder, name)))
      await writer.write(Uint8Array.of(1))
      await writer.commit()
      expect(await readdir(folder)).toEqual([name])
    }))

  it('says that a path leads nowhere', () =>
    inFolder(async (folder) => {
      await symlink(join(folder, 'loop'), join(folder, 'loop'))
      for (const [name, code] of [
        ['x'.repeat(300), 'ENAMETOOLONG'],
        ['loop', 'ELOOP'],
      ]) {
        const message = `BAD_LOCATION: the path leads nowhere: ${code}\n  at ${join(folder, name)}\n  give another path`
        await expect(store.stat(parseLocation(join(folder, name)))).rejects.toThrow(
          expect.objectContaining({ message, kind: 'author' }),
        )
      }
    }))

  it('says that a name is not UTF-8', () =>
    inFolder(async (folder) => {
      await writeFile(Buffer.concat([Buffer.from(`${folder}/a`), Buffer.of(0xff)]), 'x')
      const message = `BAD_NAME: the name of a file or a folder is not UTF-8\n  at ${folder}/a\ufffd\n  rename it, or move it out of the input`
      await expect(findInput(store, folder)).rejects.toThrow(expect.objectContaining({ message, kind: 'environment' }))
    }))

  it('says that a file stands where a folder is needed', () =>
    inFolder(async (folder) => {
      await writeFile(join(folder, 'a'), 'x')
      const told: Begun[] = []
      const onBegun = async (begun: Begun) => void told.push(begun)
      await expect(store.create(parseLocation(join(folder, 'a/b')), { onBegun })).rejects.toThrow(
        expect.objectContaining({ code: 'BAD_LOCATION', kind: 'author' }),
      )
      // What was told of has nothing to take away.
      expect(told).toHaveLength(1)
      await store.abandon(told[0])
      expect(await readdir(folder)).toEqual(['a'])
    }))

  it('tells of files that are begun at the same time before it waits for the disk', () =>
    inFolder(async (folder) => {
      const told: string[] = []
      const onBegun = async ({ name }: Begun) => void told.push(name)
      const paths = ['x/a', 'y/a', 'y/z/a'].map((name) => join(folder, name))
      const writers = paths.map((path) => store.create(parseLocation(path), { onBegun }))
      expect(told).toEqual(paths)
      for (const writer of writers) await (await writer).abort()
      expect(await readdir(folder)).toEqual([])
    }))

  it('makes nothing that it could not tell of', () =>
    inFolder(async (folder) => {
      const onBegun = () => Promise.reject(new Error('no record'))
      await expect(store.create(parseLocation(join(folder, 'x/a')), { onBegun })).rejects.toThrow('no record')
      expect(await readdir(folder)).toEqual([])
    }))

  it.skipIf(process.getuid?.() === 0)('says that access is denied (not as root, who is denied nothing)', () =>
    inFolder(async (folder) => {
      await mkdir(join(folder, 'locked'), { mode: 0o500 })
      await expect(store.create(parseLocation(join(folder, 'locked/a')))).rejects.toThrow(
        expect.objectContaining({ code: 'ACCESS_DENIED', kind: 'environment' }),
      )
    }),
  )

  it('sees a file that was changed since it was listed', () =>
    inFolder(async (folder) => {
      const path = join(folder, 'a')
      await writeFile(path, 'x')
      const object = await store.stat(parseLocation(path))
      await writeFile(path, 'longer')
      if (object === undefined) throw new Error('there is no file')
      await expect(store.read(object)[Symbol.asyncIterator]().next()).rejects.toThrow(
        `OBJECT_CHANGED: the file was changed since it was listed\n  at ${path}\n  run again when nobody writes to it`,
      )
    }))
})

describe('a file that is read without waiting', () => {
  const store = openLocalStore()

  /** Reads ten bytes into room for so many, while something is done to the file. */
  const readWhile = (roomBytes: number, change: (path: string) => void) =>
    inFolder(async (folder) => {
      const path = join(folder, 'a')
      await writeFile(path, '0123456789')
      const object = await store.stat(parseLocation(path))
      if (object === undefined || store.readSync === undefined) throw new Error('there is no file')
      let isChanged = false
      const room = () => {
        if (!isChanged) change(path)
        isChanged = true
        return new Uint8Array(roomBytes)
      }
      try {
        return Buffer.concat([...store.readSync(object, 0, room)]).toString()
      } catch (error) {
        return (error as Error).message.replace(path, 'a')
      }
    })

  it.each([1, 3, 10, 11])('gives its bytes, %d at a time', async (roomBytes) =>
    expect(await readWhile(roomBytes, () => {})).toBe('0123456789'),
  )

  it.each([
    ['longer', 11, (path: string) => appendFileSync(path, 'x')],
    ['shorter', 9, (path: string) => truncateSync(path, 9)],
  ])('is seen to become %s meanwhile', async (_, bytes, change) => {
    for (const roomBytes of [3, 9, 10, 11]) {
      expect(await readWhile(roomBytes, change)).toBe(
        `READ_CUT_SHORT: read ${bytes} of 10 bytes\n  at a\n  run again when nobody writes to it`,
      )
    }
  })
})

describe('followLinks', () => {
  it.each([
    ['in', 'in'],
    ['in/', 'in/'],
    ['one', 'in/real'],
    ['one/', 'in/real/'],
    ['two/new/file', 'in/real/new/file'],
    ['later/x', 'in/later/x'],
    ['in/real/file/x', 'in/real/file/x'],
    ['nowhere/at/all', 'nowhere/at/all'],
  ])('leads from %s to %s', (path, real) =>
    inFolder(async (folder) => {
      await mkdir(join(folder, 'in/real'), { recursive: true })
      await writeFile(join(folder, 'in/real/file'), 'x')
      await symlink(join(folder, 'in/real'), join(folder, 'one'))
      await symlink('one', join(folder, 'two'))
      await symlink('in/later', join(folder, 'later'))
      const found = await followLinks(parseLocation(`${folder}/${path}`))
      expect(formatLocation(found)).toBe(`${folder}/${real}`)
    }),
  )

  it('leaves what is not on this machine as it is', async () => {
    for (const text of ['s3://b/a/../c', '-', 'memory:x']) {
      expect(formatLocation(await followLinks(parseLocation(text)))).toBe(text)
    }
  })

  it('says that links lead in a circle', () =>
    inFolder(async (folder) => {
      await symlink('b', join(folder, 'a'))
      await symlink('a', join(folder, 'b'))
      const message = `BAD_LOCATION: the path leads nowhere: ELOOP\n  at ${join(folder, 'a')}\n  give another path`
      await expect(followLinks(parseLocation(join(folder, 'a')))).rejects.toThrow(expect.objectContaining({ message }))
    }))
})

/** The files and folders below a folder that are brought to disk, in order; temporary names without their ends. */
async function watchSync(folder: string): Promise<{ readonly synced: string[]; readonly restore: () => void }> {
  const handle = await open('/dev/null')
  const prototype = Object.getPrototypeOf(handle) as FileHandle
  await handle.close()
  const sync = Reflect.get(prototype, 'sync') as (this: FileHandle) => Promise<void>
  const synced: string[] = []
  prototype.sync = async function watched(this: FileHandle) {
    const path = await readlink(`/proc/self/fd/${this.fd}`)
    synced.push(relative(folder, path).replace(/\.\w+\.tmp$/, '') || '.')
    return sync.call(this)
  }
  return {
    synced,
    restore: () => {
      prototype.sync = sync
    },
  }
}

/** Files of the folder that this process has open, where the system tells. */
function openFilesIn(folder: string): number {
  if (!existsSync('/proc/self/fd')) return 0
  const open = readdirSync('/proc/self/fd').map((number) => {
    try {
      return readlinkSync(`/proc/self/fd/${number}`)
    } catch {
      return ''
    }
  })
  return open.filter((path) => path.startsWith(folder)).length
}

describe('folders that are made', () => {
  const { mkdir } = promises

  afterEach(() => {
    promises.mkdir = mkdir
    syncBuiltinESMExports()
  })

  it.each([
    ['once', 1, undefined],
    ['again and again', 99, /^NO_SUCH_OBJECT: .*gone since it was listed/],
  ] as const)('are made again where one above is taken away meanwhile, %s', (_, times, failure) =>
    inFolder(async (folder) => {
      let taken = 0
      promises.mkdir = (async (path: string) => {
        if (path === join(folder, 'a/b') && taken < times) {
          taken++
          await promises.rmdir(join(folder, 'a'))
        }
        return mkdir(path)
      }) as typeof mkdir
      syncBuiltinESMExports()
      const writable = openLocalStore().assertWritable(parseLocation(join(folder, 'a/b/c')))
      if (failure === undefined) await writable
      else await expect(writable).rejects.toThrow(failure)
      expect(taken).toBe(Math.min(times, 5))
      expect(await promises.readdir(folder)).toEqual([])
    }),
  )
})
