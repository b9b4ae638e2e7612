import { INPUT } from './memory'

/*
 * The stored bytes as bits, the lowest of a byte first. Up to 63 of them are held in a word; above them it is zero.
 */

export let held: u64 = 0
export let count: u32 = 0
/** Where the next byte lies, and where they end. */
export let next: usize = INPUT
export let end: usize = INPUT

export function reset(): void {
  held = 0
  count = 0
}

/** Takes stored bytes in hand. */
export function open(byteLength: usize): void {
  next = INPUT
  end = INPUT + byteLength
}

/** Takes over what a loop has kept in variables of its own; the word may have anything above its bits. */
export function keep(word: u64, bits: u32, at: usize): void {
  count = bits & 63
  held = word & ((<u64>1 << count) - 1)
  next = at
}

/** Gives whole bytes back that were not needed, as far as they are those in hand. */
export function giveBack(): void {
  const bytes = min<usize>(count >> 3, next - INPUT)
  keep(held, count - (<u32>bytes << 3), next - bytes)
}

/** Holds 56 bits or more, as long as there are bytes. */
export function fill(): void {
  if (end - next >= 8) keep(held | (load<u64>(next) << count), count | 56, next + ((63 - count) >> 3))
  else {
    while (count < 56 && next < end) {
      held |= <u64>load<u8>(next++) << count
      count += 8
    }
  }
}

/** Whether there are so many bits, 56 at most. */
// @ts-expect-error: decorator
@inline
export function has(bits: u32): bool {
  if (count < bits) fill()
  return count >= bits
}

/** Takes bits that are held. */
export function take(bits: u32): u32 {
  const taken = <u32>held & ((1 << bits) - 1)
  drop(bits)
  return taken
}

// @ts-expect-error: decorator
@inline
export function drop(bits: u32): void {
  held >>= bits
  count -= bits
}

/** Copies whole bytes, the held ones first; there are so many. */
export function copyBytes(to: usize, byteLength: usize): void {
  while (count > 0 && byteLength > 0) {
    store<u8>(to++, <u8>take(8))
    byteLength--
  }
  memory.copy(to, next, byteLength)
  next += byteLength
}
