/** Whether UTF-8 holds more characters than `max`. */
export function isLonger(bytes: Uint8Array, start: number, end: number, max: number): boolean {
  if (end - start <= max) return false
  let characters = 0
  // All bytes of a character but the first begin with the bits 10.
  for (let at = start; at < end; at++) if ((bytes[at] & 0xc0) !== 0x80) characters++
  return characters > max
}
