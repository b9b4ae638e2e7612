import { Bool, type Data, makeData } from 'apache-arrow'
import { bitmapByteLength, setBit } from '../bitmap.ts'
import type { ColumnBuilder } from './builder.ts'
import { Validity } from './validity.ts'

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

  finish(): Data<Bool> {
    const { length, nullCount, nullBitmap } = this.#validity.finish()
    const data = this.#bits.slice(0, bitmapByteLength(length))
    this.#bits.fill(0)
    return makeData({ type: this.type, length, nullCount, nullBitmap, data })
  }

  #reserve(): number {
    const row = this.#validity.length
    if (row === this.#bits.length * 8) {
      const grown = new Uint8Array(this.#bits.length * 2)
      grown.set(this.#bits)
      this.#bits = grown
    }
    return row
  }
}
