import { BARE_QUOTE, BEHIND_QUOTE, CsvRecord, DOUBLED, ESCAPED, QUOTED, UNKNOWN_ESCAPE } from './record.ts'

/**
 * Finds the records and fields of a CSV in its bytes, and shows each record to `onRecord` while it lies in memory.
 *
 * It refuses nothing: a field that breaks the rules is told by the record's flags, and read in the way that does least harm. So a check can name
 * every fault of a file, and a decoder the first.
 *
 * - Shape: a line that is empty is a record of one empty field. A record ends with LF, CRLF, CR or the file; bytes cut anywhere give the same.
 * - Nulls: a field with nothing in it is empty; `""` is not, it is a text.
 * - Memory: the longest record up to `recordBytesMax`, and 64 KiB; the record is lent for the time of the call.
 * - Order: that of the file. A mark of byte order before the first record is passed over, and told.
 *
 * @example
 * ```ts
 * const rows = []
 * const scanner = new CsvRecordScanner({ escape: '\\' }, (record) => rows.push([record.text(0), record.text(1)]))
 * scanner.push(new TextEncoder().encode('id,item\n7,"say \\"x\\""\n'))
 * scanner.flush()
 * assert.deepEqual(rows, [['id', 'item'], ['7', 'say "x"']])
 * ```
 */
export class CsvRecordScanner {
  /** Whether the file begins with the UTF-8 mark of byte order. */
  hasByteOrderMark = false
  readonly #escape: number
  readonly #recordBytesMax: number
  readonly #onRecord: (record: CsvRecord) => void
  readonly #record: CsvRecord
  #buffer = new Uint8Array(2 * PIECE_BYTES)
  /** Bytes in `#buffer`, all of them scanned but while `#scan` runs. */
  #length = 0
  #at = 0
  /** Where in the file the buffer begins. */
  #base = 0
  #recordStart = 0
  #fieldStart = 0
  #flags = 0
  #state = BEGIN

  constructor(
    rules: { readonly escape: '"' | '\\'; readonly recordBytesMax?: number },
    onRecord: (record: CsvRecord) => void,
  ) {
    this.#escape = rules.escape.charCodeAt(0)
    this.#recordBytesMax = rules.recordBytesMax ?? RECORD_BYTES_MAX
    this.#onRecord = onRecord
    this.#record = new CsvRecord(rules.escape)
  }

  push(bytes: Uint8Array): void {
    for (let from = 0; from < bytes.length; from += PIECE_BYTES) {
      this.#append(bytes.subarray(from, from + PIECE_BYTES))
      if (this.#state === BEGIN && this.#length < BYTE_ORDER_MARK.length) continue
      this.#scan()
      this.#dropShown()
      if (this.#length > this.#recordBytesMax) this.#cut()
    }
  }

  /** The file has ended; what has no line end yet is a record too. */
  flush(): void {
    this.#scan()
    if (this.#state === RETURN) this.#show(this.#length, 'cr')
    if (this.#state === START && this.#record.fieldCount === 0 && !this.#record.isCut) return
    if (this.#state === START) this.#fieldStart = this.#length
    if (this.#state === START || this.#state === BARE) this.#endField(this.#length)
    if (this.#state === CLOSING) this.#endField(this.#length - 1)
    if (this.#state === INSIDE || this.#state === ESCAPE) {
      if (this.#state === ESCAPE) this.#flags |= UNKNOWN_ESCAPE
      this.#record.isOpen = true
      this.#endField(this.#length)
    }
    this.#show(this.#length, 'none')
  }

  #append(piece: Uint8Array): void {
    const length = this.#length + piece.length
    if (length > this.#buffer.length) {
      const grown = new Uint8Array(Math.max(2 * this.#buffer.length, length))
      grown.set(this.#buffer.subarray(0, this.#length))
      this.#buffer = grown
    }
    this.#buffer.set(piece, this.#length)
    this.#length = length
  }

  #scan(): void {
    if (this.#state === BEGIN) this.#begin()
    const end = this.#length
    let at = this.#at
    while (at < end) {
      switch (this.#state) {
        case START:
          at = this.#startField(at)
          break
        case BARE:
          at = this.#bare(at, end)
          break
        case INSIDE:
          at = this.#inside(at, end)
          break
        case ESCAPE:
          at = this.#escaped(at)
          break
        case CLOSING:
          at = this.#closing(at)
          break
        default:
          at = this.#afterReturn(at)
      }
    }
    this.#at = at
  }

  #begin(): void {
    this.#state = START
    this.hasByteOrderMark = BYTE_ORDER_MARK.every((byte, at) => at < this.#length && this.#buffer[at] === byte)
    if (!this.hasByteOrderMark) return
    this.#at = BYTE_ORDER_MARK.length
    this.#recordStart = this.#at
    this.#record.byteOffset = this.#at
  }

  #startField(at: number): number {
    const isQuoted = this.#buffer[at] === QUOTE
    this.#state = isQuoted ? INSIDE : BARE
    this.#flags = isQuoted ? QUOTED : 0
    this.#fieldStart = isQuoted ? at + 1 : at
    return this.#fieldStart
  }

  #bare(from: number, end: number): number {
    const bytes = this.#buffer
    let at = from
    while (at < end && BARE_STOPS[bytes[at]] === 0) at++
    if (at === end) return end
    if (bytes[at] !== QUOTE) return this.#endAt(at, at)
    if ((this.#flags & BEHIND_QUOTE) === 0) this.#flags |= BARE_QUOTE
    return at + 1
  }

  #inside(from: number, end: number): number {
    const bytes = this.#buffer
    let at = from
    while (at < end && INSIDE_STOPS[bytes[at]] === 0) at++
    if (at === end) return end
    const byte = bytes[at]
    if (byte === QUOTE) this.#state = CLOSING
    else if (byte === this.#escape) this.#state = ESCAPE
    else if (byte === CR || (byte === LF && bytes[at - 1] !== CR)) this.#record.lines++
    return at + 1
  }

  #escaped(at: number): number {
    const byte = this.#buffer[at]
    const isKnown = byte === QUOTE || byte === this.#escape
    this.#flags |= isKnown ? ESCAPED : UNKNOWN_ESCAPE
    this.#state = INSIDE
    return isKnown ? at + 1 : at
  }

  #closing(at: number): number {
    const byte = this.#buffer[at]
    if (byte === COMMA || byte === LF || byte === CR) return this.#endAt(at - 1, at)
    if (byte === QUOTE) {
      this.#flags |= DOUBLED
      this.#state = INSIDE
      return at + 1
    }
    this.#flags = BEHIND_QUOTE
    this.#fieldStart--
    this.#state = BARE
    return at
  }

  #afterReturn(at: number): number {
    const isPair = this.#buffer[at] === LF
    const end = isPair ? at + 1 : at
    this.#show(end, isPair ? 'crlf' : 'cr')
    return end
  }

  /** Ends a field at the comma or line end that stands at `at`. */
  #endAt(fieldEnd: number, at: number): number {
    this.#endField(fieldEnd)
    const byte = this.#buffer[at]
    if (byte === LF) this.#show(at + 1, 'lf')
    else this.#state = byte === COMMA ? START : RETURN
    return at + 1
  }

  #endField(end: number): void {
    const record = this.#record
    record.flags |= this.#flags
    if (record.isCut) return
    const field = record.fieldCount++
    if (field === record.starts.length) growFields(record)
    record.starts[field] = this.#fieldStart
    record.ends[field] = end
    record.fieldFlags[field] = this.#flags
    this.#flags = 0
  }

  #show(end: number, lineEnd: CsvRecord['lineEnd']): void {
    const record = this.#record
    if (end - this.#recordStart > this.#recordBytesMax) this.#markCut()
    record.buffer = this.#buffer
    record.lineEnd = lineEnd
    this.#onRecord(record)
    this.#recordStart = end
    this.#state = START
    record.line += record.lines
    record.lines = 1
    record.byteOffset = this.#base + end
    record.fieldCount = 0
    record.flags = 0
    record.isCut = false
  }

  /** Moves the record that has begun to the start of the buffer. */
  #dropShown(): void {
    const shown = this.#recordStart
    if (shown === 0) return
    this.#buffer.copyWithin(0, shown, this.#length)
    const { starts, ends, fieldCount } = this.#record
    for (let field = 0; field < fieldCount; field++) {
      starts[field] -= shown
      ends[field] -= shown
    }
    this.#base += shown
    this.#recordStart = 0
    this.#fieldStart -= shown
    this.#length -= shown
    this.#at = this.#length
  }

  /** Of a record that is too long, forgets what goes beyond; its last byte stays, since the next one may ask for it. */
  #cut(): void {
    this.#markCut()
    const max = this.#recordBytesMax
    this.#buffer[max - 1] = this.#buffer[this.#length - 1]
    this.#base += this.#length - max
    this.#length = max
    this.#at = max
  }

  #markCut(): void {
    const record = this.#record
    record.isCut = true
    const end = this.#recordStart + this.#recordBytesMax
    while (record.fieldCount > 0 && record.ends[record.fieldCount - 1] >= end) record.fieldCount--
  }
}

function growFields(record: CsvRecord): void {
  const { starts, ends, fieldFlags } = record
  record.starts = new Int32Array(2 * starts.length)
  record.ends = new Int32Array(2 * starts.length)
  record.fieldFlags = new Uint8Array(2 * starts.length)
  record.starts.set(starts)
  record.ends.set(ends)
  record.fieldFlags.set(fieldFlags)
}

/** The states: before the first byte, where a field may begin, in one, in a quoted one, behind a backslash, behind a quote, behind a CR. */
const BEGIN = 0
const START = 1
const BARE = 2
const INSIDE = 3
const ESCAPE = 4
const CLOSING = 5
const RETURN = 6

const QUOTE = 0x22
const COMMA = 0x2c
const LF = 0x0a
const CR = 0x0d
const BARE_STOPS = stops('",\r\n')
const INSIDE_STOPS = stops('"\\\r\n')
const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf]
const PIECE_BYTES = 65_536
const RECORD_BYTES_MAX = 16 * 1024 * 1024

function stops(characters: string): Uint8Array {
  const table = new Uint8Array(256)
  for (const character of characters) table[character.charCodeAt(0)] = 1
  return table
}
