import { type Data, DataType, type Vector } from 'apache-arrow'
import { dictionaryNumbers } from './dictionary.ts'
import { type Entries, refuseNulls } from './entries.ts'
import { type ChunkRows, type LeafRows, rowCount } from './leaf-rows.ts'
import { WORD_BYTES } from './page-values.ts'
import { openRanges } from './ranges.ts'
import { Room } from './room.ts'
import { isNone, putTruths, putValidity } from './validity.ts'
import type { WasmModule } from './wasm-module.ts'

/** A leaf of some rows that the module has in hand. */
export interface Column {
  readonly module: WasmModule
  readonly room: Room
  /** What it has in pages: rows, where it is not nested. */
  readonly entries: Entries
  /** Places of its values in memory. */
  readonly slots: number
  /** Entries without a value. */
  readonly nullCount: number
  /** Texts that lie in the room: one for each slot, or those of dictionaries; 0 of other columns. */
  readonly texts: number
  readonly hasDictionary: boolean
}

/**
 * Brings the chunks of a leaf together in the memory of the module, and opens it there.
 *
 * - Nulls: those of a dictionary count as the slots'. What lies under a null further up has none in the eyes of the module.
 * - Errors: internal for a null in a leaf that is REQUIRED.
 */
export function openColumn(module: WasmModule, { leaf, chunks, entries }: LeafRows): Column {
  const room = new Room(module.memory, module.ROOM.value)
  const slots = rowCount(chunks)
  const live = putBytes(room, entries.live)
  let present = putValidity(module, room, chunks, slots)
  if (present === 0) present = live
  else if (live > 0) module.intersectBits(present, live, slots)
  const slotsPresent = present === 0 ? slots : module.countOnes(present, slots)
  if (!leaf.isOptional && present !== live) {
    refuseNulls(leaf, (live === 0 ? slots : module.countOnes(live, slots)) - slotsPresent)
    present = live
  }
  const { texts, hasDictionary } = putValues(module, room, present, chunks, slots)
  const { definitions, repetitions, level } = entries
  module.openLevels(putBytes(room, definitions), putBytes(room, repetitions), live, level)
  return { module, room, entries, slots, nullCount: entries.count - slotsPresent, texts, hasDictionary }
}

interface Values {
  /** Texts that were put there. */
  readonly texts: number
  readonly hasDictionary: boolean
}

/** Brings the values together, and takes them in hand. */
function putValues(
  module: WasmModule,
  room: Room,
  present: number,
  chunks: readonly ChunkRows[],
  slots: number,
): Values {
  const type = chunks[0]?.data.type
  if (DataType.isDictionary(type)) {
    const { numbers, dictionaries } = putNumbersOfTexts(module, room, chunks)
    const { starts, origin } = putTexts(module, room, dictionaries)
    module.openColumn(present, starts, origin, numbers)
    return { texts: rowCount(dictionaries), hasDictionary: true }
  }
  if (DataType.isUtf8(type)) {
    const { starts, origin } = putTexts(module, room, chunks)
    module.openColumn(present, starts, origin, 0)
    return { texts: slots, hasDictionary: false }
  }
  const values = DataType.isBool(type)
    ? putTruths(module, room, chunks, slots)
    : putNumbers(module, room, chunks, ({ values }) => values)
  module.openColumn(present, values, 0, 0)
  return { texts: 0, hasDictionary: false }
}

type Numbers = Int32Array | Float64Array

/** - `added`: called with where the numbers of a chunk lie, which may be more than its rows. */
function putNumbers(
  module: WasmModule,
  room: Room,
  chunks: readonly ChunkRows[],
  numbersOf: (data: Data) => Numbers,
  added?: (at: number, chunk: ChunkRows) => void,
): number {
  const bytes = chunks.length === 0 ? 0 : numbersOf(chunks[0].data).BYTES_PER_ELEMENT
  const numbers = room.take(bytes * spanOf(chunks))
  let at = numbers
  for (const chunk of chunks) {
    const { data, ranges } = chunk
    if (!isNone(data)) {
      room.copy(numbersOf(data).subarray(ranges.first, ranges.end), at)
      const pairs = room.putNumbers(ranges.pairs)
      module.keepValues(at, bytes, pairs, ranges.pairs.length / 2)
      room.free(pairs)
      added?.(at, chunk)
    }
    at += bytes * ranges.count
  }
  return numbers
}

/** The numbers of texts, all of which lie one behind the other, dictionary by dictionary. */
function putNumbersOfTexts(module: WasmModule, room: Room, chunks: readonly ChunkRows[]) {
  const starts = new Map<Vector, number>()
  const dictionaries: ChunkRows[] = []
  let texts = 0
  const numbers = putNumbers(module, room, chunks, dictionaryNumbers, (at, { data, ranges }) => {
    const dictionary = data.dictionary as Vector
    const start = starts.get(dictionary)
    if (start === undefined) {
      starts.set(dictionary, texts)
      dictionaries.push(...wholeChunks(dictionary))
      texts += dictionary.length
    }
    module.addToNumbers(at, ranges.count, starts.get(dictionary) ?? 0)
  })
  return { numbers, dictionaries }
}

function wholeChunks({ data }: Vector): ChunkRows[] {
  return data.flatMap((data) => {
    const ranges = openRanges(data.length)
    return ranges === undefined ? [] : [{ data, ranges }]
  })
}

/** Where each text starts, and from where that is counted. */
function putTexts(module: WasmModule, room: Room, chunks: readonly ChunkRows[]): { starts: number; origin: number } {
  const present = chunks.filter(({ data }) => !isNone(data))
  const starts = room.take(WORD_BYTES * (spanOf(chunks) + 1))
  const origin = room.take(present.reduce((sum, chunk) => sum + textsOf(chunk).length, 0))
  let at = starts
  let end = 0
  for (const chunk of chunks) {
    const { data, ranges } = chunk
    if (!isNone(data)) {
      room.copy(data.valueOffsets.subarray(ranges.first, ranges.end + 1), at)
      room.copy(textsOf(chunk), origin + end)
      const pairs = room.putNumbers(ranges.pairs)
      end = module.keepTexts(at, origin + end, end, pairs, ranges.pairs.length / 2) >>> 0
      room.free(pairs)
    }
    at += WORD_BYTES * ranges.count
  }
  return { starts, origin }
}

/** The texts of a chunk, from its first row to its last. */
function textsOf({ data: { valueOffsets, values }, ranges }: ChunkRows): Uint8Array {
  return values.subarray(valueOffsets[ranges.first], valueOffsets[ranges.end])
}

/** Places that the chunks take, with what lies between their rows. */
function spanOf(chunks: readonly ChunkRows[]): number {
  return chunks.reduce((sum, { ranges }) => sum + ranges.end - ranges.first, 0)
}

function putBytes(room: Room, bytes: Uint8Array | undefined): number {
  return bytes === undefined ? 0 : room.put(bytes)
}
