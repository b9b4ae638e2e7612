import { formatLocation, type ObjectInfo, type ObjectWriter, type Prepared } from '@fletching/storage'
import type { LedgerMove } from './intent.ts'
import { type FoundLedger, type Ledger, type LedgerRun, type LedgerSegment, segmentLocation } from './ledger.ts'
import { entryOf, formatEntry, type LedgerEntry, segmentEntries, segmentLines } from './ledger-segment.ts'
import type { State } from './places.ts'
import type { RunLog } from './run-log.ts'

/** A segment on its way, that nobody sees. */
interface NewSegment {
  readonly segment: LedgerSegment
  readonly prepared: Prepared
}

/** How a ledger moves on, and what must be shown first. */
export interface PreparedMove {
  readonly move: LedgerMove
  readonly prepared: readonly Prepared[]
}

/** What a move begins with. */
export type LedgerBase = Omit<Ledger, 'last'>

/** The ledger that was found, or that of an output before any run. */
export function ledgerBase(found: FoundLedger | undefined, output: string, jobHash: string): LedgerBase {
  const { runs = [], segments = [] } = found?.ledger ?? {}
  return { output, jobHash, runs, segments }
}

/** A move that changes nothing but who made it. */
export function stay(ledger: LedgerBase, last: string): PreparedMove {
  return { move: { ledger: { ...ledger, last }, replaced: [] }, prepared: [] }
}

/**
 * Adds a run and the objects that it has read. Of the last segments, those that are not larger than what stands behind them become a part of the
 * new one, so that there are few, and each object is written a few times only.
 *
 * - Cost: of n objects, at most log2 n segments, each object written at most log2 n times.
 */
export async function addRun(
  state: State,
  ledger: LedgerBase,
  run: LedgerRun,
  { objects, open }: NewEntries,
): Promise<PreparedMove> {
  const kept = [...ledger.segments]
  const merged: LedgerSegment[] = []
  let count = run.objects
  for (let last = kept.at(-1); last !== undefined && last.objects <= count; last = kept.at(-1)) {
    merged.unshift(last)
    count += last.objects
    kept.pop()
  }
  const number = ledger.runs.length
  const { segment, prepared } = await writeSegment(`${run.id}.ndjson`, open, async function* () {
    for (const old of merged) {
      for await (const lines of segmentLines(state, old)) yield { lines, count: 0 }
      yield { lines: Buffer.alloc(0), count: old.objects }
    }
    for (const entries of newEntries(objects, run.objects, number)) {
      yield { lines: linesOf(entries), count: entries.length }
    }
  })
  return {
    move: {
      ledger: { ...ledger, last: run.id, runs: [...ledger.runs, run], segments: [...kept, segment] },
      replaced: merged.map((old) => formatLocation(segmentLocation(state.folder, old))),
    },
    prepared: [prepared],
  }
}

/** What a run has read, and who opens the file for it. */
export interface NewEntries {
  /** In order; of a run, as many as it has. */
  readonly objects: Iterable<ObjectInfo>
  readonly open: OpenSegment
}

/** The entries of the first so many objects, some thousand at a time. */
function* newEntries(objects: Iterable<ObjectInfo>, count: number, run: number): Generator<LedgerEntry[]> {
  let entries: LedgerEntry[] = []
  let left = count
  for (const object of objects) {
    if (left-- === 0) break
    entries.push({ ...entryOf(object), run })
    if (entries.length < LINES_AT_ONCE) continue
    yield entries
    entries = []
  }
  if (entries.length > 0) yield entries
}

/** Opens the file of a segment; who does so takes it away when it is not shown. */
export type OpenSegment = (file: string) => Promise<ObjectWriter>

/** Opens segments in the state folder, each on the log of its run. */
export function segmentOpener({ store, folder }: State, log: RunLog): OpenSegment {
  return (file) => store.create(segmentLocation(folder, { file }), { onBegun: (begun) => log.add(begun) })
}

/** Writes a segment of lines that come in pieces, each with the number of objects that it completes. */
async function writeSegment(
  file: string,
  open: OpenSegment,
  pieces: () => AsyncIterable<{ readonly lines: Uint8Array; readonly count: number }>,
): Promise<NewSegment> {
  const writer = await open(file)
  let objects = 0
  for await (const { lines, count } of pieces()) {
    objects += count
    if (lines.length > 0) await writer.write(lines)
  }
  const prepared = await writer.prepare()
  return { segment: { file, objects, bytes: prepared.size, sha256: prepared.sha256 }, prepared }
}

/** Forgets the runs behind the one of that number. */
export async function forgetRuns(
  state: State,
  ledger: LedgerBase,
  number: number,
  { id, open }: { readonly id: string; readonly open: OpenSegment },
): Promise<PreparedMove> {
  const kept = ledger.runs.slice(0, number + 1)
  if (kept.length === ledger.runs.length) return stay(ledger, id)
  const replaced = ledger.segments.map((segment) => formatLocation(segmentLocation(state.folder, segment)))
  if (kept.length === 0)
    return { move: { ledger: { ...ledger, last: id, runs: [], segments: [] }, replaced }, prepared: [] }
  const { segment, prepared } = await writeSegment(`${id}.ndjson`, open, async function* () {
    for (const old of ledger.segments) {
      for await (const entries of segmentEntries(state, old)) {
        const left = entries.filter(({ run }) => run <= number)
        yield { lines: linesOf(left), count: left.length }
      }
    }
  })
  return { move: { ledger: { ...ledger, last: id, runs: kept, segments: [segment] }, replaced }, prepared: [prepared] }
}

function linesOf(entries: readonly LedgerEntry[]): Buffer {
  return Buffer.from(entries.map(formatEntry).join(''))
}

const LINES_AT_ONCE = 4096
