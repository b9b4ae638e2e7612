import type { TextSearch } from './text-search.ts'

/** A line in which a text may stand. */
export interface FoundLine {
  /** Counted from 1, in the object. */
  readonly line: number
  /** Of its first byte, in the uncompressed object. */
  readonly byteOffset: number
  readonly lineBytes: number
  /** With its line end, if it has one; of a line over the limit that came in pieces only its beginning, which is over the limit too. */
  readonly bytes: Buffer
  /** Whether the text's own bytes stand in the line. */
  readonly holdsText: boolean
}

/**
 * Finds the lines of an object in which a text may stand, whatever the pieces in which its bytes come. Lines without it are only counted.
 *
 * - Memory: the longest line up to the limit.
 */
export class LineFinder {
  readonly #search: TextSearch
  readonly #lineBytesMax: number
  readonly #onLine: (line: FoundLine) => void
  #lines = 0
  #offset = 0
  /** The beginning of a line, in the pieces in which it came. */
  #pieces: Buffer[] = []
  #pieceBytes = 0
  /** What came of that line when it was over the limit already. */
  #overBytes = 0
  /** Whether the text's own bytes stand in what there is of a line over the limit. */
  #holdsText = false

  constructor(search: TextSearch, lineBytesMax: number, onLine: (line: FoundLine) => void) {
    this.#search = search
    this.#lineBytesMax = lineBytesMax
    this.#onLine = onLine
  }

  /** Whole lines so far. */
  get lines(): number {
    return this.#lines
  }

  push(bytes: Uint8Array): void {
    let rest = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    if (this.#pieceBytes > 0) {
      const end = rest.indexOf(LF)
      this.#gather(rest.subarray(0, end < 0 ? rest.length : end + 1))
      if (end < 0) return
      this.#endGathered(1)
      rest = rest.subarray(end + 1)
    }
    const end = rest.lastIndexOf(LF) + 1
    this.#look(rest.subarray(0, end))
    if (end < rest.length) this.#gather(rest.subarray(end))
  }

  /** Ends the object, with its last line if that has no line end. */
  flush(): void {
    if (this.#pieceBytes > 0) this.#endGathered(0)
  }

  /** Looks at whole lines. */
  #look(bytes: Buffer): void {
    const next = this.#search.in(bytes)
    let at = 0
    for (let found = next(0); found < bytes.length; found = next(at)) {
      const start = found === 0 ? 0 : bytes.lastIndexOf(LF, found - 1) + 1
      this.#pass(bytes.subarray(at, start))
      const end = bytes.indexOf(LF, start)
      const line = bytes.subarray(start, end < 0 ? bytes.length : end + 1)
      this.#give(line, end < 0 ? 0 : 1, line.length, this.#search.isIn(line))
      at = start + line.length
    }
    this.#pass(bytes.subarray(at))
  }

  /** Counts whole lines. */
  #pass(bytes: Buffer): void {
    for (let end = bytes.indexOf(LF); end >= 0; end = bytes.indexOf(LF, end + 1)) this.#lines++
    // The last line of an object may have no line end.
    if (bytes.length > 0 && bytes[bytes.length - 1] !== LF) this.#lines++
    this.#offset += bytes.length
  }

  #give(bytes: Buffer, lineEndBytes: number, byteLength: number, holdsText: boolean): void {
    this.#lines++
    const lineBytes = byteLength - lineEndBytes
    this.#onLine({ line: this.#lines, byteOffset: this.#offset, lineBytes, bytes, holdsText })
    this.#offset += byteLength
  }

  /** Takes more of the line at hand. Of what is over the limit it keeps no more than shows a text that ends in the next piece. */
  #gather(bytes: Buffer): void {
    if (this.#pieceBytes <= this.#lineBytesMax) {
      this.#pieces.push(Buffer.from(bytes))
      this.#pieceBytes += bytes.length
      if (this.#pieceBytes <= this.#lineBytesMax) return
      const beginning = Buffer.concat(this.#pieces)
      this.#holdsText = this.#search.isIn(beginning)
      this.#pieces = [beginning]
      return
    }
    const [beginning, before = beginning] = this.#pieces
    const both = Buffer.concat([this.#lastOf(before), bytes])
    this.#holdsText ||= this.#search.isIn(both)
    this.#overBytes += bytes.length
    this.#pieces = [beginning, this.#lastOf(both)]
  }

  #lastOf(bytes: Buffer): Buffer {
    return bytes.subarray(Math.max(bytes.length - this.#search.overlap, 0))
  }

  #endGathered(lineEndBytes: number): void {
    const byteLength = this.#pieceBytes + this.#overBytes
    const [beginning] = this.#pieces
    if (this.#overBytes === 0) this.#look(Buffer.concat(this.#pieces))
    else if (this.#holdsText) this.#give(beginning, lineEndBytes, byteLength, true)
    else {
      this.#lines++
      this.#offset += byteLength
    }
    this.#pieces = []
    this.#pieceBytes = 0
    this.#overBytes = 0
    this.#holdsText = false
  }
}

const LF = 0x0a
