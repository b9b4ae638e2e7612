import { Worker } from 'node:worker_threads'
import type { ObjectInfo } from '@fletching/storage'
import { countTaken } from './sent-bytes.ts'
import { onDeath } from './worker-death.ts'
import { type PackedError, unpackError } from './worker-messages.ts'

/** What an inflating worker is started with. */
export interface InflateSetup {
  readonly object: ObjectInfo
  /** One number: bytes that were sent and not yet used. */
  readonly shared: SharedArrayBuffer
}

/** What an inflating worker sends. */
export type Inflated =
  | { readonly kind: 'content'; readonly bytes: Uint8Array; readonly storedBytes: number }
  | { readonly kind: 'end' }
  | { readonly kind: 'failed'; readonly error: PackedError }

/**
 * The content of a compressed object, read and inflated by a worker of its own while this thread does something with what came before: a
 * single large file is then ready when it is inflated.
 *
 * - Memory: what the worker may be ahead, 8 MiB.
 * - Errors: those of reading and inflating; those of the worker's death, with the object's name.
 */
export async function* inflateAhead(
  object: ObjectInfo,
  onRead: (storedBytes: number) => void,
  openWorker: (setup: InflateSetup) => Worker = openInflateWorker,
): AsyncGenerator<Uint8Array> {
  const shared = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT)
  const sentBytes = new Int32Array(shared)
  const worker = openWorker({ object, shared })
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
  try {
    while (true) {
      const message = arrived.shift()
      if (message?.kind === 'end') return
      if (message?.kind === 'failed') throw unpackError(message.error)
      if (message !== undefined) {
        onRead(message.storedBytes)
        yield message.bytes
        countTaken(sentBytes, 0, message.bytes.byteLength)
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

function openInflateWorker(setup: InflateSetup): Worker {
  return new Worker(new URL('../dist/inflate-worker.js', import.meta.url), { workerData: setup, execArgv: [] })
}
