import { countOnes, sliceBits, validityOf } from '@fletching/columns'
import { type Data, DataType, type Dictionary, type Utf8 } from 'apache-arrow'
import { dictionaryNumbers, dictionaryTexts, dictionaryValidity, type Texts } from './dictionary.ts'
import { Room } from './room.ts'
import type { WasmModule } from './wasm-module.ts'

/** A column that the module has in hand. */
export interface Column {
  readonly module: WasmModule
  readonly room: Room
  readonly rows: number
  readonly nullCount: number
  /** Texts that lie in the room: one for each row, or those of a dictionary; 0 of other columns. */
  readonly texts: number
  readonly hasDictionary: boolean
}

/**
 * Copies a column into the memory of the module, and opens it there.
 *
 * - Nulls: those of a dictionary count as the rows'.
 */
export function openColumn(module: WasmModule, data: Data): Column {
  const room = new Room(module.memory, module.ROOM.value)
  const { type, length } = data
  if (DataType.isDictionary(type)) {
    const dictionary = data as Data<Dictionary<Utf8>>
    const bits = dictionaryValidity(dictionary)
    const texts = dictionaryTexts(dictionary)
    const { starts, origin } = putTexts(room, texts)
    module.openColumn(putBits(room, bits), starts, origin, room.putNumbers(dictionaryNumbers(dictionary)))
    const nullCount = bits === undefined ? 0 : length - countOnes(bits, 0, length)
    return { module, room, rows: length, nullCount, texts: texts.length, hasDictionary: true }
  }
  const validity = putBits(room, validityOf(data))
  const isText = DataType.isUtf8(type)
  if (isText) {
    const { starts, origin } = putTexts(room, data as Data<Utf8>)
    module.openColumn(validity, starts, origin, 0)
  } else if (DataType.isBool(type)) {
    module.openColumn(validity, room.put(sliceBits(data.values, data.offset, length)), 0, 0)
  } else module.openColumn(validity, room.putNumbers(data.values.subarray(0, length)), 0, 0)
  return { module, room, rows: length, nullCount: data.nullCount, texts: isText ? length : 0, hasDictionary: false }
}

function putBits(room: Room, bits: Uint8Array | undefined): number {
  return bits === undefined ? 0 : room.put(bits)
}

function putTexts(room: Room, { length, valueOffsets, values }: Texts): { starts: number; origin: number } {
  const [first] = valueOffsets
  return {
    starts: room.putNumbers(valueOffsets.subarray(0, length + 1)),
    origin: room.put(values.subarray(first, valueOffsets[length])) - first,
  }
}
