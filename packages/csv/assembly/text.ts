/*
 * How it works: a text is copied eight bytes at a time, and looked at on the way. Every byte that a dialect has a rule for lies below 0x2d or is the
 * backslash; when none was seen, or blanks alone where they mean nothing inside a text, the copy stands. Else the text is read again byte by
 * byte, by the table of classes.
 *
 * Words go beyond the end of a text on both sides: what is read there does not count, and what is written there is overwritten.
 */
import { BACKSLASH, BLANK, CR, LF, QUOTE } from './bytes'
import { CLASSES, RULES } from './memory'

/** UTF-16 units beyond which a text is quoted. */
const RULE_QUOTES_FROM: usize = 0
/** What an escaped byte has in front of it. */
const RULE_ESCAPE: usize = 4
/** 1 when every text is quoted, also the empty one. */
const RULE_QUOTES_ALL: usize = 8
/** The bytes of a line end, and their number. */
const RULE_LINE_END: usize = 12
const RULE_LINE_END_BYTES: usize = 16

/** Bytes by whose presence a text is quoted. */
const QUOTES: u32 = 1
/** Line breaks that become blanks, CR LF one. */
const FOLDS: u32 = 2
/** Bytes by which a text is quoted when they stand at either end. */
const OUTER: u32 = 4
/** Bytes that are escaped; where they are, the text is quoted. */
const ESCAPED: u32 = 8

let quotesFrom: u32 = 0
let escape: u8 = 0
let quotesAll: usize = 0
let lineEnd: u16 = 0
let lineEndBytes: usize = 0
/** The sign bits of the bytes that may be blanks without a second look. */
let passes: u64 = 0
let folded: u32 = 0

/** Reads the rules; no line break has been folded yet. */
export function openText(): void {
  quotesFrom = load<u32>(RULES, RULE_QUOTES_FROM)
  escape = load<u8>(RULES, RULE_ESCAPE)
  quotesAll = load<u32>(RULES, RULE_QUOTES_ALL)
  lineEnd = load<u16>(RULES, RULE_LINE_END)
  lineEndBytes = load<u32>(RULES, RULE_LINE_END_BYTES)
  passes = (classOf(BLANK) & QUOTES) === 0 ? SIGNS : 0
  folded = 0
}

/** How many line breaks became blanks since `openText`. */
export function linesFolded(): u32 {
  return folded
}

/** Takes back what a record has counted that was not written. */
export function setLinesFolded(count: u32): void {
  folded = count
}

/** Ends a record. */
export function putLineEnd(out: usize): usize {
  store<u16>(out, lineEnd)
  return out + lineEndBytes
}

/** Writes a text as a field, quoted where the dialect says so. */
export function putText(start: usize, length: usize, out: usize): usize {
  // Where all are quoted, the copy goes to where it will stay.
  const target = out + quotesAll
  let special: u64 = 0
  let at: usize = 0
  for (; at + 8 <= length; at += 8) {
    const word = load<u64>(start + at)
    store<u64>(target + at, word)
    special |= specials(word)
  }
  if (at < length) {
    const word = load<u64>(start + at)
    store<u64>(target + at, word)
    special |= specials(word) & ((u64(1) << (u64(length - at) * 8)) - 1)
  }
  if (special !== 0) return putSpecial(start, length, out)
  if (quotesAll !== 0) {
    store<u8>(out, QUOTE)
    store<u8>(target + length, QUOTE)
    return target + length + 1
  }
  if ((outerClasses(start, length) & OUTER) === 0 && !isLong(start, length)) return out + length
  store<u8>(out, QUOTE)
  memory.copy(out + 1, start, length)
  store<u8>(out + 1 + length, QUOTE)
  return out + length + 2
}

/** Sign bits of the bytes that must be looked at one by one. A byte's bit depends on that byte alone. */
// @ts-expect-error: decorator
@inline
function specials(word: u64): u64 {
  const low = word & ~SIGNS
  const below = ~(low + BELOW)
  const blank = ~((low ^ BLANKS) + ~SIGNS)
  const backslash = ~((low ^ BACKSLASHES) + ~SIGNS)
  return ((below & ~(blank & passes)) | backslash) & ~word & SIGNS
}

/** Whatever becomes of the line breaks decides on the quotes: a break at an end is then a blank at an end. */
function putSpecial(start: usize, length: usize, out: usize): usize {
  let seen: u32 = 0
  const end = start + length
  for (let at = start; at < end; at++) seen |= classOf(load<u8>(at))
  const isQuoted =
    quotesAll !== 0 ||
    (seen & QUOTES) !== 0 ||
    (outerClasses(start, length) & OUTER) !== 0 ||
    isLong(start, length)
  if (isQuoted) store<u8>(out++, QUOTE)
  if ((seen & (FOLDS | ESCAPED)) === 0) {
    memory.copy(out, start, length)
    out += length
  } else {
    for (let at = start; at < end; at++) {
      const byte = load<u8>(at)
      const kind = classOf(byte)
      if ((kind & FOLDS) !== 0) {
        if (byte === CR && at + 1 < end && load<u8>(at + 1) === LF) at++
        store<u8>(out++, BLANK)
        folded++
      } else {
        if ((kind & ESCAPED) !== 0) store<u8>(out++, escape)
        store<u8>(out++, byte)
      }
    }
  }
  if (isQuoted) store<u8>(out++, QUOTE)
  return out
}

/** The classes of the first and the last byte. */
// @ts-expect-error: decorator
@inline
function outerClasses(start: usize, length: usize): u32 {
  return length === 0 ? 0 : classOf(load<u8>(start)) | classOf(load<u8>(start + length - 1))
}

/** Whether a text has more UTF-16 units than the dialect leaves bare; a character above U+FFFF, of four bytes, counts two. */
// @ts-expect-error: decorator
@inline
function isLong(start: usize, length: usize): bool {
  return length > usize(quotesFrom) && hasUnitsBeyond(start, length)
}

function hasUnitsBeyond(start: usize, length: usize): bool {
  let units: u32 = 0
  for (let at: usize = 0; at < length; at++) {
    const byte = load<u8>(start + at)
    if ((byte & 0xc0) !== 0x80) units += byte >= 0xf0 ? 2 : 1
    if (units > quotesFrom) return true
  }
  return false
}

// @ts-expect-error: decorator
@inline
function classOf(byte: u8): u32 {
  return load<u8>(CLASSES + usize(byte))
}

const SIGNS: u64 = 0x8080_8080_8080_8080
const ONES: u64 = 0x0101_0101_0101_0101
/** Added to bytes below 0x80, sets the sign of those from 0x2d on. */
const BELOW: u64 = ONES * (0x80 - 0x2d)
const BLANKS: u64 = ONES * 0x20
const BACKSLASHES: u64 = ONES * 0x5c
