import {
  Bool,
  type Data,
  DataType,
  Dictionary,
  type Field,
  Int32,
  type List,
  makeData,
  type Struct,
  Utf8,
  Vector,
} from 'apache-arrow'

/**
 * A value as tests write it: text a string, bool a boolean, int32 and float64 a number, int64 a bigint, a timestamp the number of
 * its milliseconds, a date that of its days, a list an array, a struct an object.
 */
export type Plain = null | boolean | number | bigint | string | readonly Plain[] | { readonly [name: string]: Plain }

/**
 * How the same values lie in memory.
 *
 * - *plain*: one chunk from bit 0 on.
 * - *slice*: the middle of a longer chunk, from the middle of a byte on, with wrong values under every null and around it.
 * - *slice of a slice*: the same, cut twice.
 * - *chunks*: several, some of them slices, one without rows.
 * - *dictionary*: texts as numbers of a dictionary in several chunks, in a slice; other types as *slice*.
 * - *dictionaries*: texts in several chunks, each with a dictionary of its own; other types as *chunks*.
 */
export type Form = (typeof forms)[number]

export const forms = ['plain', 'slice', 'slice of a slice', 'chunks', 'dictionary', 'dictionaries'] as const

/** A vector of the values in a form. */
export function vectorOf<T extends DataType>(type: T, values: readonly Plain[], form: Form = 'plain'): Vector<T> {
  return new Vector(chunksIn(type, values, form)) as Vector<T>
}

/** The values of a vector, read from its buffers and not with `Vector.get`, which drops a byte order mark. */
export function valuesOf(vector: Vector): Plain[] {
  return vector.data.flatMap((data: Data) => Array.from({ length: data.length }, (_, row) => valueAt(data, row)))
}

function chunksIn(type: DataType, values: readonly Plain[], form: Form): Data[] {
  switch (form) {
    case 'plain':
      return [build(type, values, false)]
    case 'slice':
      return [sliced(type, values)]
    case 'slice of a slice':
      return [slicedTwice(type, values)]
    case 'dictionary':
      return [sliced(encoded(type), values)]
    case 'chunks':
    case 'dictionaries': {
      const kind = form === 'chunks' ? type : encoded(type)
      const first = Math.ceil(values.length / 3)
      const second = Math.ceil((values.length * 2) / 3)
      return [
        sliced(kind, values.slice(0, first)),
        build(kind, [], false),
        build(kind, values.slice(first, second), false),
        slicedTwice(kind, values.slice(second)),
      ]
    }
  }
}

function encoded(type: DataType): DataType {
  return DataType.isUtf8(type) ? new Dictionary(new Utf8(), new Int32()) : type
}

function sliced(type: DataType, values: readonly Plain[]): Data {
  const wrong = poisonOf(type)
  const padded = [...Array<Plain>(3).fill(wrong), ...values, ...Array<Plain>(6).fill(wrong)]
  return build(type, padded, true).slice(3, values.length)
}

function slicedTwice(type: DataType, values: readonly Plain[]): Data {
  const wrong = poisonOf(type)
  const padded = [...Array<Plain>(11).fill(wrong), ...values, ...Array<Plain>(4).fill(wrong)]
  return build(type, padded, true)
    .slice(5, values.length + 8)
    .slice(6, values.length)
}

/** The value that must never be seen. */
function poisonOf(type: DataType): Plain {
  if (DataType.isDictionary(type)) return poisonOf(type.dictionary)
  if (DataType.isBool(type)) return true
  if (DataType.isUtf8(type)) return 'POISON'
  if (DataType.isInt(type)) return type.bitWidth === 64 ? -777n : -777
  if (DataType.isList(type)) return [poisonOf((type as List).children[0].type)]
  if (DataType.isStruct(type)) return structOf(type as Struct, (field) => poisonOf(field.type))
  return -777
}

/** What Arrow's own builders write under a null. */
function zeroOf(type: DataType): Plain {
  if (DataType.isDictionary(type)) return zeroOf(type.dictionary)
  if (DataType.isBool(type)) return false
  if (DataType.isUtf8(type)) return ''
  if (DataType.isInt(type)) return type.bitWidth === 64 ? 0n : 0
  if (DataType.isList(type)) return []
  if (DataType.isStruct(type)) return structOf(type as Struct, () => null)
  return 0
}

function structOf(type: Struct, value: (field: Field) => Plain): Plain {
  return Object.fromEntries(type.children.map((field) => [field.name, value(field)]))
}

/** One chunk, with or without wrong values under the nulls. */
function build(type: DataType, values: readonly Plain[], poisoned: boolean): Data {
  const length = values.length
  if (DataType.isNull(type)) return makeData({ type, length })
  const hidden = poisoned ? poisonOf(type) : zeroOf(type)
  const held = values.map((value) => value ?? hidden)
  const nullCount = values.filter((value) => value === null).length
  const shape = {
    length,
    nullCount,
    nullBitmap: nullCount === 0 ? null : bitsOf(values.map((value) => value !== null)),
  }
  if (DataType.isDictionary(type)) return buildDictionary(type, held as string[], shape, poisoned)
  if (DataType.isBool(type)) return makeData({ type: new Bool(), ...shape, data: bitsOf(held as boolean[]) })
  if (DataType.isUtf8(type)) {
    const texts = held.map((text) => UTF8.encode(text as string))
    const valueOffsets = offsetsOf(texts)
    return makeData({ type: new Utf8(), ...shape, valueOffsets, data: new Uint8Array(Buffer.concat(texts)) })
  }
  if (DataType.isList(type)) {
    const list = type as List
    const items = held as readonly (readonly Plain[])[]
    const child = build(list.children[0].type, items.flat(1) as Plain[], poisoned)
    return makeData({ type: list, ...shape, valueOffsets: offsetsOf(items), child })
  }
  if (DataType.isStruct(type)) {
    const struct = type as Struct
    const rows = held as readonly { readonly [name: string]: Plain }[]
    const children = struct.children.map((field) =>
      build(
        field.type,
        rows.map((row) => row[field.name]),
        poisoned,
      ),
    )
    return makeData({ type: struct, ...shape, children })
  }
  return makeData({ type: type as Int32, ...shape, data: numbersOf(type, held) as Int32Array })
}

interface Shape {
  readonly length: number
  readonly nullCount: number
  readonly nullBitmap: Uint8Array | null
}

function buildDictionary(type: Dictionary, texts: readonly string[], shape: Shape, poisoned: boolean): Data {
  const entries = [...new Set(['never used', ...texts])]
  const numbers = texts.map((text) => entries.indexOf(text))
  const dictionary = new Vector(chunksIn(type.dictionary, entries, poisoned ? 'chunks' : 'plain'))
  return makeData({
    type: type as Dictionary<Utf8, Int32>,
    ...shape,
    data: numbersOf(type.indices, numbers) as Int32Array,
    dictionary: dictionary as Vector<Utf8>,
  })
}

function numbersOf(type: DataType, values: readonly Plain[]) {
  const isWide = DataType.isTimestamp(type) || (DataType.isInt(type) && type.bitWidth === 64)
  return type.ArrayType.from(values, isWide ? BigInt : Number)
}

function bitsOf(flags: readonly boolean[]): Uint8Array {
  const bits = new Uint8Array(Math.ceil(flags.length / 8))
  for (const [i, flag] of flags.entries()) if (flag) bits[Math.floor(i / 8)] += 2 ** (i % 8)
  return bits
}

function offsetsOf(parts: readonly { readonly length: number }[]): Int32Array {
  const offsets = new Int32Array(parts.length + 1)
  for (const [i, part] of parts.entries()) offsets[i + 1] = offsets[i] + part.length
  return offsets
}

function bitAt(bits: Uint8Array, index: number): boolean {
  return Math.floor(bits[Math.floor(index / 8)] / 2 ** (index % 8)) % 2 === 1
}

function valueAt(data: Data, row: number): Plain {
  const { type, nullBitmap, offset, values } = data
  if (DataType.isNull(type)) return null
  if (nullBitmap !== undefined && nullBitmap.length > 0 && !bitAt(nullBitmap, offset + row)) return null
  if (DataType.isBool(type)) return bitAt(values as Uint8Array, offset + row)
  if (DataType.isDictionary(type)) {
    return entryAt((data as Data<Dictionary>).dictionary as Vector, Number(values[row]))
  }
  if (DataType.isStruct(type)) {
    return structOf(type as Struct, (field) => valueAt(data.children[(type as Struct).children.indexOf(field)], row))
  }
  if (DataType.isUtf8(type)) {
    const { valueOffsets } = data as Data<Utf8>
    return TEXT.decode((values as Uint8Array).subarray(valueOffsets[row], valueOffsets[row + 1]))
  }
  if (DataType.isList(type)) {
    const { valueOffsets, children } = data as Data<List>
    const count = valueOffsets[row + 1] - valueOffsets[row]
    return Array.from({ length: count }, (_, item) => valueAt(children[0] as Data, valueOffsets[row] + item))
  }
  return DataType.isTimestamp(type) ? Number(values[row]) : (values as Int32Array | BigInt64Array)[row]
}

function entryAt(dictionary: Vector, number: number): Plain {
  let rest = number
  for (const chunk of dictionary.data as readonly Data[]) {
    if (rest < chunk.length) return valueAt(chunk, rest)
    rest -= chunk.length
  }
  throw new Error(`a dictionary of ${dictionary.length} has no entry ${number}`)
}

const UTF8 = new TextEncoder()
const TEXT = new TextDecoder('utf-8', { ignoreBOM: true, fatal: true })
