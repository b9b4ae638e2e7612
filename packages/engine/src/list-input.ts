import { type FoundInput, findInput, type ObjectInfo } from '@fletching/storage'
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
  let bytes = 0
  const count = objects.findIndex(({ size }, index) => {
    bytes += size
    return index > 0 && (index >= (filesMax ?? index + 1) || bytes > (bytesMax ?? bytes))
  })
  return count < 0
    ? { objects, skipped }
    : { objects: objects.slice(0, count), skipped: leaving(skipped, objects.slice(count)) }
}

/** What is passed over, with those objects that the next run reads. */
export function leaving(skipped: FoundInput['skipped'], left: readonly ObjectInfo[]): FoundInput['skipped'] {
  if (left.length === 0) return skipped
  return { ...skipped, [LEFT]: (skipped[LEFT] ?? 0) + left.length }
}

const LEFT = 'left to the next run'
