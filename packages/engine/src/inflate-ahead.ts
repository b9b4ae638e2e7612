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

/**
 * A compressed object that a worker reads and inflates while this thread does something with what came before: a single large file is then ready
 * when it is inflated. It begins at once.
 *
 * - `meter`: is told at the end of what reading and inflating took.
 * - Memory: what the worker may be ahead, 8 MiB.
 */
export class InflateAhead {
  readonly #worker: Worker
  readonly #meter: Meter | undefined
  readonly #sent = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT))
  readonly #pieces = Array.from({ length: PIECES }, () => new Uint8Array(new SharedArrayBuffer(PIECE_BYTES)))
  readonly #arrived: Inflated[] = []
  #death: Error | undefined
  #wake = () => {}

  constructor(object: ObjectInfo, worker: Worker, meter?: Meter) {
    this.#worker = worker
    this.#meter = meter
    worker.on('message', (message: Inflated) => {
      this.#arrived.push(message)
      this.#wake()
    })
    onDeath(
      worker,
      () => object.name,
      (error) => {
        this.#death ??= error
        this.#wake()
      },
    )
    const sent = this.#sent.buffer as SharedArrayBuffer
    const setup: InflateSetup = { kind: 'inflate', object, sent, pieces: this.#pieces, measures: meter !== undefined }
    worker.postMessage(setup)
  }

  /**
   * What is inflated, once. Each piece is good until the next is asked for.
   *
   * - Errors: those of reading and inflating; those of the worker's death, with the object's name.
   */
  async *content(onRead: (storedBytes: number) => void): AsyncGenerator<Uint8Array> {
    let used = 0
    try {
      while (true) {
        const message = this.#arrived.shift()
        if (message?.kind === 'end') {
          if (message.measured !== undefined) this.#meter?.add(message.measured)
          return
        }
        if (message?.kind === 'failed') throw unpackError(message.error)
        if (message !== undefined) {
          onRead(message.storedBytes)
          yield this.#pieces[used++ % PIECES].subarray(0, message.byteLength)
          countTaken(this.#sent, 0, 1)
        } else if (this.#death !== undefined) throw this.#death
        else {
          await new Promise<void>((resolve) => {
            this.#wake = resolve
          })
        }
      }
    } finally {
      await this.dismiss()
    }
  }

  /** Ends the worker, whatever it does. */
  async dismiss(): Promise<void> {
    await this.#worker.terminate()
  }
}

/** So many that neither thread waits for the other's every piece, and so large that messages cost nothing. */
const PIECE_BYTES = 1024 * 1024
const PIECES = 8
