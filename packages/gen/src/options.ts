import { authorError } from '@fletching/columns/errors'
import { plural } from '@fletching/columns/plural'
import { isTrapKind, type TrapKind, wellFormedTrapKinds } from './traps.ts'

const kinds = ['mixed', 'ecommerce'] as const
type Kind = (typeof kinds)[number]

/** What a set shall be like. */
export interface GenOptions {
  /** Chooses the set: a whole number from 0 to 2⁵³ − 1. The same seed and options give the same bytes. */
  readonly seed: number
  /** Bytes of uncompressed JSON in all; the set ends with the line that reaches them. */
  readonly bytes?: number | undefined
  /** Lines in all; 10,000 when neither `bytes` nor `events` is given. */
  readonly events?: number | undefined
  /** Objects in all. Default: a handful for a small set, else so many that each holds about 32 MB of JSON. */
  readonly files?: number | undefined
  /** Received days; default 3. */
  readonly days?: number | undefined
  /** Sources, each with the habits of one SDK; default 5. */
  readonly sources?: number | undefined
  /** The first received day, `2019-05-18` unless told. */
  readonly firstDay?: string | undefined
  /** The share of lines that are traps, 0 to 1; default 0.01. */
  readonly traps?: number | undefined
  /** The kinds of traps, taken in turn; default: those that leave a line well-formed. */
  readonly trapKinds?: readonly TrapKind[] | undefined
  /** Compresses the objects, as Segment does; default true. */
  readonly gzip?: boolean | undefined
  /** What the events are: `mixed`, of every kind, or `ecommerce`, of a shop that keeps to Segment's ecommerce spec; default `mixed`. */
  readonly kind?: Kind | undefined
  /** How hard to compress, 1 (quick) to 9 (small); default 6. */
  readonly level?: number | undefined
}

/** The options with every default filled in. */
export interface Settings {
  readonly seed: number
  readonly target: { readonly unit: 'bytes' | 'events'; readonly total: number }
  /** About how many lines there will be. */
  readonly eventsExpected: number
  readonly files: number
  readonly days: number
  readonly sources: number
  readonly firstDayMs: number
  readonly traps: number
  readonly trapKinds: readonly TrapKind[]
  readonly kind: Kind
  readonly gzip: boolean
  readonly level: number
}

export const DAY_MS = 86_400_000

/** Segment closes a file at 100 MB; a tenth is left for sets whose lines are longer than expected. */
const OBJECT_BYTES_MAX = 90_000_000
const OBJECT_BYTES_TARGET = 32_000_000

/** Bytes of an average line, measured; it only serves to guess one of bytes and lines from the other. */
export const LINE_BYTES_EXPECTED = 965

export function settle(options: GenOptions): Settings {
  const { bytes, events, trapKinds = wellFormedTrapKinds, traps = 0.01, gzip = true } = options
  if (bytes !== undefined && events !== undefined) {
    throw authorError('GEN_OPTIONS', 'a set is measured by bytes or by events, not by both')
  }
  if (!(traps >= 0 && traps <= 1)) throw authorError('GEN_OPTIONS', `traps is a share from 0 to 1, not ${traps}`)
  for (const kind of trapKinds as readonly string[]) {
    if (!isTrapKind(kind)) throw authorError('GEN_OPTIONS', `no trap is called "${kind}"`)
  }
  const { kind = 'mixed' } = options
  if (!kinds.includes(kind)) throw authorError('GEN_OPTIONS', `there are no events of the kind "${String(kind)}"`)
  const unit = bytes === undefined ? 'events' : 'bytes'
  const total = whole(unit, bytes ?? events ?? 10_000, 1, Number.MAX_SAFE_INTEGER)
  const bytesExpected = unit === 'bytes' ? total : total * LINE_BYTES_EXPECTED
  const eventsExpected = unit === 'events' ? total : Math.ceil(total / LINE_BYTES_EXPECTED)
  const days = whole('days', options.days ?? 3, 1, 3_650)
  const sources = whole('sources', options.sources ?? 5, 1, 1_000)
  const filesUsual = Math.max(Math.ceil(bytesExpected / OBJECT_BYTES_TARGET), days * 2, sources)
  const files = whole('files', options.files ?? Math.min(filesUsual, eventsExpected), 1, 1_000_000)
  if (files > eventsExpected) {
    throw authorError(
      'GEN_OPTIONS',
      `${files} ${plural(files, 'file is', 'files are')} too many for about ${eventsExpected} ${plural(eventsExpected, 'event')}`,
    )
  }
  if (bytesExpected / files > OBJECT_BYTES_MAX) {
    throw authorError(
      'GEN_OPTIONS',
      `${files} ${plural(files, 'file')} would hold more than 100 MB each, which Segment never writes`,
      {
        help: `ask for ${Math.ceil(bytesExpected / OBJECT_BYTES_MAX)} files or more`,
      },
    )
  }
  return {
    seed: whole('seed', options.seed, 0, Number.MAX_SAFE_INTEGER),
    target: { unit, total },
    eventsExpected,
    files,
    days,
    sources,
    firstDayMs: dayOf(options.firstDay ?? '2019-05-18'),
    traps: trapKinds.length === 0 ? 0 : traps,
    trapKinds,
    kind,
    gzip,
    level: whole('level', options.level ?? 6, 1, 9),
  }
}

function whole(name: string, value: number, least: number, most: number): number {
  if (Number.isSafeInteger(value) && value >= least && value <= most) return value
  throw authorError('GEN_OPTIONS', `${name} is a whole number from ${least} to ${most}, not ${value}`)
}

function dayOf(text: string): number {
  const [, year, month, day] = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text) ?? []
  const ms = Date.UTC(Number(year), Number(month) - 1, Number(day))
  if (!Number.isNaN(ms) && ms >= 0 && new Date(ms).toISOString().startsWith(text)) return ms
  throw authorError('GEN_OPTIONS', `firstDay is a day such as 2019-05-18, from 1970 on, not "${text}"`)
}
