import type { ByteSink } from './byte-sink.ts'
import type { DialectRules } from './dialect.ts'

/** Appends a text as a field, quoted where the dialect says so; gives the number of line breaks that became blanks. */
export function putText(sink: ByteSink, rules: DialectRules, bytes: Uint8Array, start: number, end: number): number {
  const folds = rules.foldsLineBreaks && hasLineBreak(bytes, start, end)
  if (!folds && !needsQuotes(rules, bytes, start, end)) {
    sink.copy(bytes, start, end)
    return 0
  }
  if (!folds) {
    putQuoted(sink, rules, bytes, start, end)
    return 0
  }
  const folded = foldLineBreaks(bytes, start, end)
  if (needsQuotes(rules, folded.bytes, 0, folded.bytes.length))
    putQuoted(sink, rules, folded.bytes, 0, folded.bytes.length)
  else sink.copy(folded.bytes, 0, folded.bytes.length)
  return folded.count
}

function needsQuotes(rules: DialectRules, bytes: Uint8Array, start: number, end: number): boolean {
  if (rules.quotesAllText) return true
  const { quotesFor } = rules
  for (let at = start; at < end; at++) if (quotesFor[bytes[at]] === 1) return true
  if (rules.quotesOuterBlanks && end > start && (isBlank(bytes[start]) || isBlank(bytes[end - 1]))) return true
  return end - start > rules.quotesFrom && utf16Length(bytes, start, end) > rules.quotesFrom
}

function putQuoted(sink: ByteSink, rules: DialectRules, bytes: Uint8Array, start: number, end: number): void {
  sink.reserve(2 * (end - start) + 2)
  const target = sink.bytes
  const doubles = rules.escape === 'double'
  let to = sink.length
  target[to++] = QUOTE
  for (let at = start; at < end; at++) {
    const byte = bytes[at]
    if (byte === QUOTE) target[to++] = doubles ? QUOTE : BACKSLASH
    else if (byte === BACKSLASH && !doubles) target[to++] = BACKSLASH
    target[to++] = byte
  }
  target[to++] = QUOTE
  sink.length = to
}

function hasLineBreak(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if (bytes[at] === LF || bytes[at] === CR) return true
  return false
}

/** CR, LF and CRLF become one blank each. */
function foldLineBreaks(source: Uint8Array, start: number, end: number): { bytes: Uint8Array; count: number } {
  const bytes = new Uint8Array(end - start)
  let length = 0
  let count = 0
  for (let at = start; at < end; at++) {
    const byte = source[at]
    if (byte !== LF && byte !== CR) bytes[length++] = byte
    else {
      if (byte === CR && at + 1 < end && source[at + 1] === LF) at++
      bytes[length++] = BLANK
      count++
    }
  }
  return { bytes: bytes.subarray(0, length), count }
}

/** Java's and JavaScript's length: a character above U+FFFF, of four bytes, counts two. */
function utf16Length(bytes: Uint8Array, start: number, end: number): number {
  let length = 0
  for (let at = start; at < end; at++) {
    if ((bytes[at] & 0xc0) !== 0x80) length += bytes[at] >= 0xf0 ? 2 : 1
  }
  return length
}

function isBlank(byte: number): boolean {
  return byte === BLANK || byte === TAB
}

const TAB = 0x09
const LF = 0x0a
const CR = 0x0d
const BLANK = 0x20
const QUOTE = 0x22
const BACKSLASH = 0x5c
