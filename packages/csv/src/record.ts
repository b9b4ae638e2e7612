/**
 * A record of a CSV, valid while the scanner shows it: its bytes lie in the scanner's own memory, where the next record overwrites them.
 *
 * The scanner writes its fields; whoever is shown a record only reads.
 */
export class CsvRecord {
  /** The line that it begins on; the first is 1. */
  line = 1
  /** How many lines it takes: more than one where a quoted field holds line breaks. */
  lines = 1
  /** Where it begins in the file. */
  byteOffset = 0
  fieldCount = 0
  lineEnd: 'lf' | 'crlf' | 'cr' | 'none' = 'none'
  /** Whether it is longer than `recordBytesMax`; then it has only the fields that end before. */
  isCut = false
  /** Whether the file ends within its quotes. */
  isOpen = false
  /** The flags of all fields, or-ed. */
  flags = 0
  /** Where the fields lie: field n from `starts[n]` to `ends[n]`, without the quotes around it and with the escapes in it. */
  buffer: Uint8Array = new Uint8Array(0)
  starts = new Int32Array(64)
  ends = new Int32Array(64)
  fieldFlags = new Uint8Array(64)
  readonly #escape: number

  constructor(escapedBy: '"' | '\\') {
    this.#escape = escapedBy.charCodeAt(0)
  }

  /** Whether nothing is wrong with it, and it is one line that ends with LF or CRLF, or with the file. */
  get isRegular(): boolean {
    return (
      (this.flags & ~(QUOTED | ESCAPED)) === 0 &&
      this.lines === 1 &&
      !this.isCut &&
      !this.isOpen &&
      this.lineEnd !== 'cr'
    )
  }

  /** Whether it is an empty line. */
  get isBlank(): boolean {
    return this.fieldCount === 1 && this.isEmpty(0) && !this.isCut
  }

  /** Whether a quote in a quoted field is doubled. */
  get hasDoubledQuote(): boolean {
    return (this.flags & DOUBLED) !== 0
  }

  /** Whether a backslash that escapes stands before something else than a quote or a backslash; both then are text. */
  get hasUnknownEscape(): boolean {
    return (this.flags & UNKNOWN_ESCAPE) !== 0
  }

  /** Whether something stands between a closing quote and the comma; such a field is text as it stands, with its quotes. */
  get hasTextBehindQuote(): boolean {
    return (this.flags & BEHIND_QUOTE) !== 0
  }

  /** Whether a field that is not quoted holds a quote. */
  get hasBareQuote(): boolean {
    return (this.flags & BARE_QUOTE) !== 0
  }

  isQuoted(field: number): boolean {
    return (this.fieldFlags[field] & QUOTED) !== 0
  }

  /** Whether nothing at all stands between two commas: a null, where `""` is a text without characters. */
  isEmpty(field: number): boolean {
    return this.starts[field] === this.ends[field] && !this.isQuoted(field)
  }

  /** Whether the field holds a quote, however it is written. */
  hasQuote(field: number): boolean {
    return (this.fieldFlags[field] & (ESCAPED | DOUBLED | BEHIND_QUOTE | BARE_QUOTE)) !== 0
  }

  /** Whether the field's value differs from its bytes in `buffer`. */
  hasEscapes(field: number): boolean {
    return (this.fieldFlags[field] & (ESCAPED | DOUBLED)) !== 0
  }

  /**
   * The value of a field.
   *
   * - Memory: a part of `buffer`; a copy where it has escapes.
   */
  bytes(field: number): Uint8Array {
    const bytes = this.buffer.subarray(this.starts[field], this.ends[field])
    return this.hasEscapes(field) ? unescaped(bytes, this.#escape) : bytes
  }

  /** The same as text; what is not UTF-8 becomes U+FFFD. */
  text(field: number): string {
    return UTF8.decode(this.bytes(field))
  }
}

/** Without what escapes a quote, or a backslash. */
function unescaped(bytes: Uint8Array, escapeByte: number): Uint8Array {
  const value = new Uint8Array(bytes.length)
  let length = 0
  for (let at = 0; at < bytes.length; at++) {
    const next = bytes[at + 1]
    const isPair =
      (bytes[at] === escapeByte && (next === QUOTE || next === escapeByte)) || (bytes[at] === QUOTE && next === QUOTE)
    if (isPair) at++
    value[length++] = bytes[at]
  }
  return value.subarray(0, length)
}

/** What is known of a field. */
export const QUOTED = 1
export const ESCAPED = 2
export const DOUBLED = 4
export const UNKNOWN_ESCAPE = 8
export const BEHIND_QUOTE = 16
export const BARE_QUOTE = 32
const QUOTE = 0x22
const UTF8 = new TextDecoder('utf-8', { ignoreBOM: true })
