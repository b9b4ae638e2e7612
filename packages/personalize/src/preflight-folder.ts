import { authorError } from '@fletching/columns/errors'
import {
  asFolder,
  formatLocation,
  type Location,
  type ObjectInfo,
  openStore,
  type S3Options,
  type Store,
} from '@fletching/storage'
import type { Checklist } from './checklist.ts'
import { limits } from './preflight/limits.ts'
import { Preflight, type PreflightOptions } from './preflight.ts'

/**
 * Looks at a CSV, or at all that a folder holds, as Personalize would import it.
 *
 * - Errors: NO_INPUT (author) where there is nothing; those of the store.
 */
export async function preflightAt(
  location: Location,
  options: PreflightOptions & { readonly s3?: S3Options; readonly signal?: AbortSignal },
): Promise<Checklist> {
  const store = await openStore(location, options.s3)
  const { objects, isFolder } = await findObjects(store, location)
  const preflight = new Preflight(options)
  const name = formatLocation(location)
  if (location.scheme !== 's3') preflight.add('NOT_IN_S3', { object: name })
  else if (name.length > limits.pathCharacters) preflight.add('PATH_TOO_LONG', { object: name })
  for (const object of objects) {
    if (isFolder && !CSV_NAME.test(object.name)) preflight.add('FOREIGN_FILE', { object: object.name })
    else await look(store, object, preflight, options.signal)
  }
  return preflight.finish()
}

async function look(
  store: Store,
  object: ObjectInfo,
  preflight: Preflight,
  signal: AbortSignal | undefined,
): Promise<void> {
  preflight.begin(object)
  for await (const bytes of store.read(object)) {
    signal?.throwIfAborted()
    preflight.push(bytes)
  }
  preflight.end()
}

/** The object with that address, or all below it as a folder, but for the empty ones by which a console shows folders. */
async function findObjects(
  store: Store,
  location: Location,
): Promise<{ readonly objects: readonly ObjectInfo[]; readonly isFolder: boolean }> {
  const name = formatLocation(location)
  const object = name.endsWith('/') ? undefined : await store.stat(location)
  if (object !== undefined) return { objects: [object], isFolder: false }
  const objects: ObjectInfo[] = []
  for await (const found of store.list(asFolder(location))) if (!found.name.endsWith('/')) objects.push(found)
  if (objects.length > 0) return { objects, isFolder: true }
  throw authorError('NO_INPUT', `there is no object at ${name}`, {
    help: 'give the address of a CSV, or of the folder that holds it',
  })
}

/** A name that ends in `.csv`, or has no ending at all, as those of AWS Glue; a compressed one is told of by its content. */
const CSV_NAME = /(\.csv(\.gz)?|(^|\/)[^/._][^/.]*)$/i
