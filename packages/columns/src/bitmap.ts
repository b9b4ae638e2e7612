/**
 * Bits as Arrow stores them: least significant first, 1 = valid or true. This file and its callers' `offset` arguments
 * are the only places that know bit offsets: an offset may start in the middle of a byte.
 */

/** Bytes that hold `length` bits. */
export function bitmapByteLength(length: number): number {
  return (length + 7) >> 3
}

export function getBit(bits: Uint8Array, index: number): boolean {
  return ((bits[index >> 3] >> (index & 7)) & 1) === 1
}

export function setBit(bits: Uint8Array, index: number): void {
  bits[index >> 3] |= 1 << (index & 7)
}

export function clearBit(bits: Uint8Array, index: number): void {
  bits[index >> 3] &= ~(1 << (index & 7))
}

/** How many of the `length` bits from `offset` on are 1. */
export function countOnes(bits: Uint8Array, offset: number, length: number): number {
  let count = 0
  let index = offset
  const end = offset + length
  while (index < end && (index & 7) !== 0) count += (bits[index >> 3] >> (index++ & 7)) & 1
  for (; index + 8 <= end; index += 8) count += ONES[bits[index >> 3]]
  while (index < end) count += (bits[index >> 3] >> (index++ & 7)) & 1
  return count
}

/** A copy of `length` bits from `offset` on, moved to start at bit 0; the bits behind the last are 0. */
export function sliceBits(bits: Uint8Array, offset: number, length: number): Uint8Array {
  const byteLength = bitmapByteLength(length)
  const target = new Uint8Array(byteLength)
  const first = offset >> 3
  const shift = offset & 7
  if (shift === 0) target.set(bits.subarray(first, first + byteLength))
  else {
    for (let i = 0; i < byteLength; i++) {
      const next = first + i + 1 < bits.length ? bits[first + i + 1] : 0
      target[i] = (bits[first + i] >> shift) | (next << (8 - shift))
    }
  }
  const rest = length & 7
  if (rest !== 0) target[byteLength - 1] &= (1 << rest) - 1
  return target
}

/** Makes `length` bits from `at` on 1. */
export function fillBits(bits: Uint8Array, at: number, length: number): void {
  const head = Math.min(length, -at & 7)
  const end = at + length
  for (let index = at; index < at + head; index++) setBit(bits, index)
  bits.fill(0xff, (at + head) >> 3, end >> 3)
  for (let index = Math.max(at + head, end & ~7); index < end; index++) setBit(bits, index)
}

/** Copies `length` bits from `offset` on to `at` and what follows in `target`; its other bits stay. */
export function copyBits(bits: Uint8Array, offset: number, target: Uint8Array, at: number, length: number): void {
  // Whole bytes of the target between the bits that share one with others.
  const head = Math.min(length, -at & 7)
  const byteLength = (length - head) >> 3
  copyFew(bits, offset, target, at, head)
  copyBytes(bits, offset + head, target, (at + head) >> 3, byteLength)
  const done = head + 8 * byteLength
  copyFew(bits, offset + done, target, at + done, length - done)
}

/** Copies at most eight bits into one byte. */
function copyFew(bits: Uint8Array, offset: number, target: Uint8Array, at: number, length: number): void {
  if (length === 0) return
  const first = offset >> 3
  const shift = offset & 7
  const next = shift + length > 8 ? bits[first + 1] : 0
  const mask = ((1 << length) - 1) << (at & 7)
  const copied = (((next << 8) | bits[first]) >> shift) << (at & 7)
  target[at >> 3] = (target[at >> 3] & ~mask) | (copied & mask)
}

function copyBytes(bits: Uint8Array, offset: number, target: Uint8Array, to: number, byteLength: number): void {
  const first = offset >> 3
  const shift = offset & 7
  if (shift === 0) for (let i = 0; i < byteLength; i++) target[to + i] = bits[first + i]
  else {
    for (let i = 0; i < byteLength; i++) {
      target[to + i] = (bits[first + i] >> shift) | (bits[first + i + 1] << (8 - shift))
    }
  }
}

const ONES = Uint8Array.from({ length: 256 }, (_, byte) => {
  let count = 0
  for (let rest = byte; rest !== 0; rest >>= 1) count += rest & 1
  return count
})
