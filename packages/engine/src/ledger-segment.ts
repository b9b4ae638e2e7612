import { createHash } from 'node:crypto'
import { formatLocation, type ObjectInfo } from '@fletching/storage'
import { badLedger, type LedgerSegment, segmentLocation } from './ledger.ts'
import type { State } from './places.ts'

/** An object that a run has read. */
export interface LedgerEntry {
  /** The number of the run in the ledger. */
  readonly run: number
  readonly name: string
  readonly etag: string
  /** Bytes as stored. */
  readonly size: number
}

/** The line of an object in a segment. */
export function formatEntry({ run, name, etag, size }: LedgerEntry): string {
  return `${JSON.stringify({ run, name, etag, size })}\n`
}

/**
 * The lines of a segment, in pieces of whole lines. What they say holds only once the last has come: then the whole is held against the
 * ledger.
 *
 * - Memory: a piece.
 * - Errors: BAD_LEDGER (environment) when the segment is not there, or is not what the ledger names.
 */
export async function* segmentLines(state: State, segment: LedgerSegment): AsyncGenerator<Buffer> {
  const location = segmentLocation(state.folder, segment)
  const name = formatLocation(location)
  const object = await state.store.stat(location)
  if (object === undefined) throw badLedger(name, 'it is not there')
  if (object.size !== segment.bytes) throw badLedger(name, `it has ${object.size} bytes instead of ${segment.bytes}`)
  const hash = createHash('sha256')
  let rest: Buffer = Buffer.alloc(0)
  for await (const bytes of state.store.read(object)) {
    hash.update(bytes)
    const piece = Buffer.concat([rest, bytes])
    const end = piece.lastIndexOf(LF) + 1
    rest = piece.subarray(end)
    if (end > 0) yield piece.subarray(0, end)
  }
  if (hash.digest('hex') !== segment.sha256 || rest.length > 0) throw badLedger(name, 'its checksum is wrong')
}

/**
 * The entries of a segment. What they say holds only once the last has come.
 *
 * - Errors: those of `segmentLines`.
 */
export async function* segmentEntries(state: State, segment: LedgerSegment): AsyncGenerator<LedgerEntry[]> {
  for await (const lines of segmentLines(state, segment)) yield parseLines(lines, segment, state)
}

function parseLines(lines: Buffer, segment: LedgerSegment, { folder }: State): LedgerEntry[] {
  const name = formatLocation(segmentLocation(folder, segment))
  let entries: Partial<LedgerEntry>[]
  try {
    entries = JSON.parse(`[${lines.toString().trimEnd().replaceAll('\n', ',')}]`) as Partial<LedgerEntry>[]
  } catch (cause) {
    throw badLedger(name, 'it is not JSON', cause)
  }
  if (!entries.every(isEntry)) throw badLedger(name, 'a line of it names no object')
  return entries
}

function isEntry(entry: Partial<LedgerEntry> | null): entry is LedgerEntry {
  const { run, name, etag, size } = entry ?? {}
  return typeof name === 'string' && typeof etag === 'string' && Number.isInteger(run) && Number.isInteger(size)
}

/** An object in the version that was listed. */
export function entryOf({ name, etag = '', size }: ObjectInfo): Omit<LedgerEntry, 'run'> {
  return { name, etag, size }
}

const LF = 0x0a
