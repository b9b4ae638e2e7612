/**
 * Copies bytes into memory, at a place in it, where there is room for them.
 *
 * - Cost: one copy, also where threads share the memory. There `set` writes word by word, each of which waits until the CPU of the other thread has given
 *   the place up: five times as long.
 */
export function putBytes(memory: Uint8Array, at: number, bytes: Uint8Array): void {
  // `fill` refuses to repeat nothing.
  if (bytes.length > 0) Buffer.from(memory.buffer, memory.byteOffset + at, bytes.length).fill(bytes)
}
