import { gzipSync } from 'node:zlib'
import { layOut, type Slot } from './layout.ts'
import { LineBuffer } from './line-buffer.ts'
import { LineMaker } from './line-maker.ts'
import { type GenOptions, LINE_BYTES_EXPECTED, type Settings, settle } from './options.ts'
import { Random } from './random.ts'
import { type TrapKind, trapKinds } from './traps.ts'

/** Names what the generator makes of a seed; it changes whenever the bytes of any set do. */
export const generatorVersion = '1'

/** One object of a set, as it is to be stored. */
export interface GeneratedObject {
  /** `segment-logs/<source>/<received day in ms>/<file>.gz`; without `.gz` when not compressed. */
  readonly key: string
  readonly bytes: Uint8Array
  readonly contentType: 'text/plain'
  readonly contentEncoding: 'gzip' | undefined
  readonly lines: number
  /** How many lines are traps, by kind; every kind has an entry. */
  readonly traps: Readonly<Record<TrapKind, number>>
  readonly uncompressedBytes: number
}

/**
 * Makes a set of Segment events, object by object, as Segment's S3 destination stores them.
 *
 * - Memory: one object at a time, beside a table of the people in the set.
 * - Errors: an author error `GEN_OPTIONS` when the options make no sense.
 * - Order: objects come in the UTF-8 byte order of their keys.
 * - Cost: linear in the lines; a gigabyte of JSON is a matter of seconds, on one core.
 *
 * The same options give the same JSON bytes with any Node on any machine. Compressed bytes are the same for one version
 * of zlib: the header holds no time and no operating system.
 *
 * @example
 * ```ts
 * const [first] = generateObjects({ seed: 7, events: 100, days: 1 })
 * assert.match(first.key, /^segment-logs\/\w{10}\/1558137600000\//)
 * ```
 */
export function* generateObjects(options: GenOptions): Generator<GeneratedObject, void, undefined> {
  const settings = settle(options)
  const { target, files } = settings
  const maker = new LineMaker(settings)
  const buffer = new LineBuffer(Math.ceil((settings.eventsExpected / files) * LINE_BYTES_EXPECTED * 1.1) + 0x1_0000)
  let made = 0
  let index = 0
  for (const slot of layOut(settings)) {
    index++
    const due = Math.ceil((target.total / files) * index) - made
    const object = fill(slot, maker, buffer, settings, due, new Random(settings.seed, index))
    made += target.unit === 'bytes' ? object.uncompressedBytes : object.lines
    // In a set of a few lines one object may already hold the bytes due for the next; Segment stores no empty objects.
    if (object.lines > 0) yield object
  }
}

/** Writes lines into `buffer` until `due` bytes or lines are there. */
function fill(
  slot: Slot,
  maker: LineMaker,
  buffer: LineBuffer,
  settings: Settings,
  due: number,
  random: Random,
): GeneratedObject {
  const { target, eventsExpected, files } = settings
  const traps = Object.fromEntries(trapKinds.map(({ kind }) => [kind, 0])) as Record<TrapKind, number>
  const gapMs = ((slot.endMs - slot.startMs) * files) / eventsExpected
  let received = slot.startMs
  let lines = 0
  buffer.clear()
  while ((target.unit === 'bytes' ? buffer.length : lines) < due) {
    received = Math.min(slot.endMs - 1, received + random.below(Math.floor(gapMs * 2) + 1))
    const { content, trap } = maker.next(slot.source, received, random)
    buffer.addLine(content)
    lines++
    if (trap !== undefined) traps[trap]++
  }
  return {
    key: slot.key,
    bytes: settings.gzip ? compressed(buffer.view(), settings.level) : buffer.view().slice(),
    contentType: 'text/plain',
    contentEncoding: settings.gzip ? 'gzip' : undefined,
    lines,
    traps,
    uncompressedBytes: buffer.length,
  }
}

const GZIP_SYSTEM = 9
const SYSTEM_UNKNOWN = 255

function compressed(bytes: Uint8Array, level: number): Uint8Array {
  const result = gzipSync(bytes, { level })
  result[GZIP_SYSTEM] = SYSTEM_UNKNOWN
  return result
}
