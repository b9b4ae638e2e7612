import { deserialize, serialize } from 'node:v8'
import type { Spill, SpillPlace } from '@fletching/storage'

/** A message that waits for its turn, in memory or in the spill. */
type Waiting<M> =
  | { readonly message: M; readonly byteLength: number; readonly admitted: () => void }
  | { readonly place: Promise<SpillPlace> }

/** How messages lie in the spill. */
export interface SpillForm<M> {
  readonly write: (message: M) => Uint8Array
  readonly read: (bytes: Uint8Array) => M
}

/**
 * Puts the messages of units that are worked on at the same time into the order of the units.
 *
 * The unit whose turn it is is always let in, and its sender waits until its message has been taken. Those of later units wait in memory up
 * to a bound, and beyond it in the spill, so that their senders can go on: a slow first unit stops nobody, and costs no memory.
 *
 * - Memory: `bytesMax`, and what the senders have sent and not been told to be admitted.
 */
export class OrderedWindow<M> {
  readonly #unitCount: number
  readonly #bytesMax: number
  readonly #spill: Spill
  readonly #form: SpillForm<M>
  readonly #waiting = new Map<number, Waiting<M>[]>()
  readonly #ended = new Set<number>()
  #turn = 0
  #bytes = 0
  #failure: { readonly error: unknown } | undefined
  #wake = () => {}

  constructor(
    unitCount: number,
    bytesMax: number,
    spill: Spill,
    form: SpillForm<M> = { write: serialize, read: deserialize },
  ) {
    this.#unitCount = unitCount
    this.#bytesMax = bytesMax
    this.#spill = spill
    this.#form = form
  }

  /** Bytes that wait in memory for the turn of their units. */
  get bytes(): number {
    return this.#bytes
  }

  /** Takes a message; resolves when its sender may send more. */
  async admit(unit: number, message: M, byteLength: number): Promise<void> {
    const queue = this.#queueOf(unit)
    const mayStay = unit === this.#turn || this.#bytes + byteLength <= this.#bytesMax
    if (!mayStay) {
      const place = this.#spill.append(this.#form.write(message))
      queue.push({ place })
      await place
      return
    }
    await new Promise<void>((resolve) => {
      const isTurn = unit === this.#turn
      queue.push({ message, byteLength, admitted: resolve })
      this.#bytes += byteLength
      if (isTurn) this.#wake()
      else resolve()
    })
  }

  /** Says that a unit's last message has come. */
  end(unit: number): void {
    this.#ended.add(unit)
    if (unit === this.#turn) this.#wake()
  }

  /** Makes `next` reject. */
  fail(error: unknown): void {
    this.#failure ??= { error }
    this.#wake()
  }

  /** The next message in the order of the units; undefined after the last. */
  async next(): Promise<M | undefined> {
    while (this.#turn < this.#unitCount) {
      if (this.#failure !== undefined) throw this.#failure.error
      const first = this.#waiting.get(this.#turn)?.shift()
      if (first !== undefined) {
        if ('place' in first) return this.#form.read(await this.#spill.read(await first.place))
        this.#bytes -= first.byteLength
        first.admitted()
        return first.message
      }
      if (this.#ended.has(this.#turn)) {
        this.#waiting.delete(this.#turn)
        this.#ended.delete(this.#turn)
        this.#turn++
      } else await this.#change()
    }
    return undefined
  }

  #queueOf(unit: number): Waiting<M>[] {
    const queue = this.#waiting.get(unit) ?? []
    this.#waiting.set(unit, queue)
    return queue
  }

  #change(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve
    })
  }
}
