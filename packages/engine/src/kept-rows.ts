import { formatPath, type Path } from '@fletching/columns'
import type { DropDuplicatesStep, ExplodeStep } from '@fletching/plan'
import type { Objects, Store } from '@fletching/storage'
import { keyedRows } from './deduplicator.ts'
import type { Keys } from './keys.ts'
import { contentOf } from './message-search.ts'
import type { MorselBody, Undecided } from './morsel.ts'
import { isBehind } from './order-words.ts'
import type { PhysicalPlan } from './physical.ts'
import { Pipeline } from './pipeline.ts'

/** Where a line stands. */
export interface LinePlace {
  readonly object: string
  /** Counted from 1, in the object. */
  readonly line: number
  /** Of its first byte, in the uncompressed object. */
  readonly byteOffset: number
}

/** Where a row comes from. */
export interface RowPlace extends LinePlace {
  /** Of a row that was made of an item: which of its list, counted from 1. */
  readonly item?: number
}

/** The keys of the rows that may be alike, as texts that are equal when the keys are. */
export function keyTexts(undecided: Undecided, step: DropDuplicatesStep): readonly string[] {
  return textsOf(keyedRows(undecided, step).keys)
}

/**
 * The rows that a plan keeps of those with some keys: of each the first of the input, or the last in the order of the plan.
 *
 * - Memory: a batch, and a place for each key.
 * - Cost: the whole input is scanned; where the first is kept, until all are found.
 */
export async function keptRows(
  { store, objects }: { readonly store: Store; readonly objects: Objects },
  plan: PhysicalPlan,
  step: DropDuplicatesStep,
  wanted: ReadonlySet<string>,
  signal: AbortSignal | undefined,
): Promise<Map<string, RowPlace>> {
  const kept = new Kept(plan, step, wanted)
  const pipeline = new Pipeline(withPlaces(plan))
  let index = 0
  for (const object of objects) {
    pipeline.start(index++, object.name)
    for await (const bytes of contentOf(store, object, signal)) {
      kept.take(pipeline.push(bytes), object.name)
      if (kept.isDone) return kept.places
    }
    pipeline.end(0)
    kept.take(pipeline.flush(), object.name)
    pipeline.takeEnded()
    if (kept.isDone) return kept.places
  }
  return kept.places
}

/** An explode that also tells the place of each item in its list. */
export function withItems(step: ExplodeStep): ExplodeStep & { readonly position: Path } {
  return { ...step, position: step.position ?? ITEM }
}

/** Which item a row was made of; nothing of the row of a line without any. */
export function itemOf({ batch }: Pick<Undecided, 'batch'>, step: ExplodeStep, row: number): Pick<RowPlace, 'item'> {
  const position = batch.getChild(formatPath(withItems(step).position))?.get(row) as number | null
  return position === null ? {} : { item: position + 1 }
}

/** A plan whose rows know where they come from, by columns beside its own. */
export function withPlaces({ explode, ...plan }: PhysicalPlan): PhysicalPlan {
  const places = [
    ...(plan.scan.places ?? []),
    { name: formatPath(LINE), of: 'line' } as const,
    { name: formatPath(OFFSET), of: 'offset' } as const,
  ]
  const placed = { ...plan, scan: { ...plan.scan, places } }
  if (explode === undefined) return placed
  return { ...placed, explode: { ...withItems(explode), carried: [...explode.carried, LINE, OFFSET] } }
}

/** Of each key the row that stays, as far as the input was seen. */
class Kept {
  readonly places = new Map<string, RowPlace>()
  readonly #orders = new Map<string, readonly [high: number, low: number]>()
  readonly #step: DropDuplicatesStep
  readonly #explode: ExplodeStep | undefined
  readonly #wanted: ReadonlySet<string>

  constructor({ explode }: PhysicalPlan, step: DropDuplicatesStep, wanted: ReadonlySet<string>) {
    this.#step = step
    this.#explode = explode
    this.#wanted = wanted
  }

  /** Whether what comes can change nothing. */
  get isDone(): boolean {
    return this.#step.last === undefined && this.places.size === this.#wanted.size
  }

  take(bodies: readonly MorselBody[], object: string): void {
    for (const { undecided } of bodies) if (undecided !== undefined) this.#takeRows(undecided, object)
  }

  #takeRows(undecided: Undecided, object: string): void {
    const { rows, keys, orders } = keyedRows(undecided, this.#step)
    for (const [key, text] of textsOf(keys).entries()) {
      if (!this.#wanted.has(text)) continue
      const [high, low] = orders === undefined ? [0, 0] : [orders[2 * key], orders[2 * key + 1]]
      const before = this.#orders.get(text)
      if (before !== undefined && (this.#step.last === undefined || !isBehind(high, low, ...before))) continue
      this.#orders.set(text, [high, low])
      this.places.set(text, this.#placeOf(undecided, rows[key], object))
    }
  }

  #placeOf(undecided: Undecided, row: number, object: string): RowPlace {
    const numberAt = (path: Path) => Number(undecided.batch.getChild(formatPath(path))?.get(row))
    const place = { object, line: numberAt(LINE), byteOffset: numberAt(OFFSET) }
    return this.#explode === undefined ? place : { ...place, ...itemOf(undecided, this.#explode, row) }
  }
}

function textsOf({ words, starts, lengths }: Keys): string[] {
  const bytes = Buffer.from(words.buffer, words.byteOffset, words.byteLength)
  return Array.from(starts, (start, key) => bytes.toString('latin1', start * 4, (start + lengths[key]) * 4))
}

/** Columns beside those of the plan, whose names no path has. */
export const LINE: Path = ['$line of a row']
export const OFFSET: Path = ['$offset of a row']
const ITEM: Path = ['$item of a row']
