import { authorError } from '@fletching/columns/errors'
import { globFolder, globPattern, isGlob } from './glob.ts'
import { asFolder, formatLocation, keyOf, type Location, parentLocation, parseLocation } from './location.ts'
import { ListingOrder, type Objects } from './object-list.ts'
import type { ObjectInfo, Store } from './store.ts'

export interface FoundInput {
  readonly objects: Objects
  /** Objects that were passed over, by reason. */
  readonly skipped: Readonly<Record<string, number>>
}

export interface FindOptions {
  /** Globs of objects to leave out. */
  readonly exclude?: readonly string[]
  /** Why an object is not wanted, if so; `isNamed` of the one that the path itself names. */
  readonly reasonToSkip?: (object: ObjectInfo, isNamed: boolean) => string | undefined
  /** Whether it may be that no object is wanted. */
  readonly mayBeNone?: () => boolean
}

/**
 * The objects that an input path means: the object with exactly that name; else those below the folder of that name, never those
 * that merely begin with it; else those that match it as a glob.
 *
 * Below a folder, names that begin with `_` or `.`, empty folder markers and what the store takes for no object are passed over and counted, and
 * so is what matches a glob of `exclude`, held against the path below the folder, and against the name alone when the glob has no `/`.
 *
 * - Order: UTF-8 byte order of the names.
 * - Memory: see `ObjectList`.
 * - Errors: NO_INPUT (author) when nothing is found, with what was passed over or lies nearby.
 */
export async function findInput(
  store: Store,
  path: string,
  { exclude = [], reasonToSkip = () => undefined, mayBeNone = () => false }: FindOptions = {},
): Promise<FoundInput> {
  const location = parseLocation(path)
  const excluded = exclude.map((glob) => ({ pattern: globPattern(glob), byName: !glob.includes('/') }))
  const skipped: Record<string, number> = { 'hidden name': 0, 'folder marker': 0, excluded: 0 }
  const skip = (reason: string) => {
    skipped[reason] = (skipped[reason] ?? 0) + 1
  }
  const exact = path.endsWith('/') ? undefined : await store.stat(location)
  if (exact !== undefined) {
    const reason = reasonToSkip(exact, true)
    if (reason === undefined) return { objects: [exact], skipped }
    skip(reason)
    return { objects: [], skipped }
  }
  if (location.scheme === 'stdin') return { objects: [], skipped }

  const glob = isGlob(path) ? keyOf(location) : undefined
  const folder = glob === undefined ? asFolder(location) : withKey(location, globFolder(glob))
  const wanted = glob === undefined ? undefined : globPattern(glob)
  const prefix = keyOf(folder)
  const isWanted = (key: string) => wanted === undefined || wanted.test(key)
  const passOver = (at: Location, reason: string) => {
    const key = keyOf(at)
    if (isWanted(key)) skip(skipReason(key.slice(prefix.length), 1, excluded) ?? reason)
  }
  const wantedObjects = new ListingOrder()
  for await (const object of store.list(folder, passOver)) {
    const key = keyOf(object.location)
    if (!isWanted(key)) continue
    const reason = skipReason(key.slice(prefix.length), object.size, excluded) ?? reasonToSkip(object, false)
    if (reason === undefined) wantedObjects.add(object)
    else skip(reason)
  }
  const objects = wantedObjects.take()
  if (objects.length === 0 && !mayBeNone()) throw await noInput(store, path, location, skipped)
  return { objects, skipped }
}

interface Exclusion {
  readonly pattern: RegExp
  readonly byName: boolean
}

function skipReason(below: string, size: number, excluded: readonly Exclusion[]): string | undefined {
  if (below === '' || below.endsWith('/') || (size === 0 && below.endsWith('_$folder$'))) return 'folder marker'
  const names = below.split('/')
  if (names.some((name) => name.startsWith('_') || name.startsWith('.'))) return 'hidden name'
  const name = names[names.length - 1]
  return excluded.some(({ pattern, byName }) => pattern.test(below) || (byName && pattern.test(name)))
    ? 'excluded'
    : undefined
}

function withKey(location: Location, key: string): Location {
  return location.scheme === 'file' ? { scheme: 'file', path: key } : ({ ...location, key } as Location)
}

async function noInput(store: Store, path: string, location: Location, skipped: FoundInput['skipped']) {
  const passed = Object.entries(skipped).filter(([, count]) => count > 0)
  const near = passed.length > 0 || isGlob(path) ? [] : await neighbours(store, location)
  return authorError('NO_INPUT', `no object at ${path}`, {
    help: [
      ...(passed.length > 0
        ? [`passed over: ${passed.map(([reason, count]) => `${count} ${reason}`).join(', ')}`]
        : []),
      ...(near.length > 0 ? [`nearby there is ${near.join(', ')}`] : []),
      'expected an object, a folder that holds some, or a glob such as s3://bucket/logs/**/*.gz',
    ],
  })
}

/** Up to three names beside the one that was not found and that begin like it. */
async function neighbours(store: Store, location: Location): Promise<string[]> {
  const parent = parentLocation(location)
  if (parent === undefined) return []
  const folder = keyOf(parent)
  const stem = keyOf(location)
    .replace(/\/+$/, '')
    .slice(folder.length, folder.length + 3)
  const found = new Set<string>()
  try {
    for await (const object of store.list(parent)) {
      const [name, ...deeper] = keyOf(object.location).slice(folder.length).split('/')
      if (stem !== '' && name.startsWith(stem))
        found.add(formatLocation(withKey(location, `${folder}${name}${deeper.length > 0 ? '/' : ''}`)))
      if (found.size === 3 || (found.size > 0 && name > stem && !name.startsWith(stem))) break
    }
  } catch {
    return []
  }
  return [...found]
}
