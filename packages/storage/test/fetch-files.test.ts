import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { environmentError } from '@fletching/columns/errors'
import { inFolder } from '@fletching/testing'
import { describe, expect, it } from 'vitest'
import {
  fetchFiles,
  inScratchFolder,
  type ObjectInfo,
  openMemoryStore,
  parseLocation,
  type Store,
} from '../src/index.ts'

async function objectsOf(store: Store, contents: Readonly<Record<string, string>>) {
  for (const [key, text] of Object.entries(contents)) {
    await store.put({ scheme: 'memory', key }, new TextEncoder().encode(text))
  }
  const objects: ObjectInfo[] = []
  for await (const object of store.list(parseLocation('memory:'))) objects.push(object)
  return objects
}

describe('fetchFiles', () => {
  it('keeps bytes and order, and of names only what says a partition', async () => {
    const store = openMemoryStore()
    const contents = { '../etc/a': '1', 'dt=2019-05-18/x=%2E/b': '2', 'dt=/c=..': '3', 'é/d\n': '' }
    const objects = await objectsOf(store, contents)
    await inFolder((folder) =>
      inScratchFolder(folder, async (scratch) => {
        const paths = await fetchFiles(store, objects, join(scratch, 'files'))
        expect(paths.map((path) => path.slice(scratch.length))).toEqual([
          '/files/0',
          '/files/1',
          '/files/dt=2019-05-18/x=%2E/2',
          '/files/3',
        ])
        expect(await Promise.all(paths.map((path) => readFile(path, 'utf8')))).toEqual(['1', '3', '2', ''])
      }),
    )
  })

  it('stops with the first error, and waits for what was under way', async () => {
    const contents = Object.fromEntries(Array.from({ length: 50 }, (_, n) => [`${n}`, 'x'.repeat(100)]))
    const memory = openMemoryStore()
    const objects = await objectsOf(memory, contents)
    let reads = 0
    const store: Store = {
      ...memory,
      read: (object) => {
        reads++
        if (object.name.endsWith(':5')) throw environmentError('ACCESS_DENIED', 'no')
        return memory.read(object)
      },
    }
    const left = await inFolder(async (folder) => {
      const fetching = inScratchFolder(folder, (scratch) => fetchFiles(store, objects, scratch))
      await expect(fetching).rejects.toThrow('ACCESS_DENIED: no')
      return readdir(folder)
    })
    expect([left, reads < 60]).toEqual([[], true])
  })

  it('ends with the reason of a signal', async () => {
    const store = openMemoryStore()
    const objects = await objectsOf(store, { a: '1' })
    await inFolder(async (folder) => {
      await expect(fetchFiles(store, objects, folder, AbortSignal.abort(new Error('ended')))).rejects.toThrow('ended')
      expect(await readdir(folder)).toEqual([])
    })
  })

  it('says where nothing can be written', async () => {
    await inFolder(async (folder) => {
      await writeFile(join(folder, 'file'), '')
      const said = await inScratchFolder(join(folder, 'file'), async () => 'done').catch(
        (error: Error) => error.message,
      )
      expect(
        said.replaceAll(folder, '.'),
      ).toBe(`FETCH_NOT_WRITTEN: what has to lie in a file for a while cannot be written: EEXIST
  at ./file
  give a folder with room for it with --tmp`)
    })
  })
})
