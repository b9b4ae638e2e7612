/*
 * How it works: values come to the end of the list and wait until there is a block of them, which then becomes bytes. Who looks at one has its
 * whole block made anew, and those beside it for nothing. A million objects with names of a hundred characters are 350 MB as they are, and 75 MB so.
 */

/** How values of a kind become bytes and come back. Those of a block stand together, so that a value may say only what differs from the one before it. */
export interface BlockForm<T> {
  write(values: readonly T[], to: BlockWriter): void
  read(from: BlockReader, count: number): T[]
}

/**
 * A list of values that are plain data and of which there may be millions, as bytes.
 *
 * - Memory: the bytes that `form` writes, and two blocks of values.
 * - Cost: values beside each other are found fast; one anywhere costs as much as 64.
 */
export class PackedList<T> implements Iterable<T> {
  readonly #form: BlockForm<T>
  readonly #blocks: Uint8Array[] = []
  readonly #writer = new BlockWriter()
  /** Those behind the last block. */
  #rest: T[] = []
  /** The block that was looked at last. */
  #seen: { readonly number: number; readonly values: readonly T[] } | undefined

  constructor(form: BlockForm<T>) {
    this.#form = form
  }

  get length(): number {
    return this.#blocks.length * BLOCK_VALUES + this.#rest.length
  }

  add(value: T): void {
    this.#rest.push(value)
    if (this.#rest.length < BLOCK_VALUES) return
    this.#form.write(this.#rest, this.#writer)
    this.#blocks.push(this.#writer.take())
    this.#rest = []
  }

  at(index: number): T | undefined {
    const number = Math.floor(index / BLOCK_VALUES)
    if (number >= this.#blocks.length) return this.#rest[index - this.#blocks.length * BLOCK_VALUES]
    if (this.#seen?.number !== number) this.#seen = { number, values: this.#read(number) }
    return this.#seen.values[index - number * BLOCK_VALUES]
  }

  *[Symbol.iterator](): Generator<T> {
    for (const values of this.blocks()) yield* values
  }

  /** All values, some of them at a time. */
  *blocks(): Generator<readonly T[]> {
    for (let number = 0; number < this.#blocks.length; number++) yield this.#read(number)
    if (this.#rest.length > 0) yield this.#rest
  }

  /** For `JSON.stringify`: all of them. */
  toJSON(): T[] {
    return [...this]
  }

  #read(number: number): T[] {
    return this.#form.read(new BlockReader(this.#blocks[number]), BLOCK_VALUES)
  }
}

/** Gathers the bytes of a block. */
export class BlockWriter {
  #bytes = Buffer.allocUnsafe(16 * 1024)
  #end = 0

  /** A whole number from 0 to 2^53 - 1. */
  number(value: number): void {
    this.#reserve(NUMBER_BYTES_MAX)
    let rest = value
    for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) this.#bytes[this.#end++] = (rest % 0x80) | 0x80
    this.#bytes[this.#end++] = rest
  }

  text(value: string): void {
    const byteLength = Buffer.byteLength(value)
    this.number(byteLength)
    this.#reserve(byteLength)
    this.#end += this.#bytes.write(value, this.#end)
  }

  /** A text of which only what it does not share with another is written. */
  textBehind(before: string, value: string): void {
    const shared = sharedLength(before, value)
    this.number(shared)
    this.text(value.slice(shared))
  }

  /** A text, or none. */
  optionalText(value: string | undefined): void {
    this.number(value === undefined ? 0 : 1)
    if (value !== undefined) this.text(value)
  }

  /** What was gathered; what comes next begins anew. */
  take(): Uint8Array {
    const bytes = Uint8Array.prototype.slice.call(this.#bytes, 0, this.#end)
    this.#end = 0
    return bytes
  }

  #reserve(byteLength: number): void {
    if (this.#end + byteLength <= this.#bytes.length) return
    const larger = Buffer.allocUnsafe(Math.max(2 * this.#bytes.length, this.#end + byteLength))
    this.#bytes.copy(larger, 0, 0, this.#end)
    this.#bytes = larger
  }
}

/** Gives back what a `BlockWriter` was given, in the same order. */
export class BlockReader {
  readonly #bytes: Buffer
  #at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  number(): number {
    let value = 0
    for (let scale = 1; ; scale *= 0x80) {
      const byte = this.#bytes[this.#at++]
      value += (byte & 0x7f) * scale
      if (byte < 0x80) return value
    }
  }

  text(): string {
    const byteLength = this.number()
    this.#at += byteLength
    return this.#bytes.toString('utf8', this.#at - byteLength, this.#at)
  }

  textBehind(before: string): string {
    return before.slice(0, this.number()) + this.text()
  }

  optionalText(): string | undefined {
    return this.number() === 0 ? undefined : this.text()
  }
}

/** How many characters two texts begin with alike; none is parted. */
function sharedLength(left: string, right: string): number {
  const most = Math.min(left.length, right.length)
  let length = 0
  while (length < most && left.charCodeAt(length) === right.charCodeAt(length)) length++
  const isParted = length > 0 && (right.charCodeAt(length - 1) & 0xfc00) === 0xd800
  return isParted ? length - 1 : length
}

/** Most of a name is that of the one before it; the first of a block is written whole. */
const BLOCK_VALUES = 64
/** Seven bits each. */
const NUMBER_BYTES_MAX = 8
