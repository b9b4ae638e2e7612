/** Takes bytes from a source in the sizes that a format needs, and gives back what was taken too much. */
export class ByteReader {
  readonly #iterator: AsyncIterator<Uint8Array>
  #ahead: Uint8Array = new Uint8Array(0)
  #isAtEnd = false

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#iterator = source[Symbol.asyncIterator]()
  }

  /** The next bytes in the pieces in which they come; undefined at the end. */
  async next(): Promise<Uint8Array | undefined> {
    if (this.#ahead.length > 0) {
      const bytes = this.#ahead
      this.#ahead = new Uint8Array(0)
      return bytes
    }
    while (!this.#isAtEnd) {
      const { done, value } = await this.#iterator.next()
      if (done === true) this.#isAtEnd = true
      else if (value.length > 0) return value
    }
    return undefined
  }

  /** Everything that is left. */
  async *rest(): AsyncGenerator<Uint8Array> {
    for (let bytes = await this.next(); bytes !== undefined; bytes = await this.next()) yield bytes
  }

  /** Up to `count` bytes, fewer only at the end, which stay to be taken. */
  async peek(count: number): Promise<Uint8Array> {
    while (this.#ahead.length < count) {
      const ahead = this.#ahead
      this.#ahead = new Uint8Array(0)
      const bytes = await this.next()
      this.#ahead = bytes === undefined ? ahead : join(ahead, bytes)
      if (bytes === undefined) break
    }
    return this.#ahead.subarray(0, count)
  }

  /** Takes `count` bytes, fewer only at the end. */
  async take(count: number): Promise<Uint8Array> {
    const bytes = await this.peek(count)
    this.#ahead = this.#ahead.subarray(bytes.length)
    return bytes
  }

  /** Gives back bytes that were taken last. */
  unread(bytes: Uint8Array): void {
    this.#ahead = join(bytes, this.#ahead)
  }

  /** Takes all zeros up to another byte or the end. */
  async skipZeros(): Promise<void> {
    for (let bytes = await this.next(); bytes !== undefined; bytes = await this.next()) {
      const other = bytes.findIndex((byte) => byte !== 0)
      if (other < 0) continue
      this.#ahead = bytes.subarray(other)
      return
    }
  }

  async close(): Promise<void> {
    await this.#iterator.return?.()
  }
}

function join(left: Uint8Array, right: Uint8Array): Uint8Array {
  if (left.length === 0) return right
  if (right.length === 0) return left
  const bytes = new Uint8Array(left.length + right.length)
  bytes.set(left)
  bytes.set(right, left.length)
  return bytes
}
