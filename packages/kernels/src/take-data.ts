import { bitmapByteLength, clearBit, getBit, isValid, setBit, wordsOf } from '@fletching/columns'
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
  if (data.nullCount === 0 && (runs !== undefined || !hasNone(rows))) return { nullCount: 0, nullBitmap: null }
  const bits = new Uint8Array(bitmapByteLength(rows.length)).fill(0xff)
  let nullCount = 0
  for (let i = 0; i < rows.length; i++) {
    if (rows[i] >= 0 && isValid(data, rows[i])) continue
    clearBit(bits, i)
    nullCount++
  }
  return { nullCount, nullBitmap: nullCount === 0 ? null : bits }
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
    return runs !== undefined && validity.nullCount === 0
      ? takeByteRuns(data as Data<Utf8>, rows, runs)
      : takeBytes(data as Data<Utf8>, rows, validity)
  }
  if (DataType.isBool(type)) {
    const bits = new Uint8Array(bitmapByteLength(length))
    for (let i = 0; i < length; i++) if (rows[i] >= 0 && getBit(data.values, data.offset + rows[i])) setBit(bits, i)
    return makeData({ type, length, ...validity, data: bits })
  }
  if (DataType.isStruct(type)) {
    const children = (data as Data<Struct>).children.map((child) => takeData(child, rows, runs))
    return makeData({ type, length, ...validity, children })
  }
  if (DataType.isList(type)) return takeList(data as Data<List>, rows, validity)
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
  if (runs !== undefined) takeRuns(values, taken, rows, runs, stride)
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
    const from = rows[runs[run]]
    const to = from + runs[run + 1] - runs[run]
    taken.set(values.subarray(from * stride, to * stride), runs[run] * stride)
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
  const valueOffsets = new Int32Array(rows.length + 1)
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i]
    const isNull = row < 0 || (validity.nullBitmap !== null && !getBit(validity.nullBitmap, i))
    valueOffsets[i + 1] = valueOffsets[i] + (isNull ? 0 : offsets[row + 1] - offsets[row])
  }
  const bytes = new Uint8Array(valueOffsets[rows.length])
  for (let i = 0; i < rows.length; i++) {
    const to = valueOffsets[i]
    const count = valueOffsets[i + 1] - to
    if (count === 0) continue
    const from = offsets[rows[i]]
    // A loop is faster than a call for texts as short as ids.
    if (count <= 32) for (let j = 0; j < count; j++) bytes[to + j] = values[from + j]
    else bytes.set(values.subarray(from, from + count), to)
  }
  return makeData({ type, length: rows.length, ...validity, valueOffsets, data: bytes })
}

function takeByteRuns(data: Data<Utf8>, rows: Rows, runs: Int32Array): Data {
  const { values, valueOffsets: offsets, type } = data
  const { length } = rows
  const valueOffsets = new Int32Array(length + 1)
  for (let run = 0; run < runs.length - 1; run++) {
    const at = runs[run]
    const ahead = valueOffsets[at] - offsets[rows[at]]
    for (let i = at; i < runs[run + 1]; i++) valueOffsets[i + 1] = offsets[rows[i] + 1] + ahead
  }
  const bytes = new Uint8Array(valueOffsets[length])
  for (let run = 0; run < runs.length - 1; run++) {
    const from = rows[runs[run]]
    const to = from + runs[run + 1] - runs[run]
    bytes.set(values.subarray(offsets[from], offsets[to]), valueOffsets[runs[run]])
  }
  return makeData({ type, length, nullCount: 0, nullBitmap: null, valueOffsets, data: bytes })
}

function takeList(data: Data<List>, rows: Rows, validity: Validity): Data {
  const { valueOffsets: offsets, type } = data
  const valueOffsets = new Int32Array(rows.length + 1)
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i]
    const isNull = row < 0 || (validity.nullBitmap !== null && !getBit(validity.nullBitmap, i))
    valueOffsets[i + 1] = valueOffsets[i] + (isNull ? 0 : offsets[row + 1] - offsets[row])
  }
  const items = new Int32Array(valueOffsets[rows.length])
  for (let i = 0, at = 0; i < rows.length; i++) {
    for (let item = offsets[rows[i]]; at < valueOffsets[i + 1]; at++, item++) items[at] = item
  }
  const child = takeData(data.children[0], items)
  return makeData({ type, length: rows.length, ...validity, valueOffsets, child })
}
