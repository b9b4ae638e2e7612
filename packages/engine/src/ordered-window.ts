import { deserialize, serialize } from 'node:v8'
import type { Spill, SpillPlace } from '@fletching/storage'

/** A message that waits for its turn. */
interface Waiting<M> {
  readonly byteLength: number
  /** Lets its sender go on, or fail as this does. */
  readonly admitted: (after?: Promise<unknown>) => void
  /** In memory, or where it lies in the spill. */
  content: { readonly message: M } | { readonly place: Promise<SpillPlace> }
  /** Whether it counts among what is held; it does not while it is beyond the bound. */
  isHeld: boolean
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
  /** Those beyond the bound, whose senders wait. */
  #beyond: Waiting<M>[] = []
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
      const waiting: Waiting<M> = { byteLength, admitted, content: { message }, isHeld: false }
      this.#queueOf(unit).push(waiting)
      if (unit === this.#turn) {
        this.#hold(waiting)
        this.#wake()
        return
      }
      this.#beyond.push(waiting)
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
    const { content, byteLength, isHeld, admitted } = waiting
    if ('place' in content) return this.#form.read(await this.#spill.read(await content.place))
    if (isHeld) this.#bytes -= byteLength
    else this.#beyond.splice(this.#beyond.indexOf(waiting), 1)
    admitted()
    this.#letIn()
    return content.message
  }

  #hold(waiting: Waiting<M>): void {
    waiting.isHeld = true
    this.#bytes += waiting.byteLength
  }

  /** Those that came first, as many as the bound allows. */
  #letIn(): void {
    while (this.#beyond.length > 0 && this.#bytes + this.#beyond[0].byteLength <= this.#bytesMax) {
      const [waiting] = this.#beyond.splice(0, 1)
      this.#hold(waiting)
      waiting.admitted()
    }
  }

  #spillBeyond(): void {
    for (const waiting of this.#beyond.splice(0)) {
      if ('place' in waiting.content) continue
      const place = this.#spill.append(this.#form.write(waiting.content.message))
      waiting.content = { place }
      waiting.admitted(place)
    }
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
