import { type FoundInput, findInput, ObjectList } from '@fletching/storage'
import { otherDays } from './key-day.ts'
import type { RunOptions } from './options.ts'
import type { PhysicalPlan } from './physical.ts'
import type { Places } from './places.ts'
import { Selection } from './selection.ts'

/**
 * The objects that a run is to read, in UTF-8 byte order of their names. With a bookmark there may be none: those that are known are passed
 * over while they are listed, and of the others so many are taken as the run may read.
 *
 * - Memory: the objects that are to be read, and none that is passed over.
 * - Errors: those of `findInput`; OBJECT_CHANGED_SINCE (data).
 */
export async function listInput(
  { location }: Pick<PhysicalPlan, 'location'>,
  { input, bookmark }: Pick<Places, 'input' | 'bookmark'>,
  options: RunOptions,
): Promise<FoundInput> {
  const isOtherDay = otherDays(options)
  const selection = bookmark === undefined ? undefined : new Selection(bookmark, options)
  const found = await findInput(input.store, location, {
    ...(options.exclude === undefined ? {} : { exclude: options.exclude }),
    reasonToSkip: (object, isNamed) =>
      !isNamed && isOtherDay?.(object.name) === true ? 'other received day' : selection?.reasonToSkip(object),
    mayBeNone: () => selection?.hasSkipped === true,
  })
  selection?.assertUnchanged()
  return bookmark === undefined ? found : bounded(found, options)
}

/** The first of the objects; at least one, however large. */
function bounded({ objects, skipped }: FoundInput, { filesMax, bytesMax }: RunOptions): FoundInput {
  if (filesMax === undefined && bytesMax === undefined) return { objects, skipped }
  const first = new ObjectList()
  let bytes = 0
  for (const object of objects) {
    bytes += object.size
    if (first.length > 0 && (first.length >= (filesMax ?? Number.POSITIVE_INFINITY) || bytes > (bytesMax ?? bytes)))
      break
    first.add(object)
  }
  return { objects: first, skipped: leaving(skipped, objects.length - first.length) }
}

/** What is passed over, with so many objects that the next run reads. */
export function leaving(skipped: FoundInput['skipped'], count: number): FoundInput['skipped'] {
  return count === 0 ? skipped : { ...skipped, [LEFT]: (skipped[LEFT] ?? 0) + count }
}

const LEFT = 'left to the next run'
