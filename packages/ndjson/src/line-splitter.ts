/** What a splitter gives its lines to. */
export interface LineTaker {
  /** A line without its LF; `bytes[end]` is an LF. The bytes are good until the call returns. */
  line(bytes: Uint8Array, start: number, end: number): void
  /** A line over the limit, of which nothing was kept. */
  tooLong(lineBytes: number): void
}

/**
 * Cuts a stream of bytes at LF, whatever the pieces in which it comes. A line that lies within one piece is handed on where it stands;
 * one that does not is gathered first. A byte order mark at the start of an object is left out. A line over the limit that is
 * nothing but white space is handed on as an empty one, since blank comes before malformed.
 *
 * - Memory: the longest line up to the limit; what is longer is counted and not kept.
 */
export class LineSplitter {
  readonly #lineBytesMax: number
  readonly #taker: LineTaker
  #carry = new Uint8Array(64 * 1024)
  #carried = 0
  /** Bytes of the line at hand that were dropped because it is too long. */
  #dropped = 0
  #isDroppedBlank = true
  #lineNumber = 0
  #lineOffset = 0
  #nextOffset = 0
  /** Whether the object may still begin with a mark, and how much of one it has so far. */
  #isAtStart = true
  #markBytes = 0

  constructor(lineBytesMax: number, taker: LineTaker) {
    this.#lineBytesMax = lineBytesMax
    this.#taker = taker
  }

  /** Of the line at hand, counted from 1 in the object. */
  get lineNumber(): number {
    return this.#lineNumber
  }

  /** Of the first byte of the line at hand, in the object. */
  get lineOffset(): number {
    return this.#lineOffset
  }

  /** Of the first byte behind the line at hand. */
  get nextOffset(): number {
    return this.#nextOffset
  }

  /** Whether the object may still begin with a mark. */
  get isAtStart(): boolean {
    return this.#isAtStart
  }

  /** Whether the beginning of a line waits for its end. */
  get isGathering(): boolean {
    return this.#carried + this.#dropped > 0
  }

  /** Says that the next byte is the first of a line in the middle of an object, at this offset. */
  skipTo(offset: number): void {
    this.#nextOffset = offset
    this.#isAtStart = false
  }

  push(bytes: Uint8Array): void {
    let at = this.#isAtStart ? this.skipMark(bytes) : 0
    if (this.isGathering) {
      const end = bytes.indexOf(LF, at)
      this.#gather(bytes, at, end < 0 ? bytes.length : end)
      if (end < 0) return
      this.#endGathered(1)
      at = end + 1
    }
    for (let end = bytes.indexOf(LF, at); end >= 0; end = bytes.indexOf(LF, at)) {
      this.emit(bytes, at, end, 1)
      at = end + 1
    }
    if (at < bytes.length) this.#gather(bytes, at, bytes.length)
  }

  /** Ends the object. */
  flush(): void {
    if (this.#isAtStart) this.#endStart()
    if (this.isGathering) this.#endGathered(0)
    this.#lineNumber = 0
    this.#lineOffset = 0
    this.#nextOffset = 0
    this.#isAtStart = true
    this.#markBytes = 0
  }

  /** Looks at the first bytes of an object, and gives the first behind the mark, or behind what they have of one. */
  skipMark(bytes: Uint8Array): number {
    let at = 0
    while (at < bytes.length && bytes[at] === MARK[this.#markBytes]) {
      at++
      this.#markBytes++
    }
    if (at < bytes.length || this.#markBytes === MARK.length) this.#endStart()
    return at
  }

  /** Hands a whole line on, whose line end has so many bytes. */
  emit(bytes: Uint8Array, start: number, end: number, lineEndBytes: number): void {
    const lineBytes = end - start
    this.begin(lineBytes + lineEndBytes)
    if (lineBytes <= this.#lineBytesMax) this.#taker.line(bytes, start, end)
    else this.#giveTooLong(lineBytes, isBlank(bytes, start, end))
  }

  /** Makes a line the one at hand, `byteLength` long with its line end. */
  begin(byteLength: number): void {
    this.#lineNumber++
    this.#lineOffset = this.#nextOffset
    this.#nextOffset += byteLength
  }

  /** Counts whole lines that someone else has read. */
  pass(lines: number, byteLength: number): void {
    this.#lineNumber += lines
    this.#nextOffset += byteLength
  }

  /** What merely begins like a mark belongs to the first line. */
  #endStart(): void {
    this.#isAtStart = false
    if (this.#markBytes === MARK.length) this.#nextOffset = MARK.length
    else this.#gather(MARK, 0, this.#markBytes)
  }

  #giveTooLong(lineBytes: number, isBlankLine: boolean): void {
    if (isBlankLine) this.#taker.line(EMPTY_LINE, 0, 0)
    else this.#taker.tooLong(lineBytes)
  }

  #gather(bytes: Uint8Array, start: number, end: number): void {
    const length = this.#carried + end - start
    if (this.#dropped > 0 || length > this.#lineBytesMax) {
      this.#isDroppedBlank &&= isBlank(this.#carry, 0, this.#carried) && isBlank(bytes, start, end)
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
    if (this.#dropped > 0) {
      const lineBytes = this.#dropped
      const isBlankLine = this.#isDroppedBlank
      this.#dropped = 0
      this.#isDroppedBlank = true
      this.begin(lineBytes + lineEndBytes)
      this.#giveTooLong(lineBytes, isBlankLine)
      return
    }
    const length = this.#carried
    this.#carried = 0
    this.#carry[length] = LF
    this.emit(this.#carry, 0, length, lineEndBytes)
  }
}

/** Whether bytes are nothing but what JSON takes for white space. */
export function isBlank(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at++) {
    const byte = bytes[at]
    if (byte !== 0x20 && byte !== 0x09 && byte !== 0x0d) return false
  }
  return true
}

const LF = 0x0a
const MARK = Uint8Array.of(0xef, 0xbb, 0xbf)
const EMPTY_LINE = Uint8Array.of(LF)
