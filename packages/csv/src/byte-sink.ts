/** Bytes that grow at their end. */
export class ByteSink {
  bytes: Uint8Array
  length = 0

  constructor(capacity = 64 * 1024) {
    this.bytes = new Uint8Array(capacity)
  }

  /** Makes room for `count` more bytes; call it before writing to `bytes` directly. */
  reserve(count: number): void {
    const needed = this.length + count
    if (needed <= this.bytes.length) return
    const grown = new Uint8Array(Math.max(this.bytes.length * 2, needed))
    grown.set(this.bytes.subarray(0, this.length))
    this.bytes = grown
  }

  /** Appends the bytes from `start` to `end`. */
  copy(source: Uint8Array, start: number, end: number): void {
    const count = end - start
    this.reserve(count)
    const { bytes, length } = this
    // A loop is faster than a call for fields as short as ids.
    if (count <= 32) for (let i = 0; i < count; i++) bytes[length + i] = source[start + i]
    else bytes.set(source.subarray(start, end), length)
    this.length = length + count
  }

  /** A copy of what was appended; then empty again. */
  take(): Uint8Array {
    const taken = this.bytes.slice(0, this.length)
    this.length = 0
    return taken
  }
}
