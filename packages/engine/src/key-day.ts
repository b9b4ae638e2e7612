/**
 * The received day that Segment's S3 destination writes into a key, `segment-logs/<source>/<UTC midnight in ms>/<file>`, as days since
 * 1970-01-01; undefined where a name has none.
 *
 * - Source: Segment, "AWS S3 Destination".
 */
export function keyDay(name: string): number | undefined {
  const midnightMs = Number(/(?:^|\/)segment-logs\/[^/]+\/(\d{1,14})\/[^/]/.exec(name)?.[1])
  return midnightMs % DAY_MS === 0 ? midnightMs / DAY_MS : undefined
}

const DAY_MS = 86_400_000
