/** The words of 32 bits that values lie in, over the same memory; a number of 64 bits is two, its low half first. */
export function wordsOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Int32Array {
  return new Int32Array(buffer, byteOffset, byteLength >> 2)
}

/** A view of bytes, which reads and writes words at any place among them. */
export function viewOf({ buffer, byteOffset, byteLength }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, byteLength)
}

/**
 * The bytes that a text in base64 stands for.
 *
 * - Cost: every thread pays it when it begins. Where there is no `Buffer`, in browsers, a loop, which takes some ten times as long.
 */
export function bytesOfBase64(text: string): Uint8Array<ArrayBuffer> {
  if (typeof Buffer !== 'undefined') return new Uint8Array(Buffer.from(text, 'base64'))
  const characters = atob(text)
  const bytes = new Uint8Array(characters.length)
  for (let i = 0; i < bytes.length; i++) bytes[i] = characters.charCodeAt(i)
  return bytes
}

/** Whether the bytes from `leftStart` to `leftEnd` are those from `rightStart` to `rightEnd`. */
export function sameBytes(
  left: Uint8Array,
  leftStart: number,
  leftEnd: number,
  right: Uint8Array,
  rightStart: number,
  rightEnd: number,
): boolean {
  if (leftEnd - leftStart !== rightEnd - rightStart) return false
  for (let i = leftStart, j = rightStart; i < leftEnd; i++, j++) if (left[i] !== right[j]) return false
  return true
}

/**
 * A number of 32 bits, with its sign, that equal bytes share; its low bits choose a place in a table.
 *
 * - Source: FNV-1a, mixed once more, since its low bits hang on the low bits of the bytes alone.
 */
export function hashBytes(bytes: Uint8Array, start: number, end: number): number {
  let hash = 0x811c9dc5
  for (let i = start; i < end; i++) hash = Math.imul(hash ^ bytes[i], 0x01000193)
  return hash ^ (hash >>> 15)
}
