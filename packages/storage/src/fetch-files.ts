import { createWriteStream } from 'node:fs'
import { mkdir, mkdtemp, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { environmentError, FletchingError } from '@fletching/columns/errors'
import { keyOf } from './location.ts'
import type { ObjectInfo, Store } from './store.ts'

/**
 * Gives work a folder of its own that nobody else may read, and takes it away however the work ends.
 *
 * - `parent`: the system's folder for temporary files by default.
 * - Errors: FETCH_NOT_WRITTEN (environment).
 */
export async function inScratchFolder<T>(parent: string | undefined, work: (folder: string) => Promise<T>): Promise<T> {
  const within = parent ?? tmpdir()
  const folder = await made(within)
  try {
    return await work(folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/**
 * Brings objects, as they are stored, to files for readers that know no stores, and gives their paths in the same order. A file has no name
 * of its object but those of its folders that say a partition, as `dt=2019-05-18`: the others may be anything.
 *
 * - Errors: FETCH_NOT_WRITTEN (environment), those of the store, the signal's reason.
 */
export async function fetchFiles(
  store: Store,
  objects: readonly ObjectInfo[],
  folder: string,
  signal?: AbortSignal,
): Promise<string[]> {
  const paths = objects.map((object, index) => join(folder, ...partitionsOf(object), `${index}`))
  const stopped = new AbortController()
  const until = AbortSignal.any([stopped.signal, ...(signal === undefined ? [] : [signal])])
  let next = 0
  const fetchSome = async () => {
    while (next < objects.length) {
      const index = next++
      await fetchFile(store, objects[index], paths[index], until)
    }
  }
  const lanes = Array.from({ length: Math.min(AT_ONCE, objects.length) }, async () => {
    try {
      await fetchSome()
    } catch (error) {
      stopped.abort(error)
      throw error
    }
  })
  // The folder must not go before everyone has left it.
  await Promise.allSettled(lanes)
  until.throwIfAborted()
  return paths
}

async function fetchFile(store: Store, object: ObjectInfo, path: string, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted()
  try {
    await mkdir(dirname(path), { recursive: true })
    await pipeline(store.read(object), createWriteStream(path, { flags: 'wx', mode: 0o600 }), { signal })
  } catch (error) {
    if (error instanceof FletchingError) throw error
    signal.throwIfAborted()
    throw notWritten(error, dirname(path))
  }
}

function partitionsOf({ location }: ObjectInfo): string[] {
  return keyOf(location)
    .split('/')
    .slice(0, -1)
    .filter((name) => /^[^=]+=./.test(name))
}

async function made(parent: string): Promise<string> {
  try {
    await mkdir(parent, { recursive: true })
    return await realpath(await mkdtemp(join(parent, 'fletching-')))
  } catch (error) {
    throw notWritten(error, parent)
  }
}

function notWritten(error: unknown, folder: string) {
  const { code = 'unknown' } = error as NodeJS.ErrnoException
  return environmentError('FETCH_NOT_WRITTEN', `what has to lie in a file for a while cannot be written: ${code}`, {
    at: folder,
    help: 'give a folder with room for it with --tmp',
    cause: error,
  })
}

const AT_ONCE = 8
