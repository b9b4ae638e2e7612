/*
 * Parquet's hybrid of runs and packed bits, for small whole numbers: eight or more of the same are one run; others are packed bit by bit, in groups
 * of eight.
 */
import { putVarint } from './bytes'
import { nextValid, validity } from './column'

/**
 * Writes the codes of those rows that have values, each in so many bits, which a byte before them tells.
 *
 * @param codes in 32 bits, one for each row of the column.
 * @param scratch room for four bytes a row.
 */
export function putCodes(codes: usize, from: u32, to: u32, width: u32, scratch: usize, out: usize): usize {
  const bits = validity
  let place = scratch
  for (let row = nextValid(bits, from, to); row < to; row = nextValid(bits, row + 1, to)) {
    store<u32>(place, load<u32>(codes + usize(row) * 4))
    place += 4
  }
  store<u8>(out, u8(width))
  return putHybrid(scratch, u32((place - scratch) >> 2), width, out + 1)
}

/** Writes words, each in so many bits. */
function putHybrid(codes: usize, count: u32, width: u32, out: usize): usize {
  const end = codes + usize(count) * 4
  let at = codes
  while (at < end) {
    const run = runEnd(at, end)
    if (run - at >= GROUP_BYTES) {
      out = putRun(u32((run - at) >> 2), load<u32>(at), width, out)
      at = run
    } else {
      const first = at
      do at += GROUP_BYTES
      while (at < end && at - first < GROUPS_MAX * GROUP_BYTES && !isRun(at, end))
      out = putPacked(first, min(at, end), width, out)
    }
  }
  return out
}

/** Writes bytes, each in so many bits, of which there are at most eight; as `putHybrid`, eight at a time. */
export function putLevels(levels: usize, count: u32, width: u32, out: usize): usize {
  const end = levels + usize(count)
  let at = levels
  while (at < end) {
    const run = levelsEnd(at, end)
    if (run - at >= 8) {
      out = putRun(u32(run - at), load<u8>(at), width, out)
      at = run
    } else {
      const first = at
      do at += 8
      while (at < end && at - first < GROUPS_MAX * 8 && !(at + 8 <= end && load<u64>(at) === eightOf(at)))
      out = putPackedLevels(first, min(at, end), width, out)
    }
  }
  return out
}

/** The level at hand, eight times. */
// @ts-expect-error: decorator
@inline
function eightOf(at: usize): u64 {
  return u64(load<u8>(at)) * 0x0101_0101_0101_0101
}

/** Where others come than the level at hand. */
function levelsEnd(at: usize, end: usize): usize {
  const eight = eightOf(at)
  for (; at < end; at += 8) {
    const different = load<u64>(at) ^ eight
    if (different !== 0) return min(at + usize(ctz(different) >> 3), end)
  }
  return end
}

/** Writes levels in whole groups; what the last one lacks is 0. */
function putPackedLevels(at: usize, end: usize, width: u32, out: usize): usize {
  out = putVarint((u32((end - at + 7) >> 3) << 1) | 1, out)
  const bits = u64(width)
  const pairs = ((u64(1) << (2 * bits)) - 1) * 0x0001_0001_0001_0001
  const fours = ((u64(1) << (4 * bits)) - 1) * 0x0000_0001_0000_0001
  for (; at < end; at += 8, out += usize(width)) {
    let group = load<u64>(at)
    if (end - at < 8) group &= (u64(1) << (u64(end - at) * 8)) - 1
    // Neighbours come together: two in 16 bits, four in 32, all in 64.
    group = (group | (group >>> (8 - bits))) & pairs
    group = (group | (group >>> (16 - 2 * bits))) & fours
    store<u64>(out, (group & 0xffff_ffff) | ((group >>> 32) << (4 * bits)))
  }
  return out
}

/** Where others come than the code at hand. */
function runEnd(at: usize, end: usize): usize {
  const code = load<u32>(at)
  do at += 4
  while (at < end && load<u32>(at) === code)
  return at
}

/** Whether a run is worth being one. */
function isRun(at: usize, end: usize): bool {
  return at + GROUP_BYTES <= end && runEnd(at, at + GROUP_BYTES) === at + GROUP_BYTES
}

/** Writes a number that stands so often. */
export function putRun(count: u32, code: u32, width: u32, out: usize): usize {
  out = putVarint(count << 1, out)
  store<u32>(out, code)
  return out + usize((width + 7) >> 3)
}

/** Writes codes in whole groups; what the last one lacks is 0. */
function putPacked(at: usize, end: usize, width: u32, out: usize): usize {
  const groups = u32((end - at + GROUP_BYTES - 1) / GROUP_BYTES)
  out = putVarint((groups << 1) | 1, out)
  const next = out + usize(groups * width)
  let bits: u64 = 0
  let count: u64 = 0
  for (; at < end; at += 4) {
    bits |= u64(load<u32>(at)) << count
    count += width
    if (count >= 32) {
      store<u32>(out, u32(bits))
      out += 4
      bits >>>= 32
      count -= 32
    }
  }
  for (; out < next; out++) {
    store<u8>(out, u8(bits))
    bits >>>= 8
  }
  return next
}

/** Codes of 32 bits. */
const GROUP_BYTES: usize = 32
/** As other writers do: the number of groups fits a byte. */
const GROUPS_MAX: usize = 63
