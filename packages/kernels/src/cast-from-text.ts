import { clearBit, parseIsoTimestamp, putInt64, sameBytes, setBit, wordsOf } from '@fletching/columns'
import type { Data, Utf8 } from 'apache-arrow'
import type { FixedBuffer } from './cast-buffers.ts'
import { castRules } from './cast-rules.ts'
import { parseDecimal, parseWhole } from './parse-number.ts'
import { parseMoments } from './parse-timestamp.ts'

/*
 * Texts are read from their bytes. Only of a number that its reader is not sure of a text is made, for the rule.
 */

export function textToBool(
  { length, values, valueOffsets }: Data<Utf8>,
  { data }: FixedBuffer<Uint8Array>,
  validity: Uint8Array,
): void {
  for (let row = 0; row < length; row++) {
    const start = valueOffsets[row]
    const end = valueOffsets[row + 1]
    if (sameBytes(values, start, end, TRUE, 0, TRUE.length)) setBit(data, row)
    else if (!sameBytes(values, start, end, FALSE, 0, FALSE.length)) clearBit(validity, row)
  }
}

export function textToInt32(
  { length, values, valueOffsets }: Data<Utf8>,
  { data }: FixedBuffer<Int32Array>,
  validity: Uint8Array,
): void {
  for (let row = 0; row < length; row++) {
    const start = valueOffsets[row]
    const end = valueOffsets[row + 1]
    const number = parseWhole(values, start, end)
    if (number === (number | 0) && (end - start <= SURE_LENGTH || byRule('int32', values, start, end) !== undefined)) {
      data[row] = number
    } else clearBit(validity, row)
  }
}

export function textToInt64(
  { length, values, valueOffsets }: Data<Utf8>,
  { data }: FixedBuffer<BigInt64Array>,
  validity: Uint8Array,
): void {
  const words = wordsOf(data)
  for (let row = 0; row < length; row++) {
    const start = valueOffsets[row]
    const end = valueOffsets[row + 1]
    const number = parseWhole(values, start, end)
    if (Math.abs(number) <= Number.MAX_SAFE_INTEGER && end - start <= SURE_LENGTH) putInt64(words, row, number)
    else {
      const whole = Number.isNaN(number) ? undefined : byRule('int64', values, start, end)
      if (whole === undefined) clearBit(validity, row)
      else data[row] = whole as bigint
    }
  }
}

export function textToFloat64(
  { length, values, valueOffsets }: Data<Utf8>,
  { data }: FixedBuffer<Float64Array>,
  validity: Uint8Array,
): void {
  for (let row = 0; row < length; row++) {
    const start = valueOffsets[row]
    const end = valueOffsets[row + 1]
    const number = parseDecimal(values, start, end)
    if (Number.isFinite(number)) data[row] = number
    else {
      const decimal = Number.isNaN(number) ? undefined : byRule('float64', values, start, end)
      if (decimal === undefined) clearBit(validity, row)
      else data[row] = decimal as number
    }
  }
}

export function textToTimestamp(
  { values, valueOffsets }: Data<Utf8>,
  { data }: FixedBuffer<BigInt64Array>,
  validity: Uint8Array,
): void {
  parseMoments(values, valueOffsets, wordsOf(data), validity)
}

export function textToDate(
  { length, values, valueOffsets }: Data<Utf8>,
  { data }: FixedBuffer<Int32Array>,
  validity: Uint8Array,
): void {
  for (let row = 0; row < length; row++) {
    const start = valueOffsets[row]
    const end = valueOffsets[row + 1]
    const midnight = end - start === DAY_LENGTH ? parseIsoTimestamp(values, start, end) : Number.NaN
    if (Number.isNaN(midnight)) clearBit(validity, row)
    else data[row] = midnight / DAY_MS
  }
}

function byRule(to: 'int32' | 'int64' | 'float64', bytes: Uint8Array, start: number, end: number) {
  return castRules.text[to]?.(FROM_UTF8.decode(bytes.subarray(start, end)))
}

const FROM_UTF8 = new TextDecoder('utf-8', { ignoreBOM: true })
const TO_UTF8 = new TextEncoder()
const TRUE = TO_UTF8.encode('true')
const FALSE = TO_UTF8.encode('false')
/** Whole numbers of so many bytes do not have too many digits. */
const SURE_LENGTH = 40
/** Bytes of `2019-05-18`. */
const DAY_LENGTH = 10
const DAY_MS = 86_400_000
