import { Spill, type SpillPlace } from '@fletching/storage'

/**
 * Records parted by a number, on disk: what belongs together comes into one part, and each part is small enough to be held.
 *
 * - Memory: 1 MiB, and what is appended between two calls of `settle`.
 * - Errors: SPILL (environment) when there is no room on disk.
 */
export class Parts {
  readonly count: number
  readonly #spill: Spill
  readonly #places: SpillPlace[][]
  readonly #waiting: Uint8Array[][]
  #waitingBytes = 0

  constructor(count: number, tmp?: string) {
    this.count = count
    this.#spill = new Spill(tmp)
    this.#places = Array.from({ length: count }, () => [])
    this.#waiting = Array.from({ length: count }, () => [])
  }

  append(part: number, bytes: Uint8Array): void {
    this.#waiting[part].push(bytes)
    this.#waitingBytes += bytes.length
  }

  /** Writes what waits, once it is worth it. */
  async settle(bytesMax = WAITING_BYTES_MAX): Promise<void> {
    if (this.#waitingBytes <= bytesMax) return
    for (const [part, waiting] of this.#waiting.entries()) {
      if (waiting.length > 0) this.#places[part].push(await this.#spill.append(Buffer.concat(waiting.splice(0))))
    }
    this.#waitingBytes = 0
  }

  /** What was appended to a part, in its order, cut between records. */
  async *read(part: number): AsyncGenerator<Buffer> {
    await this.settle(0)
    for (const place of this.#places[part]) yield Buffer.from((await this.#spill.read(place)).buffer)
  }

  close(): Promise<void> {
    return this.#spill.close()
  }
}

const WAITING_BYTES_MAX = 1024 * 1024
