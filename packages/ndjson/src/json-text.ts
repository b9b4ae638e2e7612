import { ARRAY, ESCAPED_STRING, FALSE, NULL, NUMBER, OBJECT, SLOT_SIZE, type Slots, STRING, TRUE } from './slots.ts'

/** What unescaping a string gave. */
export interface Unescaped {
  /** Bytes written. */
  readonly length: number
  /** Halves of surrogate pairs that stood alone and became U+FFFD. */
  readonly loneSurrogates: number
  /** Control characters, such as NUL, that the string names by escapes; CR and LF are not among them. */
  readonly controls: number
  /** CR and LF. */
  readonly lineBreaks: number
}

/**
 * Writes the text of a validated JSON string in UTF-8. It is never longer than what it is written as.
 *
 * `target` must have room for `end - start` bytes.
 */
export function unescapeText(bytes: Uint8Array, start: number, end: number, target: Uint8Array): Unescaped {
  let to = 0
  let loneSurrogates = 0
  let controls = 0
  let lineBreaks = 0
  for (let at = start; at < end; ) {
    const byte = bytes[at]
    if (byte !== BACKSLASH) {
      target[to++] = byte
      at++
      continue
    }
    let point = bytes[at + 1] === LOWER_U ? hex4(bytes, at + 2) : SHORT_ESCAPES[bytes[at + 1]]
    at += bytes[at + 1] === LOWER_U ? 6 : 2
    if (point >= 0xd800 && point <= 0xdfff) {
      const low =
        point < 0xdc00 && at + 6 <= end && bytes[at] === BACKSLASH && bytes[at + 1] === LOWER_U
          ? hex4(bytes, at + 2)
          : 0
      if (low >= 0xdc00 && low <= 0xdfff) {
        point = 0x10000 + ((point - 0xd800) << 10) + (low - 0xdc00)
        at += 6
      } else {
        point = 0xfffd
        loneSurrogates++
      }
    }
    if (point === 0x0a || point === 0x0d) lineBreaks++
    else if (point < 0x20) controls++
    to = putUtf8(point, target, to)
  }
  return { length: to, loneSurrogates, controls, lineBreaks }
}

/**
 * Notes the value that begins at `start`, in JSON that is known to be valid, in the slot of a node, unless the node is negative.
 *
 * @returns the first byte behind the value.
 */
export function noteValue(bytes: Uint8Array, start: number, slots: Slots, node: number): number {
  const isString = bytes[start] === QUOTE
  const from = isString ? start + 1 : start
  const to = isString ? stringEnd(bytes, from) : valueEnd(bytes, start)
  if (node >= 0) {
    const at = node * SLOT_SIZE
    slots[at] = isString ? stringKind(bytes, from, to) : kindOf(bytes[start])
    slots[at + 1] = from
    slots[at + 2] = to
  }
  return isString ? to + 1 : to
}

/** The first byte behind the value that begins at `start`, in JSON that is known to be valid. */
export function pastValue(bytes: Uint8Array, start: number): number {
  return bytes[start] === QUOTE ? stringEnd(bytes, start + 1) + 1 : valueEnd(bytes, start)
}

/** The first byte behind the value that begins at `start` and is no string. */
function valueEnd(bytes: Uint8Array, start: number): number {
  const first = bytes[start]
  let at = start
  if (first !== OPEN_BRACE && first !== OPEN_BRACKET) {
    while (!isValueEnd(bytes[at])) at++
    return at
  }
  for (let depth = 0; ; at++) {
    const byte = bytes[at]
    if (byte === QUOTE) at = stringEnd(bytes, at + 1)
    else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) depth++
    else if ((byte === CLOSE_BRACE || byte === CLOSE_BRACKET) && --depth === 0) return at + 1
  }
}

/** The closing quote of the valid string whose text begins at `start`. */
export function stringEnd(bytes: Uint8Array, start: number): number {
  let at = start
  while (bytes[at] !== QUOTE) at += bytes[at] === BACKSLASH ? 2 : 1
  return at
}

/** The first byte from `start` on that is neither blank nor one of the marks between values. */
export function nextToken(bytes: Uint8Array, start: number): number {
  let at = start
  while (bytes[at] <= BLANK || bytes[at] === COMMA || bytes[at] === COLON) at++
  return at
}

/** Whether the text of a valid string stands for itself, or has escapes. */
export function stringKind(bytes: Uint8Array, start: number, end: number): typeof STRING | typeof ESCAPED_STRING {
  for (let at = start; at < end; at++) if (bytes[at] === BACKSLASH) return ESCAPED_STRING
  return STRING
}

function kindOf(first: number): number {
  switch (first) {
    case OPEN_BRACE:
      return OBJECT
    case OPEN_BRACKET:
      return ARRAY
    case LOWER_T:
      return TRUE
    case LOWER_F:
      return FALSE
    case LOWER_N:
      return NULL
    default:
      return NUMBER
  }
}

function isValueEnd(byte: number): boolean {
  return byte === COMMA || byte === CLOSE_BRACE || byte === CLOSE_BRACKET || byte <= BLANK
}

function hex4(bytes: Uint8Array, at: number): number {
  return (hex(bytes[at]) << 12) | (hex(bytes[at + 1]) << 8) | (hex(bytes[at + 2]) << 4) | hex(bytes[at + 3])
}

function hex(byte: number): number {
  return byte <= 0x39 ? byte - 0x30 : (byte & 0xdf) - 55
}

function putUtf8(point: number, target: Uint8Array, at: number): number {
  if (point < 0x80) {
    target[at] = point
    return at + 1
  }
  if (point < 0x800) {
    target[at] = 0xc0 | (point >> 6)
    target[at + 1] = 0x80 | (point & 0x3f)
    return at + 2
  }
  if (point < 0x10000) {
    target[at] = 0xe0 | (point >> 12)
    target[at + 1] = 0x80 | ((point >> 6) & 0x3f)
    target[at + 2] = 0x80 | (point & 0x3f)
    return at + 3
  }
  target[at] = 0xf0 | (point >> 18)
  target[at + 1] = 0x80 | ((point >> 12) & 0x3f)
  target[at + 2] = 0x80 | ((point >> 6) & 0x3f)
  target[at + 3] = 0x80 | (point & 0x3f)
  return at + 4
}

const BLANK = 0x20
const QUOTE = 0x22
const COMMA = 0x2c
const COLON = 0x3a
const OPEN_BRACKET = 0x5b
const BACKSLASH = 0x5c
const CLOSE_BRACKET = 0x5d
const LOWER_F = 0x66
const LOWER_N = 0x6e
const LOWER_T = 0x74
const LOWER_U = 0x75
const OPEN_BRACE = 0x7b
const CLOSE_BRACE = 0x7d

/** Code points of the escapes of two characters, by the second. */
const SHORT_ESCAPES: Readonly<Record<number, number>> = {
  34: 0x22,
  47: 0x2f,
  92: 0x5c,
  98: 0x08,
  102: 0x0c,
  110: 0x0a,
  114: 0x0d,
  116: 0x09,
}
