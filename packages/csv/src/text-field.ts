import type { ByteSink } from './byte-sink.ts'
import { type DialectRules, FOLDS, QUOTES } from './dialect.ts'

/** Appends a text as a field, quoted where the dialect says so; gives the number of line breaks that became blanks. */
export function putText(sink: ByteSink, rules: DialectRules, bytes: Uint8Array, start: number, end: number): number {
  const seen = classesIn(rules.classes, bytes, start, end)
  if ((seen & FOLDS) !== 0) return putFolded(sink, rules, bytes, start, end)
  if ((seen & QUOTES) !== 0 || needsQuotes(rules, bytes, start, end)) putQuoted(sink, rules, bytes, start, end)
  else sink.copy(bytes, start, end)
  return 0
}

/** Whatever becomes of the line breaks decides on the quotes: a break at an end is then a blank at an end. */
function putFolded(sink: ByteSink, rules: DialectRules, bytes: Uint8Array, start: number, end: number): number {
  const folded = foldLineBreaks(bytes, start, end)
  putText(sink, rules, folded.bytes, 0, folded.bytes.length)
  return folded.count
}

/** The classes of all bytes of a text, or-ed. */
function classesIn(classes: Uint8Array, bytes: Uint8Array, start: number, end: number): number {
  let seen = 0
  for (let at = start; at < end; at++) seen |= classes[bytes[at]]
  return seen
}

/** Whether a text is quoted that holds no byte of class QUOTES. */
function needsQuotes(rules: DialectRules, bytes: Uint8Array, start: number, end: number): boolean {
  if (rules.quotesAllText) return true
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
