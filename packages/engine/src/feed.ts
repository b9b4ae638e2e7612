import type { Hand } from './work-here.ts'

/** Counts the bytes that were given to a worker and not yet used. */
export class Feed {
  #waiting = 0
  #isStopped = false
  #wake = () => {}

  /** Resolves when more may be given; false when nobody wants more. */
  async given(byteLength: number): Promise<boolean> {
    this.#waiting += byteLength
    while (this.#waiting > FEED_BYTES_MAX && !this.#isStopped) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
    return !this.#isStopped
  }

  used(byteLength: number): void {
    this.#waiting -= byteLength
    this.#wake()
  }

  stop(): void {
    this.#isStopped = true
    this.#wake()
  }
}

/** Chunks that are given to a worker together: each message wakes it, and costs as much as to receive a chunk. */
export class Gathered {
  readonly #chunks: Uint8Array<ArrayBuffer>[] = []
  byteLength = 0

  add(bytes: Uint8Array): void {
    const { buffer, byteLength } = bytes
    // What the store gave is ours, and moves. A part of it stands in one memory with the rest, and is copied; `slice` of a Buffer makes no copy.
    const isWhole = buffer instanceof ArrayBuffer && buffer.byteLength === byteLength
    this.#chunks.push(isWhole ? new Uint8Array(buffer) : new Uint8Array(bytes))
    this.byteLength += byteLength
  }

  post(hand: Hand, unit: number, isLast: boolean): void {
    const transfer = this.#chunks.map(({ buffer }) => buffer)
    hand.postMessage({ kind: 'chunks', unit, chunks: this.#chunks, isLast }, transfer)
  }
}

/** Four of the pieces that a socket gives. */
export const CHUNKS_BYTES = 256 * 1024
const FEED_BYTES_MAX = 4 * 1024 * 1024
