import { bitmapByteLength, copyBits, DictionaryBuilder, isValid } from '@fletching/columns'
import { type Data, DataType, type Dictionary, List, makeData, Struct, type Utf8, type Vector } from 'apache-arrow'
import { takeData } from './take-data.ts'
import { validBits } from './valid-bits.ts'

/** Joins chunks of one type. */
export function concatData(type: DataType, chunks: readonly Data[]): Data {
  const length = chunks.reduce((sum, chunk) => sum + chunk.length, 0)
  if (DataType.isNull(type)) return makeData({ type, length })
  const validity = concatValidity(chunks)
  if (DataType.isDictionary(type))
    return concatDictionaries(type, chunks as readonly Data<Dictionary>[], length, validity)
  if (DataType.isUtf8(type) || DataType.isBinary(type))
    return concatBytes(type as Utf8, chunks as readonly Data<Utf8>[], length, validity)
  if (DataType.isBool(type)) {
    const bits = new Uint8Array(bitmapByteLength(length))
    let row = 0
    for (const { values, offset, length: rows } of chunks) {
      copyBits(values, offset, bits, row, rows)
      row += rows
    }
    return makeData({ type, length, ...validity, data: bits })
  }
  if (DataType.isStruct(type)) {
    const children = (type as Struct).children.map((field, i) =>
      concatData(
        field.type,
        chunks.map((chunk) => trimmed(chunk.children[i], chunk.length)),
      ),
    )
    // Dictionaries that differ may change the type of a field.
    const fields = (type as Struct).children.map((field, i) => field.clone({ type: children[i].type }))
    return makeData({ type: new Struct(fields), length, ...validity, children })
  }
  if (DataType.isList(type)) return concatLists(type as List, chunks as readonly Data<List>[], length, validity)
  return concatFixed(type, chunks, length, validity)
}

interface Validity {
  readonly nullCount: number
  readonly nullBitmap: Uint8Array | null
}

function concatValidity(chunks: readonly Data[]): Validity {
  const nullCount = chunks.reduce((sum, chunk) => sum + chunk.nullCount, 0)
  if (nullCount === 0) return { nullCount, nullBitmap: null }
  return { nullCount, nullBitmap: validBits(chunks) }
}

function concatFixed(type: DataType, chunks: readonly Data[], length: number, validity: Validity): Data {
  const [first] = chunks
  if (first === undefined) return makeData({ type, length: 0 } as never)
  const joined = new (first.values.constructor as new (length: number) => Int32Array)(length * first.stride)
  let at = 0
  for (const { values, length: rows, stride } of chunks) {
    joined.set((values as Int32Array).subarray(0, rows * stride), at)
    at += rows * stride
  }
  return makeData({ type, length, ...validity, data: joined } as never)
}

function concatBytes(type: Utf8, chunks: readonly Data<Utf8>[], length: number, validity: Validity): Data {
  const byteLength = chunks.reduce(
    (sum, { valueOffsets, length: rows }) => sum + valueOffsets[rows] - valueOffsets[0],
    0,
  )
  const bytes = new Uint8Array(byteLength)
  const offsets = new Int32Array(length + 1)
  let row = 0
  for (const { values, valueOffsets, length: rows } of chunks) {
    bytes.set(values.subarray(valueOffsets[0], valueOffsets[rows]), offsets[row])
    putOffsets(valueOffsets, rows, offsets, row)
    row += rows
  }
  return makeData({ type, length, ...validity, valueOffsets: offsets, data: bytes })
}

/** Appends where the values of so many rows end, behind those of the rows before. */
function putOffsets(offsets: Int32Array, rows: number, joined: Int32Array, row: number): void {
  const ahead = joined[row] - offsets[0]
  for (let i = 1; i <= rows; i++) joined[row + i] = offsets[i] + ahead
}

function concatLists(type: List, chunks: readonly Data<List>[], length: number, validity: Validity): Data {
  const offsets = new Int32Array(length + 1)
  let row = 0
  const items = chunks.map(({ valueOffsets, length: rows, children }) => {
    putOffsets(valueOffsets, rows, offsets, row)
    row += rows
    const from = valueOffsets[0]
    return children[0].slice(from, valueOffsets[rows] - from)
  })
  const child = concatData(type.children[0].type, items)
  const field = type.children[0].clone({ type: child.type })
  return makeData({ type: new List(field), length, ...validity, valueOffsets: offsets, child })
}

function concatDictionaries(
  type: Dictionary,
  chunks: readonly Data<Dictionary>[],
  length: number,
  validity: Validity,
): Data {
  const [first] = chunks
  const dictionary = first?.dictionary
  if (chunks.every((chunk) => chunk.dictionary === dictionary)) {
    const indices = concatFixed(
      type.indices,
      chunks.map((chunk) => makeData({ type: type.indices, length: chunk.length, data: chunk.values } as never)),
      length,
      validity,
    )
    return makeData({ type, length, ...validity, data: indices.values, dictionary } as never)
  }
  const texts =
    DataType.isUtf8(type.dictionary) && mergeTexts(chunks as readonly Data<Dictionary<Utf8>>[], length, validity)
  return texts || concatData(type.dictionary, chunks.map(decodeDictionary))
}

/** Numbers of one dictionary for texts of several; undefined when one of these has a null. */
function mergeTexts(
  chunks: readonly Data<Dictionary<Utf8>>[],
  length: number,
  validity: Validity,
): Data<Dictionary<Utf8>> | undefined {
  const builder = new DictionaryBuilder()
  const starts = new Map<Vector<Utf8>, number>()
  for (const { dictionary } of chunks as readonly { readonly dictionary: Vector<Utf8> }[]) {
    if (starts.has(dictionary)) continue
    starts.set(dictionary, builder.length)
    appendTexts(builder, dictionary)
  }
  const { type, values: numbers, dictionary: texts, nullCount } = builder.finish()
  if (nullCount > 0) return undefined
  const data = new Int32Array(length)
  let row = 0
  for (const { values, length: rows, dictionary } of chunks) {
    const start = starts.get(dictionary as Vector<Utf8>) as number
    for (let i = 0; i < rows; i++) data[row++] = numbers[start + Number(values[i])]
  }
  return makeData({ type, length, ...validity, data, dictionary: texts as Vector<Utf8> })
}

function appendTexts(builder: DictionaryBuilder, dictionary: Vector<Utf8>): void {
  for (const chunk of dictionary.data) {
    for (let entry = 0; entry < chunk.length; entry++) {
      if (isValid(chunk, entry)) {
        builder.appendBytes(chunk.values, chunk.valueOffsets[entry], chunk.valueOffsets[entry + 1])
      } else builder.appendNull()
    }
  }
}

/** A struct's child may be longer than the struct. */
function trimmed(child: Data, length: number): Data {
  return child.length === length ? child : child.slice(0, length)
}

/** The chunk with values in the place of their numbers. */
export function decodeDictionary<T extends DataType>(data: Data<Dictionary<T>>): Data<T> {
  const entries = data.dictionary as Vector<T>
  const rows = entryRows(data)
  // A dictionary that grew may have several chunks.
  const joined = entries.data.length === 1 ? entries.data[0] : concatData(entries.type, entries.data as readonly Data[])
  return takeData(joined as Data<T>, rows)
}

/** The numbers of the rows' entries, -1 for a null; without branches, since nulls follow no pattern. */
export function entryRows(data: Data<Dictionary>): Int32Array {
  const { values, length } = data
  const valid = validBits([data])
  const rows = new Int32Array(length)
  for (let row = 0; row < length; row++) rows[row] = Number(values[row]) | (((valid[row >> 3] >> (row & 7)) & 1) - 1)
  return rows
}
