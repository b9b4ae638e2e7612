import { bitmapByteLength } from '@fletching/columns'
import type { Data } from 'apache-arrow'
import { dictionaryValidity, hasNullEntries } from './dictionary.ts'
import type { ChunkRows } from './leaf-rows.ts'
import type { Ranges } from './ranges.ts'
import { Room } from './room.ts'
import type { WasmModule } from './wasm-module.ts'

/** Which of the rows have a value, as bits from bit 0 on; undefined when all have. */
export function joinedValidity(module: WasmModule, chunks: readonly ChunkRows[], rows: number): Uint8Array | undefined {
  const room = new Room(module.memory, module.ROOM.value)
  const bits = putValidity(module, room, chunks, rows)
  return bits === 0 ? undefined : room.bytes.slice(bits, bits + bitmapByteLength(rows))
}

/** Puts bits into the room that say which of the rows have a value, and gives their address; 0 when all have. */
export function putValidity(module: WasmModule, room: Room, chunks: readonly ChunkRows[], rows: number): number {
  const validities = chunks.map(({ data }) => chunkValidity(data))
  if (validities.every((validity) => validity === ALL)) return 0
  const bits = room.takeEmpty(bitmapByteLength(rows))
  let at = 0
  for (const [number, { ranges }] of chunks.entries()) {
    const validity = validities[number]
    if (validity === NONE) at += ranges.count
    else at = appendBits(module, room, bits, at, validity, ranges)
  }
  if (module.countOnes(bits, rows) < rows) return bits
  room.free(bits)
  return 0
}

/** Puts the truths of rows into the room as bits, and gives their address. */
export function putTruths(module: WasmModule, room: Room, chunks: readonly ChunkRows[], rows: number): number {
  const bits = room.takeEmpty(bitmapByteLength(rows))
  let at = 0
  for (const { data, ranges } of chunks) {
    at = isNone(data)
      ? at + ranges.count
      : appendBits(module, room, bits, at, { bits: data.values, offset: data.offset }, ranges)
  }
  return bits
}

/** Whether no row of a chunk has a value; there is nothing to look at then, whatever lies in its memory. */
export function isNone({
  nullCount,
  length,
  nullBitmap,
}: Omit<Data, 'nullBitmap'> & { readonly nullBitmap?: Uint8Array }): boolean {
  return nullCount !== 0 && (nullBitmap === undefined || nullCount === length)
}

/** Bits of a chunk, from a place on. */
interface Bits {
  readonly bits: Uint8Array
  readonly offset: number
}

function chunkValidity(data: Data): Bits | typeof ALL | typeof NONE {
  if (data.dictionary !== undefined && hasNullEntries(data)) return { bits: dictionaryValidity(data), offset: 0 }
  if (data.nullCount === 0) return ALL
  return isNone(data) ? NONE : { bits: data.nullBitmap, offset: data.offset }
}

function appendBits(
  module: WasmModule,
  room: Room,
  bits: number,
  at: number,
  chunk: Bits | typeof ALL,
  { pairs, first, end }: Ranges,
): number {
  const ranges = room.putNumbers(pairs)
  let from = 0
  let offset = 0
  if (chunk !== ALL) {
    offset = chunk.offset + first
    from = room.put(chunk.bits.subarray(offset >> 3, bitmapByteLength(chunk.offset + end)))
  }
  const next = module.appendBits(bits, at, from, offset & 7, ranges, pairs.length / 2)
  room.free(ranges)
  return next
}

const ALL = 'all'
const NONE = 'none'
