import { deserialize, serialize } from 'node:v8'
import type { Spill, SpillPlace } from '@fletching/storage'

/** A message that waits for its turn. */
interface Waiting<M> {
  readonly byteLength: number
  /** Lets its sender go on, or fail as this does. */
  readonly admitted: (after?: Promise<unknown>) => void
  /** In memory, or where it lies in the spill. */
  content: { readonly message: M } | { readonly place: Promise<SpillPlace> }
}

/** How messages lie in the spill. */
export interface SpillForm<M> {
  readonly write: (message: M) => Uint8Array
  readonly read: (bytes: Uint8Array) => M
}

/**
 * Puts the messages of units that are worked on at the same time into the order of the units.
 *
 * The unit whose turn it is is always let in, and its sender waits until its message has been taken. Those of later units wait in memory up
 * to a bound. Beyond it their senders wait too while there is something to take, for then it is the taker who is slow, and nothing is gained by running
 * ahead of it. Where the taker waits, for a unit that is slow, they go to the spill instead, so that their senders can go on: a slow first unit stops
 * nobody, and costs no memory.
 *
 * - Memory: `bytesMax`, and what the senders have sent and not been told to be admitted.
 */
export class OrderedWindow<M> {
  readonly #unitCount: number
  readonly #bytesMax: number
  readonly #spill: Spill
  readonly #form: SpillForm<M>
  readonly #waiting = new Map<number, Waiting<M>[]>()
  /** Messages beyond the bound, whose senders wait, in the order in which they came. */
  readonly #beyond = new Map<Waiting<M>, M>()
  readonly #ended = new Set<number>()
  #turn = 0
  #bytes = 0
  /** Whether the taker waits for a message of the unit whose turn it is. */
  #isAwaited = false
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
  admit(unit: number, message: M, byteLength: number): Promise<void> {
    return new Promise<unknown>((admitted) => {
      const waiting: Waiting<M> = { byteLength, admitted, content: { message } }
      this.#queueOf(unit).push(waiting)
      if (unit === this.#turn) {
        this.#bytes += byteLength
        this.#wake()
        return
      }
      this.#beyond.set(waiting, message)
      this.#letIn()
      if (this.#isAwaited) this.#spillBeyond()
    }).then(() => {})
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
      if (first !== undefined) return this.#give(first)
      if (this.#ended.has(this.#turn)) {
        this.#waiting.delete(this.#turn)
        this.#ended.delete(this.#turn)
        this.#turn++
      } else {
        this.#spillBeyond()
        await this.#change()
      }
    }
    return undefined
  }

  async #give(waiting: Waiting<M>): Promise<M> {
    const { content, byteLength, admitted } = waiting
    if ('place' in content) return this.#form.read(await this.#spill.read(await content.place))
    if (!this.#beyond.delete(waiting)) this.#bytes -= byteLength
    admitted()
    this.#letIn()
    return content.message
  }

  /** Those that came first, as many as the bound allows. */
  #letIn(): void {
    for (const waiting of this.#beyond.keys()) {
      if (this.#bytes + waiting.byteLength > this.#bytesMax) return
      this.#beyond.delete(waiting)
      this.#bytes += waiting.byteLength
      waiting.admitted()
    }
  }

  #spillBeyond(): void {
    for (const [waiting, message] of this.#beyond) {
      const place = this.#spill.append(this.#form.write(message))
      waiting.content = { place }
      waiting.admitted(place)
    }
    this.#beyond.clear()
  }

  #queueOf(unit: number): Waiting<M>[] {
    const queue = this.#waiting.get(unit) ?? []
    this.#waiting.set(unit, queue)
    return queue
  }

  async #change(): Promise<void> {
    this.#isAwaited = true
    await new Promise<void>((resolve) => {
      this.#wake = resolve
    })
    this.#isAwaited = false
  }
}
