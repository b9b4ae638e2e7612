import { bitmapByteLength, copyBits, countOnes, getBit, setBit, wordsOf } from '@fletching/columns'
import { internal } from '@fletching/columns/errors'
import { type Data, DataType, type Dictionary, type List, makeData, type Struct, type Utf8 } from 'apache-arrow'
import { runsOf } from './runs.ts'

/** Rows in any order; -1 makes a null. */
export type Rows = Int32Array

/** The runs of the rows, where there are any worth copying as one: see `runsOf`. */
type Runs = Int32Array | undefined

/** The chunk's values at the rows, in their order. */
export function takeData<T extends DataType>(data: Data<T>, rows: Rows, runs: Runs = runsOf(rows)): Data<T> {
  const validity = takeValidity(data, rows, runs)
  return takeValues(data as Data, rows, runs, validity) as Data<T>
}

interface Validity {
  readonly nullCount: number
  readonly nullBitmap: Uint8Array | null
}

function takeValidity(data: Data, rows: Rows, runs: Runs): Validity {
  const { nullCount: nullsBefore, length, nullBitmap }: Omit<Data, 'nullBitmap'> & { nullBitmap?: Uint8Array } = data
  if (nullsBefore === 0 && (runs !== undefined || !hasNone(rows))) return { nullCount: 0, nullBitmap: null }
  const bits = new Uint8Array(bitmapByteLength(rows.length))
  if (nullsBefore === length || (nullsBefore > 0 && nullBitmap === undefined)) {
    return { nullCount: rows.length, nullBitmap: rows.length === 0 ? null : bits }
  }
  if (runs !== undefined) takeBitRuns(nullBitmap as Uint8Array, data.offset, bits, rows, runs)
  else takeBits(nullsBefore === 0 ? undefined : nullBitmap, data.offset, bits, rows)
  const nullCount = rows.length - countOnes(bits, 0, rows.length)
  return { nullCount, nullBitmap: nullCount === 0 ? null : bits }
}

/** - `bits`: all 1 where there are none. */
function takeBits(bits: Uint8Array | undefined, offset: number, taken: Uint8Array, rows: Rows): void {
  for (let i = 0; i < rows.length; i++) {
    if (rows[i] >= 0 && (bits === undefined || getBit(bits, offset + rows[i]))) setBit(taken, i)
  }
}

function takeBitRuns(bits: Uint8Array, offset: number, taken: Uint8Array, rows: Rows, runs: Int32Array): void {
  for (let run = 0; run < runs.length - 1; run++) {
    const at = runs[run]
    copyBits(bits, offset + rows[at], taken, at, runs[run + 1] - at)
  }
}

function hasNone(rows: Rows): boolean {
  for (let i = 0; i < rows.length; i++) if (rows[i] < 0) return true
  return false
}

function takeValues(data: Data, rows: Rows, runs: Runs, validity: Validity): Data {
  const { type } = data
  const length = rows.length
  if (DataType.isNull(type)) return makeData({ type, length })
  if (DataType.isDictionary(type)) {
    const { dictionary, values } = data as Data<Dictionary>
    const taken = takeFixed(values as FixedArray, rows, runs, 1)
    return makeData({ type, length, ...validity, data: taken, dictionary } as never)
  }
  if (DataType.isUtf8(type) || DataType.isBinary(type)) {
    return runs === undefined
      ? takeBytes(data as Data<Utf8>, rows, validity)
      : takeByteRuns(data as Data<Utf8>, rows, runs, validity)
  }
  if (DataType.isBool(type)) {
    const bits = new Uint8Array(bitmapByteLength(length))
    if (runs === undefined) takeBits(data.values, data.offset, bits, rows)
    else takeBitRuns(data.values, data.offset, bits, rows, runs)
    return makeData({ type, length, ...validity, data: bits })
  }
  if (DataType.isStruct(type)) {
    const children = (data as Data<Struct>).children.map((child) => takeData(child, rows, runs))
    return makeData({ type, length, ...validity, children })
  }
  if (DataType.isList(type)) return takeList(data as Data<List>, rows, runs, validity)
  if (ArrayBuffer.isView(data.values)) {
    const taken = takeFixed(data.values as never, rows, runs, data.stride)
    return makeData({ type, length, ...validity, data: taken } as never)
  }
  throw internal(`take does not know ${String(type)}`)
}

type FixedArray = Int32Array | Float64Array

/** Numbers of 64 bits are moved as two of 32, since each would become a BigInt on its way. */
function takeFixed(values: FixedArray, rows: Rows, runs: Runs, stride: number): FixedArray {
  const taken = new (values.constructor as new (length: number) => FixedArray)(rows.length * stride)
  const words = (values.BYTES_PER_ELEMENT / 4) * stride
  if (runs !== undefined && values.BYTES_PER_ELEMENT >= 4) takeRuns(wordsOf(values), wordsOf(taken), rows, runs, words)
  else if (runs !== undefined) takeRuns(values, taken, rows, runs, stride)
  else if (words === 1 && stride === 1) takeWords(wordsOf(values), wordsOf(taken), rows)
  else if (words === 2 && stride === 1) takePairs(wordsOf(values), wordsOf(taken), rows)
  else {
    for (let i = 0; i < rows.length; i++) {
      if (rows[i] >= 0) taken.set(values.subarray(rows[i] * stride, (rows[i] + 1) * stride), i * stride)
    }
  }
  return taken
}

function takeRuns(values: FixedArray, taken: FixedArray, rows: Rows, runs: Int32Array, stride: number): void {
  for (let run = 0; run < runs.length - 1; run++) {
    const from = rows[runs[run]] * stride
    const to = runs[run] * stride
    const count = (runs[run + 1] - runs[run]) * stride
    if (count <= 64) for (let i = 0; i < count; i++) taken[to + i] = values[from + i]
    else taken.set(values.subarray(from, from + count), to)
  }
}

function takeWords(values: Int32Array, taken: Int32Array, rows: Rows): void {
  for (let i = 0; i < rows.length; i++) if (rows[i] >= 0) taken[i] = values[rows[i]]
}

function takePairs(values: Int32Array, taken: Int32Array, rows: Rows): void {
  for (let i = 0; i < rows.length; i++) {
    if (rows[i] < 0) continue
    taken[2 * i] = values[2 * rows[i]]
    taken[2 * i + 1] = values[2 * rows[i] + 1]
  }
}

function takeBytes(data: Data<Utf8>, rows: Rows, validity: Validity): Data {
  const { values, valueOffsets: offsets, type } = data
  const valueOffsets = takeOffsets(offsets, rows, validity)
  const bytes = new Uint8Array(valueOffsets[rows.length])
  for (let i = 0; i < rows.length; i++) {
    const count = valueOffsets[i + 1] - valueOffsets[i]
    if (count > 0) copyBytes(values, offsets[rows[i]], count, bytes, valueOffsets[i])
  }
  return makeData({ type, length: rows.length, ...validity, valueOffsets, data: bytes })
}

function takeByteRuns(data: Data<Utf8>, rows: Rows, runs: Int32Array, validity: Validity): Data {
  const { values, valueOffsets: offsets, type } = data
  const { length } = rows
  const valueOffsets = takeOffsetRuns(offsets, rows, runs, validity)
  if (valueOffsets === undefined) return takeBytes(data, rows, validity)
  const bytes = new Uint8Array(valueOffsets[length])
  for (let run = 0; run < runs.length - 1; run++) {
    const from = rows[runs[run]]
    const to = from + runs[run + 1] - runs[run]
    copyBytes(values, offsets[from], offsets[to] - offsets[from], bytes, valueOffsets[runs[run]])
  }
  return makeData({ type, length, ...validity, valueOffsets, data: bytes })
}

function copyBytes(bytes: Uint8Array, from: number, count: number, target: Uint8Array, to: number): void {
  // A loop is faster than a call for texts as short as ids.
  if (count <= 32) for (let i = 0; i < count; i++) target[to + i] = bytes[from + i]
  else target.set(bytes.subarray(from, from + count), to)
}

/** Where the values end that are taken; a null takes nothing. */
function takeOffsets(offsets: Int32Array, rows: Rows, { nullCount, nullBitmap }: Validity): Int32Array {
  const taken = new Int32Array(rows.length + 1)
  if (nullCount === rows.length) return taken
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i]
    const isNull = nullBitmap !== null && !getBit(nullBitmap, i)
    taken[i + 1] = taken[i] + (isNull ? 0 : offsets[row + 1] - offsets[row])
  }
  return taken
}

/** As `takeOffsets`; undefined when something lies under a null, which is left behind only row by row. */
function takeOffsetRuns(
  offsets: Int32Array,
  rows: Rows,
  runs: Int32Array,
  { nullCount, nullBitmap }: Validity,
): Int32Array | undefined {
  const taken = new Int32Array(rows.length + 1)
  if (nullCount === rows.length) return taken
  for (let run = 0; run < runs.length - 1; run++) {
    const from = runs[run]
    const to = runs[run + 1]
    const row = rows[from] - from
    const ahead = taken[from] - offsets[row + from]
    for (let i = from + 1; i <= to; i++) taken[i] = offsets[row + i] + ahead
  }
  return nullBitmap !== null && hidesValues(taken, nullBitmap) ? undefined : taken
}

/** Whether something lies under a null. */
function hidesValues(offsets: Int32Array, bits: Uint8Array): boolean {
  const { length } = offsets
  for (let byte = 0, row = 0; byte < bits.length; byte++, row += 8) {
    const end = Math.min(row + 8, length - 1)
    if (bits[byte] === 0xff || offsets[row] === offsets[end]) continue
    for (let i = row; i < end; i++) if (offsets[i] !== offsets[i + 1] && !getBit(bits, i)) return true
  }
  return false
}

function takeList(data: Data<List>, rows: Rows, runs: Runs, validity: Validity): Data {
  const { valueOffsets: offsets, type } = data
  const valueOffsets =
    (runs === undefined ? undefined : takeOffsetRuns(offsets, rows, runs, validity)) ??
    takeOffsets(offsets, rows, validity)
  const items = new Int32Array(valueOffsets[rows.length])
  for (let i = 0, at = 0; i < rows.length; i++) {
    for (let item = offsets[rows[i]]; at < valueOffsets[i + 1]; at++, item++) items[at] = item
  }
  const child = takeData(data.children[0], items)
  return makeData({ type, length: rows.length, ...validity, valueOffsets, child })
}
