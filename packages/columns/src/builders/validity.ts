import { bitmapByteLength, clearBit } from '../bitmap.ts'

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

  /** Appends rows with a byte each, 0 for a null, or undefined when there is none. */
  append(rows: number, validity: Uint8Array | undefined): void {
    if (validity === undefined) {
      this.#length += rows
      if (this.#bits !== undefined) this.#reserve()
      return
    }
    for (let row = 0; row < rows; row++) {
      if (validity[row] === 0) this.appendNull()
      else this.appendValid()
    }
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
