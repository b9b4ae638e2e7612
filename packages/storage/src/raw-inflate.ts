import { internal } from '@fletching/columns/errors'
import { putBytes } from './put-bytes.ts'
import { openWasmModule, type WasmModule } from './wasm-module.ts'

/**
 * Inflates raw deflate data piece by piece, synchronously, from memory to memory. It may be ahead of what it gives: content waits in its window
 * until there is room for it.
 *
 * - Memory: 256 kB, from the first data on.
 * - Source: RFC 1951; what zlib refuses is refused.
 */
export class RawInflate {
  /** Bytes of the input that the last call used. */
  used = 0
  /** Bytes of the output that the last call made. */
  made = 0
  #opened: Opened | undefined
  /** Where in the module's memory the content begins that was not given yet. */
  #given = 0
  #how = WANTS_INPUT
  #inputBytes = INPUT_BYTES_MIN

  /** Begins a new stream of data. */
  reset(): void {
    this.#opened ??= open()
    const { module, windowStart } = this.#opened
    module.reset()
    this.#given = windowStart
    this.#how = WANTS_INPUT
    this.#inputBytes = INPUT_BYTES_MIN
  }

  /**
   * Inflates the input from `start` on until it is used up, the output is full, or the data end; the data have ended when it leaves input
   * over although there was room.
   *
   * @returns what is wrong with the data behind the content that it gave, or undefined.
   */
  run(input: Uint8Array, start: number, output: Uint8Array): Error | undefined {
    if (this.#opened === undefined) throw internal('RawInflate.run comes before its reset')
    const { module, memory, inputStart, inputBytes } = this.#opened
    this.used = 0
    this.made = 0
    while (true) {
      this.#give(output)
      if (this.made === output.length || this.#how === AT_END) return undefined
      if (this.#how > AT_END) return new Error(FAULTS[this.#how - AT_END - 1])
      // All that was made is given: there is room in the window for more.
      if (this.#how === WANTS_ROOM) {
        module.slide()
        this.#given = module.produced()
      } else if (start + this.used === input.length) return undefined
      const from = start + this.used
      const piece = input.subarray(from, from + this.#inputBytes)
      memory.set(piece, inputStart)
      this.#how = module.inflate(piece.length)
      this.used += module.consumed()
      // Members may be of a few bytes each: what is copied for one that is already at its end is copied again for the next.
      if (this.#inputBytes < inputBytes) this.#inputBytes *= 2
    }
  }

  /** Whether the data have ended, once there is no more input. */
  isAtEnd(): boolean {
    return this.#how === AT_END
  }

  /** Gives content that is ready, as far as there is room for it. */
  #give(output: Uint8Array): void {
    const { module, memory } = this.#opened!
    const count = Math.min(module.produced() - this.#given, output.length - this.made)
    if (count === 0) return
    putBytes(output, this.made, memory.subarray(this.#given, this.#given + count))
    this.made += count
    this.#given += count
  }
}

/** A module, and what is asked of it once. */
interface Opened {
  readonly module: WasmModule
  readonly memory: Uint8Array
  readonly inputStart: number
  readonly inputBytes: number
  readonly windowStart: number
}

function open(): Opened {
  const module = openWasmModule()
  return {
    module,
    memory: new Uint8Array(module.memory.buffer),
    inputStart: module.INPUT.value,
    inputBytes: module.INPUT_BYTES.value,
    windowStart: module.WINDOW.value,
  }
}

/** What the module's `inflate` returns. */
const WANTS_INPUT = 0
const WANTS_ROOM = 1
const AT_END = 2
/** Or else, by what comes after. */
const FAULTS = [
  'a block is of a kind that does not exist',
  'the length of a stored block does not fit its complement',
  'a block has too many codes',
  'the lengths of codes are written in no code',
  'lengths of codes are repeated where there are none, or too often',
  'a block has no code for its end',
  'the codes of a block are no code',
  'a code stands for no literal and no length',
  'a code stands for no distance',
  'a distance leads to before the start',
]

/** Bytes of input that are copied first; then twice as many, as far as there is room. */
const INPUT_BYTES_MIN = 4096
