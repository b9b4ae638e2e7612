import type { Kind } from './kinds.ts'

/**
 * The kind of a number by the text in which it is written, in JSON that is known to be valid.
 *
 * A double holds a number as it is written when its shortest text has the same decimal value: 0.10 is held, 12345678901234567890 and 0.1234567890123456789
 * are not. A whole number is written without dot and exponent; -0 is none, since 64 bits have no sign for it.
 */
export function numberKind(bytes: Uint8Array, start: number, end: number): Kind {
  const isWhole = isWholeText(bytes, start, end)
  // A decimal of so few digits and no exponent is held by a double, and by 64 bits if it is whole.
  if (end - start <= SHORT && !hasExponent(bytes, start, end)) return isWhole ? 'int64' : 'float64'
  const text = ASCII.decode(bytes.subarray(start, end))
  const isHeld = decimalOf(text) === decimalOf(String(Number(text)))
  if (!isWhole || !isInt64(text)) return isHeld ? 'float64' : 'longNumber'
  return isHeld ? 'int64' : 'longInt64'
}

function isWholeText(bytes: Uint8Array, start: number, end: number): boolean {
  const isNegative = bytes[start] === MINUS
  for (let at = isNegative ? start + 1 : start; at < end; at++) if (bytes[at] < DIGIT_0) return false
  return !hasExponent(bytes, start, end) && !(isNegative && bytes[start + 1] === DIGIT_0)
}

function hasExponent(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if (bytes[at] > DIGIT_9) return true
  return false
}

function isInt64(text: string): boolean {
  return text.length <= 20 && BigInt.asIntN(64, BigInt(text)) === BigInt(text)
}

/** The digits of a number without zeros at either end, and where its point stands; all zeros are one. */
function decimalOf(text: string): string {
  const [, sign, whole, fraction = '', exponent = '0'] = NUMBER.exec(text) ?? ['', '', text]
  const digits = whole + fraction
  const last = digits.replace(/0+$/, '')
  const first = last.replace(/^0+/, '')
  if (first === '') return '0'
  const point = BigInt(whole.length) - BigInt(last.length - first.length) + BigInt(exponent)
  return `${sign}${first}e${point}`
}

const NUMBER = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]\+?(-?\d+))?$/
/** Characters of a number that has 15 digits at most, with dot or sign. */
const SHORT = 15
const MINUS = 0x2d
const DIGIT_0 = 0x30
const DIGIT_9 = 0x39
const ASCII = new TextDecoder()
