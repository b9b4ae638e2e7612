import { bitmapByteLength, clearBit } from '../bitmap.ts'

/** Which of some rows have a value, when not all have: the nulls among them, and their bits from bit 0 on; those behind the last are 1. */
export interface RowValidity {
  readonly nullCount: number
  readonly bits: Uint8Array
}

/** Which rows of a growing column have a value. There is no bitmap before the first null. */
export class Validity {
  #bits: Uint8Array | undefined
  #length = 0
  #nullCount = 0

  get length(): number {
    return this.#length
  }

  get nullCount(): number {
    return this.#nullCount
  }

  appendValid(): void {
    this.#length++
    if (this.#bits !== undefined) this.#reserve()
  }

  appendNull(): void {
    this.#bits ??= new Uint8Array(Math.max(64, bitmapByteLength(this.#length + 1))).fill(0xff)
    this.#length++
    this.#reserve()
    clearBit(this.#bits, this.#length - 1)
    this.#nullCount++
  }

  /** Appends rows, all of them with values where nothing else is said. */
  append(rows: number, validity: RowValidity | undefined): void {
    const row = this.#length
    this.#length += rows
    if (validity === undefined) {
      if (this.#bits !== undefined) this.#reserve()
      return
    }
    this.#bits ??= new Uint8Array(Math.max(64, bitmapByteLength(this.#length))).fill(0xff)
    this.#reserve()
    this.#nullCount += validity.nullCount
    const source = validity.bits.subarray(0, bitmapByteLength(rows))
    if ((row & 7) === 0) this.#bits.set(source, row >> 3)
    else putShifted(source, this.#bits, row)
  }

  /** Length, null count and bitmap, as `makeData` takes them; then empty again. */
  finish(): { length: number; nullCount: number; nullBitmap: Uint8Array | null } {
    const length = this.#length
    const nullCount = this.#nullCount
    const nullBitmap = this.#bits === undefined ? null : this.#bits.slice(0, bitmapByteLength(length))
    this.#bits = undefined
    this.#length = 0
    this.#nullCount = 0
    return { length, nullCount, nullBitmap }
  }

  #reserve(): void {
    const bits = this.#bits as Uint8Array
    if (this.#length <= bits.length * 8) return
    const grown = new Uint8Array(Math.max(bits.length * 2, bitmapByteLength(this.#length))).fill(0xff)
    grown.set(bits)
    this.#bits = grown
  }
}

/** Puts bits in the place of ones, from a bit in the middle of a byte on. */
function putShifted(source: Uint8Array, target: Uint8Array, index: number): void {
  const shift = index & 7
  let at = index >> 3
  let carried = (1 << shift) - 1
  for (let i = 0; i < source.length; i++) {
    const byte = source[i]
    target[at++] &= (byte << shift) | carried
    carried = byte >> (8 - shift)
  }
  if (at < target.length) target[at] &= (0xff << shift) | carried
}
