// @ts-check
// From samples to the figures that are told.

/** @typedef {{ readonly name: string, readonly ours: boolean, readonly version: string, readonly table: string, readonly samples: readonly import('./measure.js').Sample[] }} Result */
/** @typedef {{ readonly shape: string, readonly says: string, readonly bytes: number, readonly results: readonly Result[] }} ShapeResults */
/** @typedef {{ readonly name: string, readonly ours: boolean, readonly table: string, readonly bestS: number, readonly medianS: number, readonly speed: number, readonly cpuS: number, readonly rssBytes: number, readonly toBestPeer: number | undefined }} Figures */

/**
 * The figures of each engine: `speed` is megabytes of JSON a second at the median, `toBestPeer` how many times as fast as the
 * fastest engine that is not ours.
 *
 * @param {ShapeResults} shape
 * @returns {Figures[]}
 */
export function figuresOf({ bytes, results }) {
  const walls = results.map(({ samples }) => median(samples.map(({ wallS }) => wallS)))
  const peers = walls.filter((_, index) => !results[index].ours)
  const bestPeerS = peers.length === 0 ? undefined : Math.min(...peers)
  return results.map(({ name, ours, table, samples }, index) => ({
    name,
    ours,
    table,
    bestS: Math.min(...samples.map(({ wallS }) => wallS)),
    medianS: walls[index],
    speed: bytes / 1e6 / walls[index],
    cpuS: median(samples.map(({ cpuS }) => cpuS)),
    rssBytes: Math.max(...samples.map(({ rssBytes }) => rssBytes)),
    toBestPeer: bestPeerS === undefined ? undefined : bestPeerS / walls[index],
  }))
}

/** The middle one; of an even number the mean of the two. @param {readonly number[]} numbers */
function median(numbers) {
  const sorted = numbers.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}
