/** What a splitter gives its lines to. */
export interface LineReader {
  /** A line without its LF; `bytes[end]` is an LF. The bytes are good until the call returns. */
  line(bytes: Uint8Array, start: number, end: number): void
  /** A line over the limit, of which nothing was kept. */
  tooLong(lineBytes: number): void
}

/**
 * Cuts a stream of bytes at LF, whatever the pieces in which it comes. A line that lies within one piece is handed on where it stands;
 * one that does not is gathered first. A byte order mark at the start of an object is left out.
 *
 * - Memory: the longest line up to the limit; what is longer is counted and not kept.
 */
export class LineSplitter {
  readonly #lineBytesMax: number
  readonly #reader: LineReader
  #carry = new Uint8Array(64 * 1024)
  #carried = 0
  /** Bytes of the line at hand that were dropped because it is too long. */
  #dropped = 0
  #lineNumber = 0
  #lineOffset = 0
  #nextOffset = 0
  #isAtStart = true

  constructor(lineBytesMax: number, reader: LineReader) {
    this.#lineBytesMax = lineBytesMax
    this.#reader = reader
  }

  /** Of the line at hand, counted from 1 in the object. */
  get lineNumber(): number {
    return this.#lineNumber
  }

  /** Of the first byte of the line at hand, in the object. */
  get lineOffset(): number {
    return this.#lineOffset
  }

  push(bytes: Uint8Array): void {
    let at = 0
    if (this.#carried + this.#dropped > 0) {
      const end = bytes.indexOf(LF)
      this.#gather(bytes, 0, end < 0 ? bytes.length : end)
      if (end < 0) return
      this.#endGathered(1)
      at = end + 1
    }
    for (let end = bytes.indexOf(LF, at); end >= 0; end = bytes.indexOf(LF, at)) {
      const start = at + this.#markLength(bytes, at, end)
      this.#emit(bytes, start, end, end - at + 1)
      at = end + 1
    }
    if (at < bytes.length) this.#gather(bytes, at, bytes.length)
  }

  /** Ends the object. */
  flush(): void {
    if (this.#carried + this.#dropped > 0) this.#endGathered(0)
    this.#lineNumber = 0
    this.#lineOffset = 0
    this.#nextOffset = 0
    this.#isAtStart = true
  }

  #emit(bytes: Uint8Array, start: number, end: number, byteLength: number): void {
    this.#begin(byteLength)
    if (end - start > this.#lineBytesMax) this.#reader.tooLong(end - start)
    else this.#reader.line(bytes, start, end)
  }

  #begin(byteLength: number): void {
    this.#isAtStart = false
    this.#lineNumber++
    this.#lineOffset = this.#nextOffset
    this.#nextOffset += byteLength
  }

  #gather(bytes: Uint8Array, start: number, end: number): void {
    const length = this.#carried + end - start
    // Room for a mark that will be left out, since that is known only when the line is whole.
    if (this.#dropped > 0 || length > this.#lineBytesMax + MARK.length) {
      this.#dropped += length
      this.#carried = 0
      return
    }
    if (length + 1 > this.#carry.length) {
      const grown = new Uint8Array(Math.max(this.#carry.length * 2, length + 1))
      grown.set(this.#carry.subarray(0, this.#carried))
      this.#carry = grown
    }
    this.#carry.set(bytes.subarray(start, end), this.#carried)
    this.#carried = length
  }

  #endGathered(lineEndBytes: number): void {
    const length = this.#carried
    if (this.#dropped > 0) {
      const lineBytes = this.#dropped + length
      this.#dropped = 0
      this.#carried = 0
      this.#begin(lineBytes + lineEndBytes)
      this.#reader.tooLong(lineBytes)
      return
    }
    this.#carried = 0
    this.#carry[length] = LF
    const start = this.#markLength(this.#carry, 0, length)
    // An object that is nothing but a mark has no line.
    if (start === length && lineEndBytes === 0) return
    this.#emit(this.#carry, start, length, length + lineEndBytes)
  }

  #markLength(bytes: Uint8Array, start: number, end: number): number {
    if (!this.#isAtStart || end - start < MARK.length) return 0
    return MARK.every((byte, i) => bytes[start + i] === byte) ? MARK.length : 0
  }
}

const LF = 0x0a
const MARK = [0xef, 0xbb, 0xbf]
