/**
 * The memory of the module, of which the part before `end` is taken.
 *
 * - Memory: it grows, and does not shrink.
 */
export class Room {
  readonly #memory: WebAssembly.Memory
  #bytes: Uint8Array
  #end: number

  constructor(memory: WebAssembly.Memory, start: number) {
    this.#memory = memory
    this.#bytes = new Uint8Array(memory.buffer)
    this.#end = start
  }

  /** Copies bytes to the end of what is taken, and gives their address. */
  put(bytes: Uint8Array): number {
    const address = this.take(bytes.length)
    this.bytes.set(bytes, address)
    return address
  }

  /** As `put`, with the words or numbers of a buffer. */
  putNumbers(numbers: ArrayBufferView): number {
    const address = this.take(numbers.byteLength)
    this.copy(numbers, address)
    return address
  }

  /** Copies the bytes of a buffer to a place that was taken. */
  copy({ buffer, byteOffset, byteLength }: ArrayBufferView, address: number): void {
    this.bytes.set(new Uint8Array(buffer, byteOffset, byteLength), address)
  }

  /** Takes so many bytes more, whatever they hold, and gives their address. */
  take(byteLength: number): number {
    const address = this.#end
    this.#end = aligned(address + byteLength + SLACK_BYTES)
    this.#growTo(this.#end)
    return address
  }

  /** As `take`, with bytes that are 0. */
  takeEmpty(byteLength: number): number {
    const address = this.take(byteLength)
    this.bytes.fill(0, address, address + byteLength)
    return address
  }

  /** Frees what was taken from an address on. */
  free(address: number): void {
    this.#end = address
  }

  /** All of the memory, until more is taken. */
  get bytes(): Uint8Array {
    return this.#bytes
  }

  #growTo(byteLength: number): void {
    const missing = byteLength - this.#memory.buffer.byteLength
    if (missing <= 0) return
    this.#memory.grow(Math.ceil(missing / PAGE_BYTES))
    this.#bytes = new Uint8Array(this.#memory.buffer)
  }
}

/** Where a buffer may begin: numbers lie as their size wants it. */
function aligned(address: number): number {
  return Math.ceil(address / 8) * 8
}

const PAGE_BYTES = 65_536
/** For words that are read and written whole beyond an end. */
const SLACK_BYTES = 8
