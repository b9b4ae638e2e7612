import { deserialize, serialize } from 'node:v8'
import { isValid } from '@fletching/columns'
import { oneChunk } from '@fletching/kernels/concat'
import { dictionaryDecode } from '@fletching/kernels/dictionary'
import type { DropDuplicatesStep } from '@fletching/plan'
import { Spill, type SpillPlace } from '@fletching/storage'
import type { Schema, Vector } from 'apache-arrow'
import { newRowCounts, type RowCounts, rowsOut } from './accounting.ts'
import { countDropped, lostLines } from './counted-rows.ts'
import { Distinct, type DistinctOptions } from './distinct.ts'
import { evaluate } from './evaluate.ts'
import { onRows, rowsGoingOn } from './failed-row.ts'
import { passed } from './filters.ts'
import { RowCountsList, type RowCountsOf } from './input-list.ts'
import { keysOf } from './keys.ts'
import { Latest } from './latest.ts'
import { type Meter, operatorName } from './meter.ts'
import type { MorselBody, Undecided } from './morsel.ts'
import { placed, type Rows, takeRows } from './operators.ts'
import { orderWords } from './order-words.ts'
import type { PhysicalPlan } from './physical.ts'
import { Tail } from './tail.ts'
import { Verdict } from './verdict-parts.ts'
import { type PackedUndecided, packUndecided, unpackUndecided } from './worker-messages.ts'

/** A body whose rows are decided. */
export interface Decided {
  readonly body: MorselBody
  /** What was given with the rows. */
  readonly linesBefore: number
}

/** Rows that wait in a file until it is known which of them repeat others. */
interface Waiting {
  readonly undecided: PackedUndecided
  readonly linesBefore: number
  readonly firstRow: number
  readonly rows: Int32Array
  readonly verdicts: Uint8Array
}

/**
 * Takes the rows out that repeat another, and does what a plan does behind that.
 *
 * Where the first of them stays, rows go on at once while the keys have room in memory. From the first key on that has none, they wait in a file, all of
 * them, since they keep their order; `rest` gives them after the last has come. Where the last stays, all wait, from the first key on.
 *
 * - Order: that of the input; which rows stay does not depend on memory, batches or workers.
 * - Memory: see `Distinct` and `Latest`, and the rows of one batch.
 */
export class Deduplicator {
  readonly #step: DropDuplicatesStep
  readonly #tail: Tail
  readonly #meter: Meter | undefined
  readonly #decider: Distinct | Latest
  readonly #explodes: boolean
  readonly #spill: Spill
  readonly #waiting: SpillPlace[] = []
  /** Of the objects of the batch at hand, in order. */
  readonly #counts = new Map<number, RowCounts>()
  /** Of those before it. */
  readonly #ended = new RowCountsList()
  #schema: Schema | undefined
  #rows = 0
  /** The object that came last, and how many rows of it. */
  #seen = { object: 0, rows: 0 }

  constructor(plan: PhysicalPlan, step: DropDuplicatesStep, options: DistinctOptions, meter?: Meter) {
    this.#step = step
    this.#tail = new Tail(plan, meter)
    this.#meter = meter
    this.#decider = step.last === undefined ? new Distinct(options) : new Latest(options)
    this.#explodes = plan.explode !== undefined
    this.#spill = new Spill(options.tmp)
  }

  /** Rows that came out so far. */
  get rows(): number {
    return this.#rows
  }

  /** What became of the rows of the objects that had some, in order. */
  *counts(): Generator<RowCountsOf> {
    yield* this.#ended
    for (const [index, counts] of this.#counts) yield { index, counts }
  }

  /** Takes the next rows in the order of the input; undefined when they have to wait for `rest`. */
  async take(undecided: Undecided, linesBefore: number): Promise<Decided | undefined> {
    const firstRow = this.#see(undecided)
    const origin = { ...undecided, from: 0, firstRow, of: 'undecided' } as const
    const { rows, keys, orders } = this.#time(() => onRows(undecided, origin, (some) => keyedRows(some, this.#step)))
    const verdicts = await this.#time(() => this.#decider.decide(keys, orders))
    if (!this.#decider.hasLater) return { body: this.#finish(undecided, firstRow, rows, verdicts), linesBefore }
    this.#schema = undecided.batch.schema
    const waiting: Waiting = { undecided: packUndecided(undecided), linesBefore, firstRow, rows, verdicts }
    this.#waiting.push(await this.#spill.append(serialize(waiting)))
    return undefined
  }

  /** The rows that had to wait; to be called after the last. */
  async *rest(): AsyncGenerator<Decided> {
    if (this.#schema === undefined) return
    await this.#decider.settle()
    for (const place of this.#waiting) {
      const { undecided, linesBefore, firstRow, rows, verdicts } = deserialize(await this.#spill.read(place)) as Waiting
      await this.#decider.fill(verdicts)
      yield { body: this.#finish(unpackUndecided(undecided, this.#schema), firstRow, rows, verdicts), linesBefore }
    }
  }

  /** Leaves no file. */
  async close(): Promise<void> {
    await this.#decider.close()
    await this.#spill.close()
  }

  #finish(undecided: Undecided, firstRow: number, rows: Int32Array, verdicts: Uint8Array): MorselBody {
    this.#endBefore(undecided.objects[0].index)
    const counts = undecided.objects.map(({ index }) => this.#countsOf(index))
    const numbers = withoutRepeated(undecided.batch.numRows, rows, verdicts)
    const kept = this.#time(() => takeRows(undecided, numbers))
    this.#meter?.count(operatorName.dropDuplicates, passed(undecided, kept))
    for (const [at, count] of lostLines(undecided, kept)) counts[at].duplicates += count
    countDropped('duplicate', undecided, kept, counts)
    const before = rowsIn(counts)
    const origin = { ...undecided, from: 0, firstRow, numbers, of: 'undecided' } as const
    const body = onRows(kept, origin, (some) => this.#tail.run({ ...undecided, ...some }, counts))
    this.#rows += rowsIn(counts) - before
    return body
  }

  #countsOf(index: number): RowCounts {
    const counts = this.#counts.get(index) ?? newRowCounts(this.#explodes)
    this.#counts.set(index, counts)
    return counts
  }

  #endBefore(first: number): void {
    for (const [index, counts] of this.#counts) {
      if (index >= first) return
      this.#ended.add({ index, counts })
      this.#counts.delete(index)
    }
  }

  /** How many rows of the first object came in earlier batches. */
  #see({ batch, objects, objectEnds }: Undecided): number {
    const last = objects[objectEnds.length] ?? objects[objects.length - 1]
    const firstRow = objects[0].index === this.#seen.object ? this.#seen.rows : 0
    this.#seen = { object: last.index, rows: rowsGoingOn(batch.numRows, { objectEnds, firstRow }) }
    return firstRow
  }

  /** Of work that waits, the time until it first does. */
  #time<T>(work: () => T): T {
    return this.#meter === undefined ? work() : this.#meter.time(operatorName.dropDuplicates, work)
  }
}

/**
 * The rows that may be equal to others, with their keys, and the words of their order where the last by a column stays. A line that is set aside makes no row,
 * and a null may be equal to nothing.
 */
export function keyedRows({ batch, unfit }: Rows, { keys, nulls, last }: DropDuplicatesStep) {
  const columns = keys.map((key) => placed('dropDuplicates', () => evaluate(key, batch)))
  const isLeftOut = new Uint8Array(batch.numRows)
  for (const { row } of unfit) isLeftOut[row] = 1
  if (nulls === 'distinct') for (const column of columns) markNulls(column, isLeftOut)
  const rows = unmarked(isLeftOut)
  const by = last?.by
  const orders =
    by &&
    orderWords(
      placed('dropDuplicates by', () => evaluate(by, batch)),
      rows,
    )
  return { rows, keys: keysOf(columns, rows), orders }
}

function withoutRepeated(numRows: number, rows: Int32Array, verdicts: Uint8Array): Int32Array {
  const isRepeated = new Uint8Array(numRows)
  for (let key = 0; key < rows.length; key++) if (verdicts[key] === Verdict.repeated) isRepeated[rows[key]] = 1
  return unmarked(isRepeated)
}

function markNulls(column: Vector, marks: Uint8Array): void {
  const data = oneChunk(dictionaryDecode(column))
  if (data.nullCount === 0) return
  for (let row = 0; row < marks.length; row++) if (!isValid(data, row)) marks[row] = 1
}

function unmarked(marks: Uint8Array): Int32Array {
  const rows = new Int32Array(marks.length)
  let count = 0
  for (let row = 0; row < marks.length; row++) if (marks[row] === 0) rows[count++] = row
  return rows.subarray(0, count)
}

function rowsIn(counts: readonly RowCounts[]): number {
  return counts.reduce((sum, count) => sum + rowsOut(count), 0)
}
