import { stat } from 'node:fs/promises'
import { authorError, internal } from '@fletching/columns/errors'
import { failure, isMissing } from './local-errors.ts'
import type { Location } from './location.ts'
import type { ObjectInfo } from './store.ts'

export async function statFile(location: Location): Promise<ObjectInfo | undefined> {
  const path = pathOf(location)
  try {
    const found = await stat(path)
    if (found.isDirectory()) return undefined
    if (found.isFile()) return info(path, found)
  } catch (error) {
    if (isMissing(error)) return undefined
    throw failure(error, path, 'read')
  }
  throw authorError('NOT_A_FILE', 'the path is neither a file nor a folder', {
    at: path,
    help: 'expected a file or a folder; give - to read standard input',
  })
}

export function info(path: string, found: { size: number; mtimeMs: number; ino: number }): ObjectInfo {
  return {
    location: { scheme: 'file', path },
    name: path,
    size: found.size,
    etag: etagOf(found),
  }
}

export function etagOf({ size, mtimeMs, ino }: { size: number; mtimeMs: number; ino: number }): string {
  return `${ino}-${size}-${mtimeMs}`
}

export function pathOf(location: Location): string {
  if (location.scheme === 'file') return location.path
  throw internal(`the local store was given a location of ${location.scheme}`)
}
