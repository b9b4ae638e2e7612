import { execFileSync } from 'node:child_process'
import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  findInput,
  type ObjectInfo,
  openLocalStore,
  openMemoryStore,
  parseLocation,
  type Store,
} from '@fletching/storage'
import { inFolder } from '@fletching/testing'
import { describe, expect, it } from 'vitest'

async function storeOf(files: Readonly<Record<string, string>>): Promise<Store> {
  const store = openMemoryStore()
  for (const [name, content] of Object.entries(files)) {
    const writer = await store.create(parseLocation(`memory:${name}`))
    await writer.write(Buffer.from(content))
    await writer.commit()
  }
  return store
}

async function found(files: readonly string[], path: string, exclude: readonly string[] = []) {
  const store = await storeOf(Object.fromEntries(files.map((name) => [name, name.endsWith('/') ? '' : 'x'])))
  const { objects, skipped } = await findInput(store, `memory:${path}`, { exclude })
  const passed = Object.fromEntries(Object.entries(skipped).filter(([, count]) => count > 0))
  return { names: Array.from(objects, ({ name }) => name.slice('memory:'.length)), passed }
}

describe('findInput', () => {
  it.each<[string, string[], string, string[], string[], Record<string, number>]>([
    ['an object of that name', ['a', 'a/b', 'ab'], 'a', [], ['a'], {}],
    ['else the folder', ['a/b', 'a/c/d', 'ab/c', 'a-old/x'], 'a', [], ['a/b', 'a/c/d'], {}],
    ['the folder when asked for one', ['a', 'a/b'], 'a/', [], ['a/b'], {}],
    [
      'hidden names, wherever they stand',
      ['a/_SUCCESS', 'a/.x', 'a/_tmp/y', 'a/b'],
      'a',
      [],
      ['a/b'],
      { 'hidden name': 3 },
    ],
    ['folder markers', ['a/', 'a/b/', 'a/b/c'], 'a', [], ['a/b/c'], { 'folder marker': 2 }],
    ['a glob', ['a/x.gz', 'a/y.txt', 'a/b/z.gz'], 'a/*.gz', [], ['a/x.gz'], {}],
    ['a glob over folders', ['a/x.gz', 'a/b/z.gz', 'c/x.gz'], 'a/**.gz', [], ['a/b/z.gz', 'a/x.gz'], {}],
    ['a name that only looks like a glob', ['a/[x]', 'a/x'], 'a/[x]', [], ['a/[x]'], {}],
    ['what is not excluded by name', ['a/x.gz', 'a/b/x.txt'], 'a', ['*.txt'], ['a/x.gz'], { excluded: 1 }],
    ['what is not excluded by path', ['a/x', 'a/b/x', 'a/c/x'], 'a', ['b/**', 'c/*'], ['a/x'], { excluded: 2 }],
    ['byte order', ['a/ä', 'a/z', 'a/Z', 'a/😀', 'a/\uffee'], 'a', [], ['a/Z', 'a/z', 'a/ä', 'a/\uffee', 'a/😀'], {}],
  ])('finds %s', async (_, files, path, exclude, names, passed) => {
    expect(await found(files, path, exclude)).toEqual({ names, passed })
  })

  it.each<[string, string[], string, string[], string[]]>([
    ['nothing', [], 'a', [], []],
    ['a bare prefix', ['raw-events-old/x'], 'raw-events', [], ['nearby there is memory:raw-events-old/']],
    [
      'only what is passed over',
      ['a/_x', 'a/', 'a/b'],
      'a',
      ['b'],
      ['passed over: 1 hidden name, 1 folder marker, 1 excluded'],
    ],
  ])('refuses %s', async (_, files, path, exclude, help) => {
    const message = [
      `NO_INPUT: no object at memory:${path}`,
      ...help.map((line) => `  ${line}`),
      '  expected an object, a folder that holds some, or a glob such as s3://bucket/logs/**/*.gz',
    ].join('\n')
    await expect(found(files, path, exclude)).rejects.toThrow(expect.objectContaining({ message, kind: 'author' }))
  })

  it('passes over and counts the objects that it is told of, with the reason', async () => {
    const names = ['a/1/x', 'a/2/x', 'a/2/y', 'a/2/_y', 'a/3/x']
    const store = await storeOf(Object.fromEntries(names.map((name) => [name, 'x'])))
    const reasonToSkip = ({ name }: ObjectInfo, isNamed: boolean) =>
      name.startsWith('memory:a/2/') && !isNamed ? 'second' : undefined
    const { objects, skipped } = await findInput(store, 'memory:a', { reasonToSkip })
    expect(Array.from(objects, ({ name }) => name)).toEqual(['memory:a/1/x', 'memory:a/3/x'])
    expect(skipped).toEqual({ 'hidden name': 1, 'folder marker': 0, excluded: 0, second: 2 })
    await expect(findInput(store, 'memory:a/2', { reasonToSkip })).rejects.toThrow(
      'NO_INPUT: no object at memory:a/2\n  passed over: 1 hidden name, 2 second\n',
    )
    expect((await findInput(store, 'memory:a/2', { reasonToSkip, mayBeNone: () => true })).objects).toHaveLength(0)
    expect((await findInput(store, 'memory:a/2/x', { reasonToSkip })).objects).toHaveLength(1)
  })

  it('counts what a folder holds that is no object, so that nobody takes it for read', () =>
    inFolder(async (folder) => {
      await mkdir(join(folder, 'in/days'), { recursive: true })
      await writeFile(join(folder, 'in/days/a.gz'), 'x')
      await mkdir(join(folder, 'other'))
      await writeFile(join(folder, 'other/b.gz'), 'x')
      const links = { away: 'other', _hidden: 'other', 'b.gz': 'other/b.gz', nowhere: 'none', days2: 'in/days' }
      for (const [name, target] of Object.entries(links)) await symlink(join(folder, target), join(folder, 'in', name))
      execFileSync('mkfifo', [join(folder, 'in/pipe')])
      const store = openLocalStore()
      const { objects, skipped } = await findInput(store, join(folder, 'in'))
      expect(Array.from(objects, ({ name }) => name)).toEqual([join(folder, 'in/days/a.gz')])
      expect(skipped).toEqual({
        'hidden name': 1,
        'folder marker': 0,
        excluded: 0,
        'link not followed': 4,
        'not a file': 1,
      })
      expect((await findInput(store, join(folder, 'in/**.gz'))).skipped).toMatchObject({ 'link not followed': 1 })
      await expect(findInput(store, join(folder, 'in/a*'))).rejects.toThrow('passed over: 1 link not followed')
    }))

  it('names no object twice, though a listing does', async () => {
    const store = await storeOf({ 'a/x': '1', 'a/y': '2' })
    const twice: Store = {
      ...store,
      stat: (location) => store.stat(location),
      async *list(folder) {
        yield* store.list(folder)
        yield* store.list(folder)
      },
    }
    const { objects } = await findInput(twice, 'memory:a')
    expect(Array.from(objects, ({ name }) => name)).toEqual(['memory:a/x', 'memory:a/y'])
  })
})
