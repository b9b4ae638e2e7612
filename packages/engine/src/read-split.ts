import type { Store } from '@fletching/storage'
import type { Split } from './split.ts'

/**
 * The stored bytes of a split, from a store that has to be waited for. Of a range, they begin with the byte before it, which says whether a line begins
 * at its start, and go on to the end of the last line that begins in it.
 *
 * - `signal`: ends the request that is on its way.
 * - Memory: what the store gives at once.
 */
export async function* readSplit(store: Store, split: Split, signal?: AbortSignal): AsyncGenerator<Uint8Array> {
  const { object, start, end = object.size } = split
  if (store.readPart === undefined || !isRange(split)) {
    yield* store.read(object, signal)
    return
  }
  let at = Math.max(start - 1, 0)
  let isDone = false
  while (!isDone && at < object.size) {
    const to = Math.min(object.size, Math.max(end + TAIL_BYTES, at + TAIL_BYTES_MORE))
    for await (const bytes of store.readPart(object, at, to, signal)) {
      // What is left of an answer is read, so that its connection can be used again.
      if (!isDone) {
        const lineEnd = at + bytes.length < end ? -1 : bytes.indexOf(LF, Math.max(end - 1 - at, 0))
        isDone = lineEnd >= 0
        yield isDone ? bytes.subarray(0, lineEnd + 1) : bytes
      }
      at += bytes.length
    }
  }
}

/** Whether the split is the lines that begin in a range of a plain object. */
export function isRange({ start, end }: Split): boolean {
  return start > 0 || end !== undefined
}

const LF = 0x0a
/** What is asked for behind a range, since its last line mostly ends there. */
const TAIL_BYTES = 64 * 1024
/** What is asked for at a time where it does not. */
const TAIL_BYTES_MORE = 1024 * 1024
