import type { Location } from '@fletching/storage'

/**
 * Maps things, up to `most` of them at the same time, begun in their order.
 *
 * - Order: that of the things.
 * - Errors: one of them; no other thing is begun after the first, and all that were have ended.
 */
export async function mapSome<T, R>(things: readonly T[], most: number, map: (thing: T) => Promise<R>): Promise<R[]> {
  const results: R[] = []
  // Unlike an iterator of an array, it is at its end for all who take from it when one of them throws.
  const left = (function* entries() {
    yield* things.entries()
  })()
  const takers = Array.from({ length: Math.min(most, things.length) }, async () => {
    for (const [number, thing] of left) results[number] = await map(thing)
  })
  const failed = (await Promise.allSettled(takers)).find(({ status }) => status === 'rejected')
  if (failed !== undefined) throw (failed as PromiseRejectedResult).reason
  return results
}

/**
 * How many outputs may be brought to all of these places at the same time. A disk is waited for several times for each; S3 is asked one thing after the
 * other, so that what every fault leaves at every request can be told.
 */
export function preparedAtOnce(...places: readonly Location[]): number {
  return Math.min(...places.map(({ scheme }) => (scheme === 'file' ? 16 : 1)))
}
