import type { BatchRows } from '@fletching/parquet'
import type { Schema } from 'apache-arrow'
import type { RowRanges } from './row-ranges.ts'
import { joinBytes, type LooseRows, looseBatch } from './table-part.ts'

/** Rows that wait. */
export interface Held extends LooseRows {
  readonly rows: number
  /** Where they lie in a batch that holds more. */
  readonly ranges?: RowRanges | undefined
}

/**
 * Rows of a partition that wait for a row group, as they came.
 *
 * - Memory: of many partitions each gets few rows of a batch, so those that are bytes are joined now and then, until they are enough for a batch.
 */
export class HeldRows {
  readonly #schema: Schema
  #held: Held[] = []
  /** How many of the last are bytes. */
  #few = 0
  #rows = 0
  #byteLength = 0

  constructor(schema: Schema) {
    this.#schema = schema
  }

  get rows(): number {
    return this.#rows
  }

  /** What they take in memory, or so. */
  get byteLength(): number {
    return this.#byteLength
  }

  add(held: Held): void {
    this.#rows += held.rows
    this.#push(held)
    if (this.#few < JOINED_AT_ONCE) return
    const few = this.#held.splice(-JOINED_AT_ONCE)
    this.#few = 0
    for (const { byteLength } of few) this.#byteLength -= byteLength
    const rows = few.reduce((sum, piece) => sum + piece.rows, 0)
    const pieces = few.flatMap(({ content }) => (content instanceof Uint8Array ? [content] : []))
    this.#push({ rows, ...joinBytes(pieces, this.#schema) })
  }

  /** Gives up all of them. */
  take(): BatchRows[] {
    const rows = this.#held.map((held) => ({ batch: looseBatch(held, this.#schema), ranges: held.ranges }))
    this.#held = []
    this.#few = 0
    this.#rows = 0
    this.#byteLength = 0
    return rows
  }

  #push(held: Held): void {
    this.#held.push(held)
    this.#few = held.content instanceof Uint8Array ? this.#few + 1 : 0
    this.#byteLength += held.byteLength
  }
}

/** More would take more memory, fewer more time. */
const JOINED_AT_ONCE = 4
