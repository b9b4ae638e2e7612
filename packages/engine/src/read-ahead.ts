import { setImmediate } from 'node:timers/promises'
import type { Split, Units } from './split.ts'

/** What is read ahead, and from where. */
export interface AheadOptions {
  /** In the order in which most of them will be taken. */
  readonly units: Units
  /** Bytes that may have been asked for and not been taken. */
  readonly bytesMax: number
  /** The stored bytes of a split; the signal ends what is on its way. */
  readonly read: (split: Split, signal: AbortSignal) => AsyncIterable<Uint8Array>
}

/**
 * Reads the splits of a store that has to be waited for before their turn: their bytes are on their way while others are scanned.
 *
 * They are begun in their order, while fewer than 32 are under way and all that was begun and not taken has room. A small object comes whole;
 * of a large one, or a range, 2 MiB come before its turn, and then as much as is taken. A split that is wanted before there was room for it, as
 * when several threads take from several places, is read as it is taken.
 *
 * - Memory: `bytesMax`, and what the store gives at once for each that is under way.
 * - Errors: those of the store, where their bytes are taken. After the first, nothing is begun before its turn.
 */
export class ReadAhead {
  readonly #options: AheadOptions
  readonly #splits: Iterator<Split>
  /** By `placeOf` their splits. */
  readonly #coming = new Map<string, Coming>()
  /** Splits that were begun before those in front of them. */
  readonly #early = new Set<string>()
  #next: Split | undefined
  #bytes = 0
  #underWay = 0
  #hasFailed = false
  #isClosed = false

  constructor(options: AheadOptions) {
    this.#options = options
    this.#splits = splitsOf(options.units)
    this.#step()
  }

  /** The stored bytes of a split, which is taken once. */
  async *take(split: Split): AsyncGenerator<Uint8Array> {
    this.#beginNext()
    const coming = this.#coming.get(placeOf(split)) ?? this.#beginEarly(split)
    try {
      yield* coming.pieces()
    } finally {
      coming.end()
      this.#coming.delete(placeOf(split))
      this.#bytes -= coming.bytesMax
      this.#beginNext()
    }
  }

  /** Ends all that is on its way, and begins nothing more. */
  close(): void {
    this.#isClosed = true
    for (const coming of this.#coming.values()) coming.end()
  }

  #beginNext(): void {
    const { bytesMax } = this.#options
    const mayBegin = () => !this.#hasFailed && !this.#isClosed && this.#underWay < UNDER_WAY_MAX
    while (mayBegin() && this.#next !== undefined) {
      const split = this.#next
      if (!this.#early.delete(placeOf(split))) {
        const bytes = Math.min(weightOf(split), bytesMax)
        if (this.#bytes + bytes > bytesMax) return
        this.#begin(split, bytes)
      }
      this.#step()
    }
  }

  #step(): void {
    const { done, value } = this.#splits.next()
    this.#next = done === true ? undefined : value
  }

  #beginEarly(split: Split): Coming {
    this.#early.add(placeOf(split))
    return this.#begin(split, 0)
  }

  #begin(split: Split, bytesMax: number): Coming {
    const coming = new Coming(bytesMax)
    this.#coming.set(placeOf(split), coming)
    this.#bytes += bytesMax
    void this.#fill(coming, split)
    if (this.#isClosed) coming.end()
    return coming
  }

  async #fill(coming: Coming, split: Split): Promise<void> {
    this.#underWay++
    const isWhole = await coming.fill((signal) => this.#options.read(split, signal))
    this.#underWay--
    if (!isWhole) this.#hasFailed = true
    this.#beginNext()
  }
}

/** A split on its way: what has come of it and was not taken. */
class Coming {
  /** The most that may wait; beyond it nothing more is asked for. */
  readonly bytesMax: number
  readonly #pieces: Uint8Array[] = []
  readonly #ending = new AbortController()
  #bytes = 0
  #end: { readonly error?: unknown } | undefined
  /** One side alone can have to wait: who fills where there is something, who takes where there is nothing. */
  #wake = () => {}

  constructor(bytesMax: number) {
    this.bytesMax = bytesMax
  }

  /** Takes what comes; resolves when no more will, with whether that was all of it. */
  async fill(read: (signal: AbortSignal) => AsyncIterable<Uint8Array>): Promise<boolean> {
    const { signal } = this.#ending
    try {
      for await (const bytes of read(signal)) {
        this.#pieces.push(bytes)
        this.#bytes += bytes.length
        this.#wake()
        while (this.#bytes > this.bytesMax && !signal.aborted) await this.#change()
        signal.throwIfAborted()
      }
      this.#end = {}
    } catch (error) {
      this.#end = { error }
    }
    this.#wake()
    return !('error' in this.#end)
  }

  async *pieces(): AsyncGenerator<Uint8Array> {
    while (true) {
      // Who takes what is there already would keep what is on its way from coming.
      await setImmediate()
      while (this.#pieces.length === 0 && this.#end === undefined) await this.#change()
      const bytes = this.#pieces.shift()
      if (bytes === undefined) break
      this.#bytes -= bytes.length
      this.#wake()
      yield bytes
    }
    if (this.#end !== undefined && 'error' in this.#end) throw this.#end.error
  }

  /** Ends the reading, if it goes on. */
  end(): void {
    if (this.#end !== undefined) return
    this.#ending.abort()
    this.#wake()
  }

  #change(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve
    })
  }
}

function* splitsOf(units: Units): Generator<Split> {
  for (const { splits } of units) yield* splits
}

/** Names a split: units are made anew when they are asked for again, and with them their splits. */
function placeOf({ index, start }: Split): string {
  return `${index} ${start}`
}

/** Bytes that a split may hold before they are taken. */
function weightOf({ object, start, end = object.size }: Split): number {
  return Math.min(HELD_BYTES_MAX, Math.max(HELD_BYTES_MIN, end - start))
}

/** Where an answer takes 30 ms, more than one thread can ask for: each costs it a millisecond or two. See benchmarks/s3.js. */
const UNDER_WAY_MAX = 32
/** An object without a byte takes memory too. */
const HELD_BYTES_MIN = 4 * 1024
const HELD_BYTES_MAX = 2 * 1024 * 1024
