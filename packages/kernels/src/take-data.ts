import { bitmapByteLength, countOnes, wordsOf } from '@fletching/columns'
import { internal } from '@fletching/columns/errors'
import { type Data, DataType, type Dictionary, type List, makeData, type Struct, type Utf8 } from 'apache-arrow'
import { type Rows, type Runs, runsOf } from './runs.ts'
import { takeBits } from './take-bits.ts'
import { takeOffsets, takeTexts } from './take-texts.ts'

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
  if (nullsBefore === length || (nullsBefore > 0 && nullBitmap === undefined)) {
    return {
      nullCount: rows.length,
      nullBitmap: rows.length === 0 ? null : new Uint8Array(bitmapByteLength(rows.length)),
    }
  }
  const bits = takeBits(nullsBefore === 0 ? undefined : nullBitmap, data.offset, rows, runs)
  const nullCount = rows.length - countOnes(bits, 0, rows.length)
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
    const { values, valueOffsets } = data as Data<Utf8>
    const taken = takeTexts({ bytes: values, offsets: valueOffsets }, rows, runs, validity.nullBitmap)
    return makeData({ type: type as Utf8, length, ...validity, valueOffsets: taken.offsets, data: taken.bytes })
  }
  if (DataType.isBool(type)) {
    return makeData({ type, length, ...validity, data: takeBits(data.values, data.offset, rows, runs) })
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

function takeList(data: Data<List>, rows: Rows, runs: Runs, validity: Validity): Data {
  const { valueOffsets: offsets, type } = data
  const valueOffsets = takeOffsets(offsets, rows, runs, validity.nullBitmap)
  const items = new Int32Array(valueOffsets[rows.length])
  for (let i = 0, at = 0; i < rows.length; i++) {
    for (let item = offsets[rows[i]]; at < valueOffsets[i + 1]; at++, item++) items[at] = item
  }
  const child = takeData(data.children[0], items)
  return makeData({ type, length: rows.length, ...validity, valueOffsets, child })
}
