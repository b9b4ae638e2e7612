import { clearBit, getBit, int64At, putInt64, setBit, wordsOf } from '@fletching/columns'
import type { Bool, Data, DateDay, Float64, Int32, Int64, TimestampMillisecond } from 'apache-arrow'
import type { FixedBuffer } from './cast-buffers.ts'

/*
 * Values of fixed width among each other. A number of 64 bits is two words, and exact as a double where it has to be.
 */

export function boolToInt32({ length, offset, values }: Data<Bool>, { data }: FixedBuffer<Int32Array>): void {
  for (let row = 0; row < length; row++) data[row] = getBit(values, offset + row) ? 1 : 0
}

export function boolToInt64({ length, offset, values }: Data<Bool>, { data }: FixedBuffer<BigInt64Array>): void {
  const words = wordsOf(data)
  for (let row = 0; row < length; row++) words[2 * row] = getBit(values, offset + row) ? 1 : 0
}

export function boolToFloat64({ length, offset, values }: Data<Bool>, { data }: FixedBuffer<Float64Array>): void {
  for (let row = 0; row < length; row++) data[row] = getBit(values, offset + row) ? 1 : 0
}

export function int32ToBool(
  { length, values }: Data<Int32>,
  { data }: FixedBuffer<Uint8Array>,
  validity: Uint8Array,
): void {
  for (let row = 0; row < length; row++) {
    if (values[row] === 1) setBit(data, row)
    else if (values[row] !== 0) clearBit(validity, row)
  }
}

export function int32ToInt64({ length, values }: Data<Int32>, { data }: FixedBuffer<BigInt64Array>): void {
  const words = wordsOf(data)
  for (let row = 0; row < length; row++) {
    words[2 * row] = values[row]
    words[2 * row + 1] = values[row] >> 31
  }
}

export function int32ToFloat64({ length, values }: Data<Int32>, { data }: FixedBuffer<Float64Array>): void {
  for (let row = 0; row < length; row++) data[row] = values[row]
}

export function int64ToBool(
  { length, values }: Data<Int64>,
  { data }: FixedBuffer<Uint8Array>,
  validity: Uint8Array,
): void {
  const words = wordsOf(values)
  for (let row = 0; row < length; row++) {
    const number = int64At(words, row)
    if (number === 1) setBit(data, row)
    else if (number !== 0) clearBit(validity, row)
  }
}

export function int64ToInt32(
  { length, values }: Data<Int64>,
  { data }: FixedBuffer<Int32Array>,
  validity: Uint8Array,
): void {
  const words = wordsOf(values)
  for (let row = 0; row < length; row++) {
    const low = words[2 * row]
    if (words[2 * row + 1] === low >> 31) data[row] = low
    else clearBit(validity, row)
  }
}

export function int64ToFloat64(
  { length, values }: Data<Int64>,
  { data }: FixedBuffer<Float64Array>,
  validity: Uint8Array,
): void {
  const words = wordsOf(values)
  for (let row = 0; row < length; row++) {
    const number = int64At(words, row)
    // What rounding adds is less than 2^32, so that it shows in the low word.
    if ((number | 0) === words[2 * row]) data[row] = number
    else clearBit(validity, row)
  }
}

export function float64ToInt32(
  { length, values }: Data<Float64>,
  { data }: FixedBuffer<Int32Array>,
  validity: Uint8Array,
): void {
  for (let row = 0; row < length; row++) {
    const number = values[row]
    if (number === (number | 0)) data[row] = number
    else clearBit(validity, row)
  }
}

export function float64ToInt64(
  { length, values }: Data<Float64>,
  { data }: FixedBuffer<BigInt64Array>,
  validity: Uint8Array,
): void {
  const words = wordsOf(data)
  for (let row = 0; row < length; row++) {
    const number = values[row]
    if (number === Math.floor(number) && number >= -(2 ** 63) && number < 2 ** 63) putInt64(words, row, number)
    else clearBit(validity, row)
  }
}

export function timestampToDate(
  { length, values }: Data<TimestampMillisecond>,
  { data }: FixedBuffer<Int32Array>,
  validity: Uint8Array,
): void {
  const words = wordsOf(values)
  for (let row = 0; row < length; row++) {
    const days = Math.floor(int64At(words, row) / DAY_MS)
    if (days === (days | 0)) data[row] = days
    else clearBit(validity, row)
  }
}

export function dateToTimestamp({ length, values }: Data<DateDay>, { data }: FixedBuffer<BigInt64Array>): void {
  const words = wordsOf(data)
  // Exact: a day has 2^10 × 84,375 milliseconds.
  for (let row = 0; row < length; row++) putInt64(words, row, values[row] * DAY_MS)
}

const DAY_MS = 86_400_000
