/*
 * How it works: one pass over the bytes by a machine of three states (a key is next, a value is next, a value is over), with a stack
 * of open containers in typed arrays instead of recursion. Strings and numbers have loops of their own, in which nearly all
 * time is spent. Whether a key is wanted is asked of the children of the trie's node, by its bytes; inside a container that nobody wants
 * nothing is asked.
 *
 * Why: it is the specification that faster scanners are held against, and where they send the lines that they are not sure of.
 * So it has no cleverness that would need a proof, and no way around validating a byte.
 *
 * Advice for the next person: measure with `npm run bench` before and after. Branches that are rarely taken cost little; a property that is
 * written in the loop over a string's bytes costs a third of the speed.
 */
import { childOf } from './child-keys.ts'
import { unescapeText } from './json-text.ts'
import { verdictOf } from './malformed-code.ts'
import { fillSlot, type PathTrie } from './path-trie.ts'
import { ARRAY, ESCAPED_STRING, FALSE, NULL, NUMBER, OBJECT, SLOT_SIZE, type Slots, STRING, TRUE } from './slots.ts'

/** Scans single lines, byte by byte; see the head of this file. */
export class StrictScanner {
  /** Where the wanted values of the last valid line stand. */
  readonly slots: Slots
  readonly #trie: PathTrie
  readonly #depthMax: number
  /** For each open container, the trie's node whose children its keys may be, or -1. */
  readonly #keysOf: Int32Array
  /** For each open container, the node that it is the value of, or -1. */
  readonly #ownerOf: Int32Array
  readonly #isObject: Uint8Array
  #scratch = new Uint8Array(256)
  #errorOffset = 0
  /** Where the last failed leaf function stopped, and why. */
  #failedAt = 0
  #failure = 0
  #sawEscape = false

  /** At most `depthMax` objects and arrays of a line may be open at once. */
  constructor(trie: PathTrie, depthMax: number) {
    this.#trie = trie
    this.#depthMax = depthMax
    this.#keysOf = new Int32Array(depthMax + 1)
    this.#ownerOf = new Int32Array(depthMax + 1)
    this.#isObject = new Uint8Array(depthMax + 1)
    this.slots = new Int32Array(trie.nodeCount * SLOT_SIZE)
  }

  /** Of the last malformed line: the byte, counted from the line's start, at which it cannot go on. */
  get errorOffset(): number {
    return this.#errorOffset
  }

  /**
   * Scans the line from `start` to `end`, without its line end; `bytes[end]` must be there and hold a control character.
   *
   * @returns 0 for a valid object, else the number of a malformed code.
   */
  scan(bytes: Uint8Array, start: number, end: number): number {
    const { slots } = this
    const trie = this.#trie
    const depthMax = this.#depthMax
    const keysOf = this.#keysOf
    const ownerOf = this.#ownerOf
    const isObject = this.#isObject
    slots.fill(0)
    let at = pastBlanks(bytes, start)
    if (bytes[at] !== OPEN_BRACE) return this.#fail(topLevelVerdict(bytes[at]), at, start)
    let depth = 0
    let wanted = 0
    let state = VALUE
    while (true) {
      if (state === VALUE) {
        const byte = bytes[at]
        if (byte === QUOTE) {
          const from = at + 1
          const close = this.#stringEnd(bytes, from, end)
          if (close < 0) return this.#fail(this.#failure, this.#failedAt, start)
          if (wanted > 0) fillSlot(trie, slots, wanted, this.#sawEscape ? ESCAPED_STRING : STRING, from, close)
          at = close + 1
          state = AFTER
        } else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
          if (++depth > depthMax) return this.#fail(TOO_DEEP, at, start)
          const opensObject = byte === OPEN_BRACE
          if (wanted > 0) fillSlot(trie, slots, wanted, opensObject ? OBJECT : ARRAY, at, at)
          ownerOf[depth] = wanted
          keysOf[depth] = opensObject && wanted >= 0 && trie.children[wanted].length > 0 ? wanted : -1
          isObject[depth] = opensObject ? 1 : 0
          at = pastBlanks(bytes, at + 1)
          if (bytes[at] === (opensObject ? CLOSE_BRACE : CLOSE_BRACKET)) state = AFTER
          else if (opensObject) state = KEY
          else wanted = -1
        } else if (byte === MINUS || (byte >= DIGIT_0 && byte <= DIGIT_9)) {
          const from = at
          at = this.#numberEnd(bytes, from)
          if (at < 0) return this.#fail(BAD_NUMBER, this.#failedAt, start)
          if (wanted > 0) fillSlot(trie, slots, wanted, NUMBER, from, at)
          state = AFTER
        } else {
          const from = at
          const kind = literalKind(byte)
          if (kind === 0) return this.#fail(at >= end ? UNFINISHED : UNEXPECTED, at, start)
          at = this.#literalEnd(bytes, from, LITERALS[kind])
          if (at < 0) return this.#fail(BAD_LITERAL, this.#failedAt, start)
          if (wanted > 0) fillSlot(trie, slots, wanted, kind, from, at)
          state = AFTER
        }
      } else if (state === KEY) {
        if (bytes[at] !== QUOTE) return this.#fail(at >= end ? UNFINISHED : UNEXPECTED, at, start)
        const from = at + 1
        const close = this.#stringEnd(bytes, from, end)
        if (close < 0) return this.#fail(this.#failure, this.#failedAt, start)
        const parent = keysOf[depth]
        wanted = parent < 0 ? -1 : this.#child(parent, bytes, from, close)
        at = pastBlanks(bytes, close + 1)
        if (bytes[at] !== COLON) return this.#fail(at >= end ? UNFINISHED : UNEXPECTED, at, start)
        at = pastBlanks(bytes, at + 1)
        state = VALUE
      } else {
        at = pastBlanks(bytes, at)
        const byte = bytes[at]
        if (depth === 0) {
          if (at >= end) return 0
          return this.#fail(TRAILING_TEXT, at, start)
        }
        if (byte === COMMA) {
          at = pastBlanks(bytes, at + 1)
          if (isObject[depth] === 1) state = KEY
          else {
            wanted = -1
            state = VALUE
          }
        } else if (byte === (isObject[depth] === 1 ? CLOSE_BRACE : CLOSE_BRACKET)) {
          const owner = ownerOf[depth--]
          at++
          if (owner > 0) slots[owner * SLOT_SIZE + 2] = at
        } else return this.#fail(at >= end ? UNFINISHED : UNEXPECTED, at, start)
      }
    }
  }

  #child(parent: number, bytes: Uint8Array, start: number, end: number): number {
    const keys = this.#trie.keys[parent]
    if (!this.#sawEscape) return childOf(keys, bytes, start, end)
    if (end - start > this.#scratch.length) this.#scratch = new Uint8Array(end - start)
    const length = unescapeText(bytes, start, end, this.#scratch).length
    return childOf(keys, this.#scratch, 0, length)
  }

  /** The closing quote of the string whose text begins at `at`, or -1. */
  #stringEnd(bytes: Uint8Array, start: number, end: number): number {
    let at = start
    let sawEscape = false
    while (true) {
      while (STRING_CLASS[bytes[at]] === PLAIN) at++
      const byte = bytes[at]
      if (byte === QUOTE) {
        this.#sawEscape = sawEscape
        return at
      }
      if (byte === BACKSLASH) {
        const length = escapeLength(bytes, at)
        if (length === 0) return this.#stop(at + 1 >= end ? OPEN_STRING : BAD_ESCAPE, at)
        sawEscape = true
        at += length
      } else if (byte >= 0x80) {
        const length = utf8Length(bytes, at)
        if (length === 0) return this.#stop(BAD_UTF8, at)
        at += length
      } else return this.#stop(at >= end ? OPEN_STRING : BAD_STRING, at)
    }
  }

  /** The end of the number that begins at `at`, or -1. */
  #numberEnd(bytes: Uint8Array, start: number): number {
    let at = start
    if (bytes[at] === MINUS) at++
    if (bytes[at] === DIGIT_0) at++
    else {
      const from = at
      at = pastDigits(bytes, at)
      if (at === from) return this.#stop(BAD_NUMBER, at)
    }
    if (bytes[at] === DOT) {
      const from = ++at
      at = pastDigits(bytes, at)
      if (at === from) return this.#stop(BAD_NUMBER, at)
    }
    if (bytes[at] === LOWER_E || bytes[at] === UPPER_E) {
      at++
      if (bytes[at] === PLUS || bytes[at] === MINUS) at++
      const from = at
      at = pastDigits(bytes, at)
      if (at === from) return this.#stop(BAD_NUMBER, at)
    }
    // What follows a number ends it, or the number was none: 01, 1x, 1.2.3.
    const next = bytes[at]
    const isEnd = next === COMMA || next === CLOSE_BRACE || next === CLOSE_BRACKET || next <= BLANK
    return isEnd ? at : this.#stop(BAD_NUMBER, at)
  }

  #literalEnd(bytes: Uint8Array, start: number, literal: Uint8Array): number {
    for (let i = 0; i < literal.length; i++)
      if (bytes[start + i] !== literal[i]) return this.#stop(BAD_LITERAL, start + i)
    return start + literal.length
  }

  #stop(failure: number, at: number): number {
    this.#failure = failure
    this.#failedAt = at
    return -1
  }

  #fail(verdict: number, at: number, start: number): number {
    this.#errorOffset = at - start
    return verdict
  }
}

/** The first byte that is no blank. A line end is none: it ends every loop. */
function pastBlanks(bytes: Uint8Array, start: number): number {
  let at = start
  let byte = bytes[at]
  while (byte === BLANK || byte === TAB || byte === CARRIAGE_RETURN) byte = bytes[++at]
  return at
}

function pastDigits(bytes: Uint8Array, start: number): number {
  let at = start
  while (bytes[at] >= DIGIT_0 && bytes[at] <= DIGIT_9) at++
  return at
}

/** Bytes of the escape that begins at the backslash, or 0 when it is none. */
function escapeLength(bytes: Uint8Array, at: number): number {
  const next = bytes[at + 1]
  if (next !== LOWER_U) return ESCAPES[next] === 1 ? 2 : 0
  for (let i = 2; i < 6; i++) if (HEX[bytes[at + i]] === 0) return 0
  return 6
}

/**
 * Bytes of the character that begins with a byte from 0x80 on, or 0 when it is not UTF-8: overlong, a surrogate, above U+10FFFF, or cut.
 */
function utf8Length(bytes: Uint8Array, at: number): number {
  const lead = bytes[at]
  const second = bytes[at + 1]
  if (lead < 0xc2 || (second & 0xc0) !== 0x80) return 0
  if (lead < 0xe0) return 2
  if ((bytes[at + 2] & 0xc0) !== 0x80) return 0
  if (lead < 0xf0) {
    if (lead === 0xe0 && second < 0xa0) return 0
    return lead === 0xed && second > 0x9f ? 0 : 3
  }
  if (lead > 0xf4 || (bytes[at + 3] & 0xc0) !== 0x80) return 0
  if (lead === 0xf0 && second < 0x90) return 0
  return lead === 0xf4 && second > 0x8f ? 0 : 4
}

function literalKind(byte: number): typeof TRUE | typeof FALSE | typeof NULL | 0 {
  if (byte === 0x74) return TRUE
  if (byte === 0x66) return FALSE
  return byte === 0x6e ? NULL : 0
}

/** What a line is that does not begin with a brace. */
function topLevelVerdict(byte: number): number {
  if (byte === OPEN_BRACKET) return verdictOf('TOP_LEVEL_ARRAY')
  const isScalar = byte === QUOTE || byte === MINUS || (byte >= DIGIT_0 && byte <= DIGIT_9) || literalKind(byte) !== 0
  return isScalar ? verdictOf('TOP_LEVEL_SCALAR') : UNEXPECTED
}

const VALUE = 0
const KEY = 1
const AFTER = 2

const UNEXPECTED = verdictOf('UNEXPECTED')
const UNFINISHED = verdictOf('UNFINISHED')
const TRAILING_TEXT = verdictOf('TRAILING_TEXT')
const TOO_DEEP = verdictOf('TOO_DEEP')
const BAD_LITERAL = verdictOf('BAD_LITERAL')
const BAD_NUMBER = verdictOf('BAD_NUMBER')
const BAD_STRING = verdictOf('BAD_STRING')
const BAD_ESCAPE = verdictOf('BAD_ESCAPE')
const BAD_UTF8 = verdictOf('BAD_UTF8')
const OPEN_STRING = verdictOf('OPEN_STRING')

const TAB = 0x09
const CARRIAGE_RETURN = 0x0d
const BLANK = 0x20
const QUOTE = 0x22
const PLUS = 0x2b
const COMMA = 0x2c
const MINUS = 0x2d
const DOT = 0x2e
const DIGIT_0 = 0x30
const DIGIT_9 = 0x39
const COLON = 0x3a
const UPPER_E = 0x45
const OPEN_BRACKET = 0x5b
const BACKSLASH = 0x5c
const CLOSE_BRACKET = 0x5d
const LOWER_E = 0x65
const LOWER_U = 0x75
const OPEN_BRACE = 0x7b
const CLOSE_BRACE = 0x7d

const PLAIN = 1
/** 1 for the bytes that stand for themselves in a string and need no look: ASCII but controls, quote and backslash. */
const STRING_CLASS = Uint8Array.from({ length: 256 }, (_, byte) =>
  byte >= BLANK && byte < 0x80 && byte !== QUOTE && byte !== BACKSLASH ? PLAIN : 0,
)
const ESCAPES = Uint8Array.from({ length: 256 }, (_, byte) => ('"\\/bfnrt'.includes(String.fromCharCode(byte)) ? 1 : 0))
const HEX = Uint8Array.from({ length: 256 }, (_, byte) => (/[0-9a-f]/i.test(String.fromCharCode(byte)) ? 1 : 0))

const UTF8 = new TextEncoder()
const LITERALS: Record<typeof TRUE | typeof FALSE | typeof NULL, Uint8Array> = {
  [TRUE]: UTF8.encode('true'),
  [FALSE]: UTF8.encode('false'),
  [NULL]: UTF8.encode('null'),
}
