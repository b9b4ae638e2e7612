import { type Data, Dictionary, Int32, makeData, makeVector, Utf8, type Vector } from 'apache-arrow'
import { hashBytes, sameBytes } from '../bytes.ts'
import type { ColumnBuilder } from './builder.ts'
import { Utf8Builder } from './utf8-builder.ts'
import { Validity } from './validity.ts'

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
    this.#put(this.#numberOf(bytes, start, end))
    this.#validity.appendValid()
  }

  appendNull(): void {
    this.#put(0)
    this.#validity.appendNull()
  }

  finish(): Data<Dictionary<Utf8, Int32>> {
    const { length, nullCount, nullBitmap } = this.#validity.finish()
    this.#dictionary ??= this.#makeDictionary()
    const data = this.#indices.slice(0, length)
    return makeData({ type: this.type, length, nullCount, nullBitmap, data, dictionary: this.#dictionary })
  }

  #put(index: number): void {
    const row = this.#validity.length
    if (row === this.#indices.length) {
      const grown = new Int32Array(row * 2)
      grown.set(this.#indices)
      this.#indices = grown
    }
    this.#indices[row] = index
  }

  #numberOf(bytes: Uint8Array, start: number, end: number): number {
    const hash = hashBytes(bytes, start, end)
    const mask = this.#table.length - 1
    for (let at = hash & mask; ; at = (at + 1) & mask) {
      const number = this.#table[at]
      if (number < 0) return this.#add(at, hash, bytes, start, end)
      if (this.#hashes[number] === hash && this.#isEntry(number, bytes, start, end)) return number
    }
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
