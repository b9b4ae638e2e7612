import { Bool, type Data, makeData } from 'apache-arrow'
import { bitmapByteLength, setBit } from '../bitmap.ts'
import type { ColumnBuilder } from './builder.ts'
import { type RowValidity, Validity } from './validity.ts'

/** Truth values, eight to a byte. */
export class BoolBuilder implements ColumnBuilder<Bool> {
  readonly type = new Bool()
  readonly #validity = new Validity()
  #bits = new Uint8Array(128)

  get length(): number {
    return this.#validity.length
  }

  append(value: boolean): void {
    const row = this.#reserve()
    if (value) setBit(this.#bits, row)
    this.#validity.appendValid()
  }

  appendNull(): void {
    this.#reserve()
    this.#validity.appendNull()
  }

  /** Appends rows, true where there is no zero; a zero stands for a null. */
  appendWords(rows: number, words: Int32Array, validity: RowValidity | undefined): void {
    const row = this.#validity.length
    if (row + rows > this.#bits.length * 8) this.#grow(row + rows)
    for (let i = 0; i < rows; i++) if (words[i] !== 0) setBit(this.#bits, row + i)
    this.#validity.append(rows, validity)
  }

  finish(): Data<Bool> {
    const { length, nullCount, nullBitmap } = this.#validity.finish()
    const data = this.#bits.slice(0, bitmapByteLength(length))
    this.#bits.fill(0)
    return makeData({ type: this.type, length, nullCount, nullBitmap, data })
  }

  #reserve(): number {
    const row = this.#validity.length
    if (row === this.#bits.length * 8) this.#grow(row + 1)
    return row
  }

  #grow(length: number): void {
    const grown = new Uint8Array(Math.max(this.#bits.length * 2, bitmapByteLength(length)))
    grown.set(this.#bits)
    this.#bits = grown
  }
}
