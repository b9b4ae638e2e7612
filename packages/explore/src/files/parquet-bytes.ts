import type { ObjectInfo, Store } from '@fletching/storage'
import type { AsyncBuffer } from 'hyparquet'

/** The bytes of a Parquet file at any place, as hyparquet asks for them; `whole` gives all where the store begins at the start alone. */
export async function parquetBytes(
  store: Store,
  object: ObjectInfo,
  whole: () => AsyncIterable<Uint8Array>,
): Promise<AsyncBuffer> {
  const byteLength = object.size
  if (store.readSync !== undefined) {
    const read = (start: number, room: () => Uint8Array) => store.readSync?.(object, start, room) ?? []
    return { byteLength, slice: (start, end = byteLength) => filled((room) => read(start, room), end - start) }
  }
  if (store.readPart !== undefined) {
    const read = (start: number, end: number) => store.readPart?.(object, start, end) ?? []
    return { byteLength, slice: async (start, end = byteLength) => gathered(read(start, end)) }
  }
  const bytes = await gathered(whole())
  return { byteLength: bytes.byteLength, slice: (start, end) => bytes.slice(start, end) }
}

function filled(read: (room: () => Uint8Array) => Iterable<Uint8Array>, length: number): ArrayBuffer {
  const bytes = new Uint8Array(length)
  let at = 0
  for (const piece of read(() => bytes.subarray(at))) {
    at += piece.length
    if (at === length) break
  }
  return bytes.buffer
}

async function gathered(pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<ArrayBuffer> {
  const all: Uint8Array[] = []
  for await (const piece of pieces) all.push(piece)
  return new Uint8Array(Buffer.concat(all)).buffer
}
