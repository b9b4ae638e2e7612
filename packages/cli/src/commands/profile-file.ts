import { authorError, environmentError } from '@fletching/columns/errors'
import { pageStart } from '@fletching/explore/profile'
import { type Location, type ObjectInfo, openStore, parseLocation, type Store } from '@fletching/storage'

/** Where a profile goes. */
export interface ProfilePlace {
  /** As it was given. */
  readonly target: string
  readonly store: Store
  readonly location: Location
  /** Whether it may be written over whatever is there. */
  readonly force: boolean
}

/**
 * The place of a profile, before there is one.
 *
 * - Errors: NOT_A_PROFILE (author) where something else is there; those of the store.
 */
export async function profilePlace(target: string, force: boolean): Promise<ProfilePlace> {
  const location = parseLocation(target)
  const place = { target, store: await openStore(location), location, force }
  await replaceable(place)
  return place
}

/**
 * Writes a profile in one step, in place of an earlier one.
 *
 * - Errors: NOT_A_PROFILE (author), OVERTAKEN (environment) where another process writes there too; those of the store.
 */
export async function putProfile(place: ProfilePlace, text: string): Promise<void> {
  const there = await replaceable(place)
  if (await place.store.put(place.location, new TextEncoder().encode(text), { etag: there?.etag })) return
  throw environmentError('OVERTAKEN', 'something else was written there at the same time', {
    at: place.target,
    help: 'start it again, or give another place',
  })
}

/** What would be replaced; undefined where nothing is. */
async function replaceable({ target, store, location, force }: ProfilePlace): Promise<ObjectInfo | undefined> {
  const there = await store.stat(location)
  if (there === undefined || force || (await isProfile(store, there))) return there
  throw authorError('NOT_A_PROFILE', 'there is something that is no profile of ours', {
    at: target,
    help: 'give another place, or --force to write over it',
  })
}

async function isProfile(store: Store, object: ObjectInfo): Promise<boolean> {
  let head = ''
  for await (const bytes of store.read(object)) {
    head += Buffer.from(bytes).toString('latin1')
    if (head.length >= pageStart.length) break
  }
  return head.startsWith(pageStart) || head.startsWith('{"profileVersion":1,')
}
