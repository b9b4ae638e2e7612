import type { Schema } from 'apache-arrow'
import type { Held } from './held-rows.ts'
import { type RowRanges, rowsIn, sliceRanges, takeRanges } from './row-ranges.ts'
import { looseBatch, looseRows, type TablePart } from './table-part.ts'

/**
 * The rows of a part on their way to where they wait: some at a time, in their order.
 *
 * - Memory: those that are taken and those that are left never share any. What is left keeps the batch while it is half of what the batch was kept for.
 */
export class ArrivingRows {
  readonly #schema: Schema
  readonly #ranges: RowRanges
  /** The range at which the rows stand that were not yet told of, and the first row that may be one. */
  #range = 0
  #row = 0
  #left: Held
  #keptFor: number

  /** - `schema`: that of the rows. */
  constructor(part: TablePart, schema: Schema) {
    const { ranges, content, byteLength } = part
    this.#schema = schema
    this.#ranges = ranges
    this.#keptFor = rowsIn(ranges)
    const isSelection = !(content instanceof Uint8Array) && content.numRows > this.#keptFor
    this.#left = { rows: this.#keptFor, content, byteLength, ranges: isSelection ? ranges : undefined }
  }

  /** How many rows stood before this one in the batch, of those that were not yet told of. */
  rowsBefore(row: number): number {
    let rows = 0
    while (this.#range < this.#ranges.length && this.#ranges[this.#range] < row) {
      const end = this.#ranges[this.#range + 1]
      rows += Math.min(end, row) - Math.max(this.#ranges[this.#range], this.#row)
      if (end > row) break
      this.#range += 2
    }
    this.#row = row
    return rows
  }

  /** The next rows, which are so many. */
  take(rows: number): Held {
    const all = this.#left
    const left = all.rows - rows
    if (left === 0) return all
    const batch = looseBatch(all, this.#schema)
    const { ranges = Int32Array.of(0, batch.numRows) } = all
    const [taken, rest] = [sliceRanges(ranges, 0, rows), sliceRanges(ranges, rows, all.rows)]
    if (all.content === batch && 2 * left >= this.#keptFor) {
      this.#left = { ...all, rows: left, ranges: rest }
      return { rows, ...looseRows(takeRanges(batch, taken)) }
    }
    this.#left = { rows: left, ...looseRows(takeRanges(batch, rest)) }
    this.#keptFor = left
    return { ...all, rows, content: batch, ranges: taken }
  }
}
