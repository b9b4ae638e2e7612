import { authorError } from '@fletching/columns/errors'
import type { RunOptions } from './options.ts'

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

/**
 * Tells the objects whose key has a received day that lies before the first or behind the last wanted one, by more than a day: an event of a day
 * may be received on the next, and a clock that is fast makes one of the day before. Undefined when every day is wanted.
 *
 * - Errors: BAD_OPTION (author) for no days, or a first one behind the last.
 */
export function otherDays({ fromDay, toDay }: RunOptions): ((name: string) => boolean) | undefined {
  if (fromDay === undefined && toDay === undefined) return undefined
  const first = fromDay === undefined ? Number.NEGATIVE_INFINITY : dayOf(fromDay)
  const last = toDay === undefined ? Number.POSITIVE_INFINITY : dayOf(toDay)
  if (!(first <= last)) {
    throw authorError('BAD_OPTION', 'the first received day lies behind the last, or one of them is no day', {
      help: '--from takes the first and --to the last day that is wanted, as in --from 2019-05-18 --to 2019-05-20',
    })
  }
  return (name) => {
    const day = keyDay(name)
    return day !== undefined && (day < first - SLACK_DAYS || day > last + SLACK_DAYS)
  }
}

function dayOf(moment: Date): number {
  return Math.floor(moment.getTime() / DAY_MS)
}

const SLACK_DAYS = 1
const DAY_MS = 86_400_000
