/** The memory of the module, of which the part before `end` is taken. */
export interface Input {
  readonly bytes: Uint8Array
  end: number
}

/** Copies a buffer to the end of what is there, and gives its address. */
export function put(input: Input, buffer: Uint8Array): number {
  const address = input.end
  input.bytes.set(buffer, address)
  input.end = aligned(address + buffer.length)
  return address
}

/** As `put`, the numbers from `from` to `to`. */
export function putNumbers(input: Input, numbers: NumberArray, from: number, to: number): number {
  const { buffer, byteOffset, BYTES_PER_ELEMENT } = numbers
  return put(input, new Uint8Array(buffer, byteOffset + from * BYTES_PER_ELEMENT, (to - from) * BYTES_PER_ELEMENT))
}

/** As `put`, the bytes that hold the bits from `from` to `to`; the first is then bit `from & 7`. */
export function putBits(input: Input, bits: Uint8Array, from: number, to: number): number {
  return put(input, bits.subarray(from >> 3, (to + 7) >> 3))
}

/** Where a buffer may begin: numbers lie as their size wants it. */
export function aligned(address: number): number {
  return Math.ceil(address / 8) * 8
}

export type NumberArray =
  | Int8Array
  | Int16Array
  | Int32Array
  | BigInt64Array
  | Uint8Array
  | Uint16Array
  | Uint32Array
  | BigUint64Array
