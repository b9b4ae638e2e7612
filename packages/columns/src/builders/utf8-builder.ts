import { type Data, makeData, Utf8 } from 'apache-arrow'
import type { ColumnBuilder } from './builder.ts'
import { type RowValidity, Validity } from './validity.ts'

/**
 * Texts, as UTF-8 bytes one after the other.
 *
 * - Memory: doubles when it is full; keeps its buffers over `finish`.
 */
export class Utf8Builder implements ColumnBuilder<Utf8> {
  readonly type = new Utf8()
  readonly #validity = new Validity()
  #offsets = new Int32Array(1025)
  #values = new Uint8Array(16 * 1024)

  get length(): number {
    return this.#validity.length
  }

  /** Appends the UTF-8 bytes from `start` to `end`. */
  appendBytes(bytes: Uint8Array, start: number, end: number): void {
    const row = this.#validity.length
    const at = this.#offsets[row]
    const next = at + end - start
    if (next > this.#values.length) this.#growValues(next)
    const values = this.#values
    // A loop is faster than a call for texts as short as ids.
    if (end - start <= SHORT) for (let i = start, j = at; i < end; i++, j++) values[j] = bytes[i]
    else values.set(bytes.subarray(start, end), at)
    this.#validity.appendValid()
    this.#end(row, next)
  }

  append(text: string): void {
    const bytes = UTF8.encode(text)
    this.appendBytes(bytes, 0, bytes.length)
  }

  appendNull(): void {
    const row = this.#validity.length
    this.#validity.appendNull()
    this.#end(row, this.#offsets[row])
  }

  /**
   * Appends rows: their texts one behind the other, and where each ends, behind a zero. A null has no text.
   */
  appendTexts(rows: number, texts: Uint8Array, ends: Int32Array, validity: RowValidity | undefined): void {
    const row = this.#validity.length
    const at = this.#offsets[row]
    const next = at + ends[rows]
    if (next > this.#values.length) this.#growValues(next)
    this.#values.set(texts.subarray(0, ends[rows]), at)
    if (row + rows + 1 > this.#offsets.length) this.#growOffsets(row + rows + 1)
    const offsets = this.#offsets
    for (let i = 1; i <= rows; i++) offsets[row + i] = at + ends[i]
    this.#validity.append(rows, validity)
  }

  finish(): Data<Utf8> {
    const { length, nullCount, nullBitmap } = this.#validity.finish()
    const valueOffsets = this.#offsets.slice(0, length + 1)
    const data = this.#values.slice(0, valueOffsets[length])
    this.#offsets[0] = 0
    return makeData({ type: this.type, length, nullCount, nullBitmap, valueOffsets, data })
  }

  #end(row: number, offset: number): void {
    if (row + 2 > this.#offsets.length) this.#growOffsets(row + 2)
    this.#offsets[row + 1] = offset
  }

  #growOffsets(length: number): void {
    const grown = new Int32Array(Math.max(this.#offsets.length * 2, length))
    grown.set(this.#offsets)
    this.#offsets = grown
  }

  #growValues(byteLength: number): void {
    const grown = new Uint8Array(Math.max(this.#values.length * 2, byteLength))
    grown.set(this.#values)
    this.#values = grown
  }
}

const UTF8 = new TextEncoder()
/** Bytes up to which a loop beats `set`; found by the scan benchmark. */
const SHORT = 32
