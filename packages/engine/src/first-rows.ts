import type { DropDuplicatesStep } from '@fletching/plan'
import type { ObjectInfo, Store } from '@fletching/storage'
import { rowsWithKeys } from './deduplicator.ts'
import { keysOf } from './keys.ts'
import { contentOf } from './message-search.ts'
import type { MorselBody, Undecided } from './morsel.ts'
import { takeRows } from './operators.ts'
import type { PhysicalPlan } from './physical.ts'
import { Pipeline } from './pipeline.ts'

/** A row by whose key later ones are dropped. */
export interface FirstRow {
  readonly object: string
  readonly line: number
  readonly byteOffset: number
  /** The row alone. */
  readonly undecided: Undecided
}

/** The keys of the rows that may repeat others, as texts that are equal when the keys are. */
export function keyTexts(
  undecided: Undecided,
  step: DropDuplicatesStep,
): { readonly row: number; readonly text: string }[] {
  const { columns, rows } = rowsWithKeys(undecided, step)
  const { words, starts, lengths } = keysOf(columns, rows)
  const bytes = Buffer.from(words.buffer, words.byteOffset, words.byteLength)
  const textOf = (key: number) => bytes.toString('latin1', starts[key] * 4, (starts[key] + lengths[key]) * 4)
  return Array.from(rows, (row, key) => ({ row, text: textOf(key) }))
}

/**
 * The first row of the input with each of some keys. The whole input is scanned until all of them are found.
 *
 * - Memory: a batch, and a row for each key.
 */
export async function firstRows(
  { store, objects }: { readonly store: Store; readonly objects: readonly ObjectInfo[] },
  plan: PhysicalPlan,
  step: DropDuplicatesStep,
  keys: ReadonlySet<string>,
  signal: AbortSignal | undefined,
): Promise<ReadonlyMap<string, FirstRow>> {
  const firsts = new Map<string, FirstRow>()
  const places = [
    ...(plan.scan.places ?? []),
    { name: LINE, of: 'line' } as const,
    { name: OFFSET, of: 'offset' } as const,
  ]
  const pipeline = new Pipeline({ ...plan, scan: { ...plan.scan, places } })
  for (const { name, ...object } of objects) {
    pipeline.start(0, name)
    const look = (bodies: readonly MorselBody[]) => {
      for (const { undecided } of bodies) if (undecided !== undefined) lookAt(undecided, name)
    }
    for await (const bytes of contentOf(store, { name, ...object }, signal)) {
      look(pipeline.push(bytes))
      if (firsts.size === keys.size) return firsts
    }
    pipeline.end(0)
    look(pipeline.flush())
    pipeline.takeEnded()
    if (firsts.size === keys.size) return firsts
  }
  return firsts

  function lookAt(undecided: Undecided, object: string): void {
    for (const { row, text } of keyTexts(undecided, step)) {
      if (!keys.has(text) || firsts.has(text)) continue
      const numberAt = (name: string) => Number(undecided.batch.getChild(name)?.get(row))
      const alone = { ...undecided, ...takeRows(undecided, Int32Array.of(row)), malformed: [] }
      firsts.set(text, { object, line: numberAt(LINE), byteOffset: numberAt(OFFSET), undecided: alone })
    }
  }
}

/** Columns beside those of the plan, whose names no path has. */
const LINE = '$line of a first row'
const OFFSET = '$offset of a first row'
