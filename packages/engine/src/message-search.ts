import { NdjsonDecoder } from '@fletching/ndjson'
import { inflate, type ObjectInfo, type Objects, type Store } from '@fletching/storage'
import { untilAborted } from './abort.ts'
import { type FoundLine, LineFinder } from './line-finder.ts'
import type { PhysicalPlan } from './physical.ts'
import { TextSearch } from './text-search.ts'

/** A line with the `messageId` that was looked for, or one that is malformed and holds its bytes. */
export interface FoundMessage {
  readonly object: ObjectInfo
  readonly found: FoundLine
  /** Of the line's first byte, behind a byte order mark. */
  readonly byteOffset: number
}

/** What a search has seen so far. */
export interface Searched {
  objects: number
  lines: number
  /** Lines that are JSON and hold the id's bytes, but not as their `messageId`, and the place of the first. */
  elsewhere: number
  firstElsewhere: string | undefined
}

/**
 * The lines of a `messageId`, in the order of the input. Their bytes are looked for first; only what may hold the id is read as JSON, by the
 * engine's own decoder.
 *
 * - Memory: a piece of an object, and its longest line.
 * - Errors: what the store and gzip report; the signal's reason.
 */
export async function* searchMessage(
  { store, objects }: { readonly store: Store; readonly objects: Objects },
  id: string,
  plan: Pick<PhysicalPlan, 'lineBytesMax' | 'depthMax' | 'scanner'>,
  signal: AbortSignal | undefined,
  searched: Searched = nothingSearched(),
): AsyncGenerator<FoundMessage> {
  const search = new TextSearch(id)
  const reader = new IdReader(id, plan)
  for (const object of objects) {
    let found: FoundMessage[] = []
    const finder = new LineFinder(search, plan.lineBytesMax, (line) => {
      const byteOffset = reader.offsetOf(line)
      if (byteOffset !== undefined) found.push({ object, found: line, byteOffset })
      else if (line.holdsText) {
        searched.elsewhere++
        searched.firstElsewhere ??= `${object.name} line ${line.line}`
      }
    })
    for await (const bytes of contentOf(store, object, signal)) {
      finder.push(bytes)
      yield* found
      found = []
    }
    finder.flush()
    yield* found
    searched.objects++
    searched.lines += finder.lines
  }
}

export function nothingSearched(): Searched {
  return { objects: 0, lines: 0, elsewhere: 0, firstElsewhere: undefined }
}

/** The bytes of an object without its compression. */
export function contentOf(
  store: Store,
  object: ObjectInfo,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array> {
  return untilAborted(inflate(store.read(object), object.name), signal)
}

/** Reads the `messageId` of single lines. */
class IdReader {
  readonly #decoder: NdjsonDecoder

  constructor(
    id: string,
    { lineBytesMax, depthMax, scanner }: Pick<PhysicalPlan, 'lineBytesMax' | 'depthMax' | 'scanner'>,
  ) {
    const type = { kind: 'utf8', numbers: 'text', lineBreaks: 'keep', empty: 'null' } as const
    const column = {
      name: 'messageId',
      path: ['messageId'],
      type,
      required: false,
      unfit: 'null',
      output: true,
    } as const
    const step = { predicate: { op: 'isIn', column: 0, values: [id] }, reason: 'another messageId' } as const
    const places = [{ name: '$offset', of: 'offset' }] as const
    this.#decoder = new NdjsonDecoder({ columns: [column], steps: [step], places }, { lineBytesMax, depthMax, scanner })
  }

  /** Where the line begins, if it has the id or is malformed and holds it. */
  offsetOf({ line, byteOffset, bytes, holdsText }: FoundLine): number | undefined {
    const decoder = this.#decoder
    if (line > 1) decoder.skipTo(byteOffset)
    const full = decoder.push(bytes)
    decoder.endObject()
    const [decoded] = [...full, ...decoder.flush()]
    decoder.takeCounts()
    if (decoded === undefined) return undefined
    const [malformed] = decoded.malformed
    if (malformed !== undefined) return holdsText ? malformed.byteOffset : undefined
    return Number(decoded.batch.getChild('$offset')?.get(0))
  }
}
