import { createHash } from 'node:crypto'
import { STATE } from './small-job.ts'

/** A file that runs have left, as S3 lists it. */
export interface Left {
  /** Below the root. */
  readonly key: string
  readonly bytes: Uint8Array
}

/** What names hold: text, or what a record of the state says. */
export type Comparable = Readonly<Record<string, unknown>>

const MANIFEST = `${STATE}/manifest.json`
const LEDGER = `${STATE}/ledger.json`
const SEGMENTS = `${STATE}/ledger/`

/**
 * What runs have left below a root, without what differs by nature from another root where the same was done: its name, times, and the ids of
 * runs, in names and in records. The run of the manifest is NOW, and the first other one BEFORE; one more keeps its id, and so is seen.
 */
export function comparable(files: readonly Left[], root: string): Comparable {
  const text = JSON.stringify(Object.fromEntries(files.map((file) => [file.key, contentOf(file, files)])))
  const manifest = files.find(({ key }) => key === MANIFEST)
  const now = manifest === undefined ? undefined : (parse(manifest.bytes) as { readonly run: string }).run
  const before = text.match(RUN_ID)?.find((run) => run !== now)
  const wordOf = (run: string) => (run === now ? 'NOW' : run === before ? 'BEFORE' : run)
  return JSON.parse(text.replaceAll(root, 'ROOT').replaceAll(RUN_ID, wordOf)) as Comparable
}

function contentOf({ key, bytes }: Left, files: readonly Left[]): unknown {
  if (key === MANIFEST) return manifestOf(bytes)
  if (key === LEDGER) return ledgerOf(bytes, files)
  if (key.startsWith(SEGMENTS) && key.endsWith('.ndjson')) return entriesOf(bytes)
  return Buffer.from(bytes).toString('latin1')
}

function manifestOf(bytes: Uint8Array): unknown {
  const {
    startedAt: _,
    milliseconds: __,
    // It is of the places too.
    paramsHash: ___,
    ...manifest
  } = parse(bytes) as Record<string, unknown>
  return manifest
}

/** The head of the ledger, with whether its segments are what it says of them, in place of sizes and checksums: these are of names too. */
function ledgerOf(bytes: Uint8Array, files: readonly Left[]): unknown {
  const { ledger } = parse(bytes) as { readonly ledger: { readonly segments: readonly Segment[] } }
  const segments = ledger.segments.map(({ file, objects, ...said }) => {
    const found = files.find(({ key }) => key === `${SEGMENTS}${file}`)?.bytes ?? Buffer.alloc(0)
    const sha256 = createHash('sha256').update(found).digest('hex')
    return { file, objects, isWhole: found.length === said.bytes && sha256 === said.sha256 }
  })
  return { ...ledger, segments }
}

function entriesOf(bytes: Uint8Array): unknown {
  const lines = textOf(bytes).trimEnd().split('\n')
  return lines.map((line) => JSON.parse(line) as unknown)
}

interface Segment {
  readonly file: string
  readonly objects: number
  readonly bytes: number
  readonly sha256: string
}

function parse(bytes: Uint8Array): unknown {
  return JSON.parse(textOf(bytes))
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString()
}

const RUN_ID = /\d{8}T\d{6}Z-[0-9a-f]{12}/g
