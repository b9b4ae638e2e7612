import {
  type Data,
  DataType,
  type Dictionary,
  makeData,
  makeVector,
  type RecordBatch,
  type Schema,
  type Vector,
} from 'apache-arrow'
import { batchOf } from './data.ts'

/** A chunk of a column without its type, fit for `structuredClone`. */
export interface PackedData {
  readonly length: number
  readonly offset: number
  readonly nullCount: number
  readonly validity: Uint8Array | undefined
  readonly values: ArrayBufferView | undefined
  readonly valueOffsets: Int32Array | undefined
  readonly children: readonly PackedData[]
  readonly dictionary: readonly PackedData[]
}

/** A batch without its schema, which both ends know. */
export interface PackedBatch {
  readonly rows: number
  readonly columns: readonly PackedData[]
}

/**
 * Takes a batch apart for another thread, since Arrow's objects lose their prototypes on the way.
 *
 * - Memory: shares the batch's buffers; `transfersOf` says which of them may move.
 */
export function packBatch(batch: RecordBatch): PackedBatch {
  return { rows: batch.numRows, columns: batch.data.children.map(packData) }
}

/** The batch again, under the schema that it had. */
export function unpackBatch(schema: Schema, { rows, columns }: PackedBatch): RecordBatch {
  const children = columns.map((column, index) => unpackData(schema.fields[index].type, column))
  return batchOf(schema, rows, children)
}

/** Bytes of the buffers of a packed batch, dictionaries left out, since batches share them. */
export function packedByteLength({ columns }: PackedBatch): number {
  let sum = 0
  for (const column of columns) for (const buffer of ownBuffers(column)) sum += buffer.byteLength
  return sum
}

/**
 * The memory that may move to another thread with a batch: what no other batch looks at. A dictionary is left where it is, and so is a
 * buffer of which the batch is only a part; those are copied.
 */
export function transfersOf({ columns }: PackedBatch): ArrayBuffer[] {
  const found = new Set<ArrayBuffer>()
  for (const column of columns) {
    for (const { buffer, byteLength } of ownBuffers(column)) {
      if (byteLength === buffer.byteLength && buffer instanceof ArrayBuffer) found.add(buffer)
    }
  }
  return [...found]
}

/**
 * Whether a packed batch has all of the memory that it looks at, dictionaries left out. A slice of a larger one has not: its numbers, or where
 * its texts start, are a part of others. Bits alone do not show it, since a slice looks at all of them.
 */
export function ownsMemory({ columns }: PackedBatch): boolean {
  const buffers = columns.flatMap(ownBuffers)
  return (
    buffers.every(({ buffer, byteLength }) => byteLength === buffer.byteLength && buffer instanceof ArrayBuffer) &&
    buffers.some((buffer) => !(buffer instanceof Uint8Array) && buffer.byteLength > 0)
  )
}

function packData(data: Data): PackedData {
  const { nullBitmap, values, valueOffsets }: Partial<Pick<Data, 'nullBitmap' | 'values' | 'valueOffsets'>> = data
  return {
    length: data.length,
    offset: data.offset,
    nullCount: data.nullCount,
    validity: data.nullCount > 0 ? nullBitmap : undefined,
    values,
    valueOffsets,
    children: data.children.map(packData),
    dictionary: data.dictionary === undefined ? [] : packDictionary(data.dictionary),
  }
}

function unpackData(type: DataType, packed: PackedData): Data {
  const { length, offset, nullCount, validity, values, valueOffsets } = packed
  const shape = { type: type as never, length, offset, nullCount, nullBitmap: validity ?? null }
  if (DataType.isStruct(type)) {
    const children = packed.children.map((child, index) => unpackData(type.children[index].type, child))
    return makeData({ ...shape, children } as never)
  }
  if (DataType.isList(type)) {
    return makeData({ ...shape, valueOffsets, child: unpackData(type.children[0].type, packed.children[0]) } as never)
  }
  if (DataType.isDictionary(type)) {
    const dictionary = unpackDictionary((type as Dictionary).dictionary, packed.dictionary)
    return makeData({ ...shape, data: values, dictionary } as never)
  }
  return makeData({ ...shape, data: values, valueOffsets } as never)
}

/** The same of one dictionary, so that batches that share it still do on the other side of one message. */
function packDictionary(dictionary: Vector): readonly PackedData[] {
  const known = packedDictionaries.get(dictionary)
  if (known !== undefined) return known
  const packed = dictionary.data.map(packData)
  packedDictionaries.set(dictionary, packed)
  return packed
}

function unpackDictionary(type: DataType, packed: readonly PackedData[]): Vector {
  const known = dictionaries.get(packed)
  if (known !== undefined) return known
  const dictionary = makeVector(packed.map((chunk) => unpackData(type, chunk)))
  dictionaries.set(packed, dictionary)
  return dictionary
}

const packedDictionaries = new WeakMap<Vector, readonly PackedData[]>()
const dictionaries = new WeakMap<readonly PackedData[], Vector>()

function ownBuffers({ validity, values, valueOffsets, children }: PackedData): ArrayBufferView[] {
  const own = [validity, values, valueOffsets].filter((buffer) => buffer !== undefined)
  return [...own, ...children.flatMap(ownBuffers)]
}
