import type { Worker } from 'node:worker_threads'
import type { ObjectInfo } from '@fletching/storage'
import type { Measured, Meter } from './meter.ts'
import { countTaken } from './sent-count.ts'
import { onDeath } from './worker-death.ts'
import { type PackedError, unpackError } from './worker-messages.ts'

/** The first message to a worker that inflates. */
export interface InflateSetup {
  readonly kind: 'inflate'
  readonly object: ObjectInfo
  /** One number: pieces that were sent and not yet used. */
  readonly sent: SharedArrayBuffer
  /** The pieces, which take turns: memory of its own for each would be a gigabyte of garbage for a gigabyte of content. */
  readonly pieces: readonly Uint8Array[]
  /** Whether it measures its operators. */
  readonly measures: boolean
}

/** What an inflating worker sends. */
export type Inflated =
  /** The next piece holds so many bytes, made from so many stored ones. */
  | { readonly kind: 'content'; readonly byteLength: number; readonly storedBytes: number }
  | { readonly kind: 'end'; readonly measured: Measured | undefined }
  | { readonly kind: 'failed'; readonly error: PackedError }

/** A compressed object, and the thread that is to inflate it. */
export interface Archive {
  readonly object: ObjectInfo
  readonly worker: Worker
}

/**
 * The content of a compressed object, read and inflated by a worker of its own while this thread does something with what came before: a
 * single large file is then ready when it is inflated. What it gives is good until the next is asked for.
 *
 * - `meter`: is told at the end of what reading and inflating took.
 * - Memory: what the worker may be ahead, 8 MiB.
 * - Errors: those of reading and inflating; those of the worker's death, with the object's name.
 */
export async function* inflateAhead(
  { object, worker }: Archive,
  onRead: (storedBytes: number) => void,
  meter?: Meter,
): AsyncGenerator<Uint8Array> {
  const sent = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT)
  const sentPieces = new Int32Array(sent)
  const pieces = Array.from({ length: PIECES }, () => new Uint8Array(new SharedArrayBuffer(PIECE_BYTES)))
  const setup: InflateSetup = { kind: 'inflate', object, sent, pieces, measures: meter !== undefined }
  worker.postMessage(setup)
  const arrived: Inflated[] = []
  let death: Error | undefined
  let wake = () => {}
  worker.on('message', (message: Inflated) => {
    arrived.push(message)
    wake()
  })
  onDeath(
    worker,
    () => object.name,
    (error) => {
      death ??= error
      wake()
    },
  )
  let used = 0
  try {
    while (true) {
      const message = arrived.shift()
      if (message?.kind === 'end') {
        if (message.measured !== undefined) meter?.add(message.measured)
        return
      }
      if (message?.kind === 'failed') throw unpackError(message.error)
      if (message !== undefined) {
        onRead(message.storedBytes)
        yield pieces[used++ % PIECES].subarray(0, message.byteLength)
        countTaken(sentPieces, 0, 1)
      } else if (death !== undefined) throw death
      else {
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      }
    }
  } finally {
    await worker.terminate()
  }
}

/** So many that neither thread waits for the other's every piece, and so large that messages cost nothing. */
const PIECE_BYTES = 1024 * 1024
const PIECES = 8
