import { Inflater } from './inflater.ts'
import { RawInflate } from './raw-inflate.ts'

/**
 * The bytes of an object without its compression, as `Inflater` has it, in pieces that are the caller's to keep. Plain bytes pass through as
 * they are, but for the first.
 *
 * - Errors: those of `Inflater`, after the content before what is wrong; those of the source.
 */
export async function* inflate(source: AsyncIterable<Uint8Array>, name: string): AsyncGenerator<Uint8Array> {
  const contents: Uint8Array[] = []
  let room = new Uint8Array(0)
  const target = {
    room: () => {
      if (room.length < ROOM_BYTES_MIN) room = new Uint8Array(ROOM_BYTES)
      return room
    },
    filled: (count: number) => {
      contents.push(room.subarray(0, count))
      room = room.subarray(count)
    },
  }
  const raw = idle.pop() ?? new RawInflate()
  const inflater = new Inflater(name, target, raw)
  try {
    for await (const bytes of source) {
      for (let at = 0; at < bytes.length; at += STORED_BYTES) {
        if (inflater.isPlain) {
          yield bytes.subarray(at)
          break
        }
        let fault: { readonly error: unknown } | undefined
        try {
          inflater.push(bytes.subarray(at, at + STORED_BYTES))
        } catch (error) {
          fault = { error }
        }
        yield* contents.splice(0)
        if (fault !== undefined) throw fault.error
      }
    }
    inflater.end()
    yield* contents
  } finally {
    idle.push(raw)
  }
}

/** Those that no object has in hand: each has memory of its own, which is not made for every object. */
const idle: RawInflate[] = []
/** Compressed a thousandfold, which is the most, they become 16 MiB before any of it is given. */
const STORED_BYTES = 16 * 1024
const ROOM_BYTES = 128 * 1024
/** What is left of a room is not worth a piece of its own. */
const ROOM_BYTES_MIN = 8 * 1024
