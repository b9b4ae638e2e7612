import { constants, createInflateRaw, deflateRawSync } from 'node:zlib'

/** What Node's zlib streams are made of; not a public interface, so it is tried before it is used. */
interface Handle {
  writeSync(
    flush: number,
    input: Uint8Array,
    inputStart: number,
    inputLength: number,
    output: Uint8Array,
    outputStart: number,
    outputLength: number,
  ): void
  reset(): void
  onerror: (message: string, errno: number, code: string) => void
}

/**
 * Inflates raw deflate data piece by piece, synchronously, from memory to memory. A stream of Node's would take half as long again: it
 * allocates every piece that it gives and crosses threads for it.
 */
export class RawInflate {
  /** Bytes of the input that the last call used. */
  used = 0
  /** Bytes of the output that the last call made. */
  made = 0
  readonly #handle: Handle
  /** After a call, what is left of the output and of the input. */
  readonly #left: Uint32Array
  #fault: Error | undefined

  constructor() {
    const stream = createInflateRaw() as unknown as { readonly _handle: Handle; readonly _writeState: Uint32Array }
    this.#handle = stream._handle
    this.#left = stream._writeState
    this.#handle.onerror = (message) => {
      this.#fault = new Error(message)
    }
  }

  /** Begins a new stream of data. */
  reset(): void {
    this.#fault = undefined
    this.#handle.reset()
  }

  /**
   * Inflates the input from `start` on until it is used up, the output is full, or the data end; the data have ended when it leaves input
   * over although there was room.
   *
   * @returns what is wrong with the data, or undefined.
   */
  run(input: Uint8Array, start: number, output: Uint8Array): Error | undefined {
    return this.#write(constants.Z_NO_FLUSH, input, start, output)
  }

  /** Whether the data have ended, once there is no more input. */
  isAtEnd(): boolean {
    return this.#write(constants.Z_FINISH, NONE, 0, new Uint8Array(1)) === undefined && this.made === 0
  }

  #write(flush: number, input: Uint8Array, start: number, output: Uint8Array): Error | undefined {
    const count = input.length - start
    this.#handle.writeSync(flush, input, start, count, output, 0, output.length)
    this.made = output.length - this.#left[0]
    this.used = count - this.#left[1]
    return this.#fault
  }
}

/** Whether this Node has what `RawInflate` is made of: tried once, on data whose content is known. */
export function canInflateSync(): boolean {
  known ??= tryIt()
  return known
}

let known: boolean | undefined

function tryIt(): boolean {
  const content = new TextEncoder().encode('{"event":"Product Clicked"}\n'.repeat(50))
  try {
    const raw = new RawInflate()
    raw.reset()
    // Memory that threads share is the less usual one, and wanted too.
    const output = new Uint8Array(new SharedArrayBuffer(content.length + 1))
    const input = deflateRawSync(content)
    const fault = raw.run(input, 0, output)
    const isSame = raw.made === content.length && content.every((byte, i) => output[i] === byte)
    return fault === undefined && isSame && raw.used === input.length && raw.isAtEnd()
  } catch {
    return false
  }
}

const NONE = new Uint8Array(0)
