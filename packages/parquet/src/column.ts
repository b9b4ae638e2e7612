import { sliceBits, validityOf } from '@fletching/columns'
import { type Data, DataType, type Dictionary, type Utf8 } from 'apache-arrow'
import { dictionaryNumbers, dictionaryTexts, dictionaryValidity, type Texts } from './dictionary.ts'
import { type Entries, onesOf, presentSlots } from './entries.ts'
import type { LeafData } from './leaf-data.ts'
import { Room } from './room.ts'
import type { WasmModule } from './wasm-module.ts'

/** A leaf of a batch that the module has in hand. */
export interface Column {
  readonly module: WasmModule
  readonly room: Room
  /** What it has in pages: rows, where it is not nested. */
  readonly entries: Entries
  /** Places of its values in memory. */
  readonly slots: number
  /** Entries without a value. */
  readonly nullCount: number
  /** Texts that lie in the room: one for each slot, or those of a dictionary; 0 of other columns. */
  readonly texts: number
  readonly hasDictionary: boolean
}

/**
 * Copies a leaf into the memory of the module, and opens it there.
 *
 * - Nulls: those of a dictionary count as the slots'. What lies under a null further up has none in the eyes of the module.
 * - Errors: internal for a null in a leaf that is REQUIRED.
 */
export function openColumn(module: WasmModule, { leaf, data, entries }: LeafData): Column {
  const room = new Room(module.memory, module.ROOM.value)
  const { type, length: slots } = data
  const isDictionary = DataType.isDictionary(type)
  const valid = isDictionary ? dictionaryValidity(data as Data<Dictionary<Utf8>>) : validityOf(data)
  const present = presentSlots(entries, leaf, slots, valid)
  const validity = putBytes(room, present)
  let texts = 0
  if (isDictionary) {
    const dictionary = dictionaryTexts(data as Data<Dictionary<Utf8>>)
    const { starts, origin } = putTexts(room, dictionary)
    const numbers = dictionaryNumbers(data as Data<Dictionary<Utf8>>)
    module.openColumn(validity, starts, origin, room.putNumbers(numbers))
    texts = dictionary.length
  } else if (DataType.isUtf8(type)) {
    const { starts, origin } = putTexts(room, data as Data<Utf8>)
    module.openColumn(validity, starts, origin, 0)
    texts = slots
  } else if (DataType.isBool(type)) {
    module.openColumn(validity, room.put(sliceBits(data.values, data.offset, slots)), 0, 0)
  } else module.openColumn(validity, room.putNumbers(data.values.subarray(0, slots)), 0, 0)
  const { definitions, repetitions, live, level } = entries
  module.openLevels(putBytes(room, definitions), putBytes(room, repetitions), putBytes(room, live), level)
  const nullCount = entries.count - onesOf(present, slots)
  return { module, room, entries, slots, nullCount, texts, hasDictionary: isDictionary }
}

function putBytes(room: Room, bytes: Uint8Array | undefined): number {
  return bytes === undefined ? 0 : room.put(bytes)
}

function putTexts(room: Room, { length, valueOffsets, values }: Texts): { starts: number; origin: number } {
  // Where there is no text, there may be no offsets.
  const [first = 0] = valueOffsets
  return {
    starts: room.putNumbers(valueOffsets.subarray(0, length + 1)),
    origin: room.put(values.subarray(first, valueOffsets[length] ?? first)) - first,
  }
}
