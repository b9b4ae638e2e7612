import { type Data, Dictionary, Int32, makeData, makeVector, Utf8, type Vector } from 'apache-arrow'
import { hashBytes, sameBytes } from '../bytes.ts'
import type { ColumnBuilder } from './builder.ts'
import { Utf8Builder } from './utf8-builder.ts'
import { type RowValidity, Validity } from './validity.ts'

/**
 * Texts of which few are distinct: each is held once, rows hold its number.
 *
 * The dictionary grows from batch to batch: a number means the same text in all of them. Equal texts are found by an open
 * hash table over their bytes.
 */
export class DictionaryBuilder implements ColumnBuilder<Dictionary<Utf8, Int32>> {
  readonly type: Dictionary<Utf8, Int32> = new Dictionary(new Utf8(), new Int32())
  readonly #validity = new Validity()
  #indices = new Int32Array(1024)
  #table = new Int32Array(64).fill(-1)
  #hashes: number[] = []
  #starts: number[] = [0]
  #bytes = new Uint8Array(1024)
  #dictionary: Vector<Utf8> | undefined

  get length(): number {
    return this.#validity.length
  }

  /** Appends the UTF-8 bytes from `start` to `end`. */
  appendBytes(bytes: Uint8Array, start: number, end: number): void {
    const hash = hashBytes(bytes, start, end)
    const slot = this.#find(hash, bytes, start, end)
    const number = this.#table[slot]
    this.#put(number < 0 ? this.#add(slot, hash, bytes, start, end) : number)
    this.#validity.appendValid()
  }

  appendNull(): void {
    this.#put(0)
    this.#validity.appendNull()
  }

  /** Appends rows by the numbers of their texts; that of a null is 0. */
  appendNumbers(rows: number, numbers: Int32Array, validity: RowValidity | undefined): void {
    const row = this.#validity.length
    if (row + rows > this.#indices.length) this.#grow(row + rows)
    this.#indices.set(numbers.subarray(0, rows), row)
    this.#validity.append(rows, validity)
  }

  /** The number of a text, or -1 when no row has had it. */
  numberOf(bytes: Uint8Array, start: number, end: number): number {
    return this.#table[this.#find(hashBytes(bytes, start, end), bytes, start, end)]
  }

  finish(): Data<Dictionary<Utf8, Int32>> {
    const { length, nullCount, nullBitmap } = this.#validity.finish()
    this.#dictionary ??= this.#makeDictionary()
    const data = this.#indices.slice(0, length)
    return makeData({ type: this.type, length, nullCount, nullBitmap, data, dictionary: this.#dictionary })
  }

  #put(index: number): void {
    const row = this.#validity.length
    if (row === this.#indices.length) this.#grow(row + 1)
    this.#indices[row] = index
  }

  #grow(length: number): void {
    const grown = new Int32Array(Math.max(this.#indices.length * 2, length))
    grown.set(this.#indices)
    this.#indices = grown
  }

  /** The place in the table where the number of a text is, or would be. */
  #find(hash: number, bytes: Uint8Array, start: number, end: number): number {
    const mask = this.#table.length - 1
    let at = hash & mask
    for (let number = this.#table[at]; number >= 0; number = this.#table[at]) {
      if (this.#hashes[number] === hash && this.#isEntry(number, bytes, start, end)) return at
      at = (at + 1) & mask
    }
    return at
  }

  #isEntry(number: number, bytes: Uint8Array, start: number, end: number): boolean {
    return sameBytes(bytes, start, end, this.#bytes, this.#starts[number], this.#starts[number + 1])
  }

  #add(slot: number, hash: number, bytes: Uint8Array, start: number, end: number): number {
    const number = this.#hashes.length
    const from = this.#starts[number]
    const to = from + end - start
    if (to > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(this.#bytes.length * 2, to))
      grown.set(this.#bytes)
      this.#bytes = grown
    }
    this.#bytes.set(bytes.subarray(start, end), from)
    this.#hashes.push(hash)
    this.#starts.push(to)
    this.#table[slot] = number
    this.#dictionary = undefined
    if (this.#hashes.length * 2 > this.#table.length) this.#rehash()
    return number
  }

  #rehash(): void {
    const table = new Int32Array(this.#table.length * 4).fill(-1)
    const mask = table.length - 1
    for (const [number, hash] of this.#hashes.entries()) {
      let at = hash & mask
      while (table[at] >= 0) at = (at + 1) & mask
      table[at] = number
    }
    this.#table = table
  }

  #makeDictionary(): Vector<Utf8> {
    const values = new Utf8Builder()
    for (let number = 0; number < this.#hashes.length; number++) {
      values.appendBytes(this.#bytes, this.#starts[number], this.#starts[number + 1])
    }
    return makeVector(values.finish())
  }
}
