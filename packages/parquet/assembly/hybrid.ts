/*
 * Parquet's hybrid of runs and packed bits, for small whole numbers: eight or more of the same are one run; others are packed bit by bit, in groups
 * of eight.
 */
import { putVarint } from './bytes'
import { isValid, validity } from './column'

/**
 * Writes the codes of those rows that have values, each in so many bits, which a byte before them tells.
 *
 * @param codes in 32 bits, one for each row of the column.
 * @param scratch room for four bytes a row.
 */
export function putCodes(codes: usize, from: u32, to: u32, width: u32, scratch: usize, out: usize): usize {
  const bits = validity
  let place = scratch
  for (let row = from; row < to; row++) {
    if (!isValid(bits, row)) continue
    store<u32>(place, load<u32>(codes + usize(row) * 4))
    place += 4
  }
  store<u8>(out, u8(width))
  return putHybrid(scratch, u32((place - scratch) >> 2), width, out + 1)
}

/** Writes words, each in so many bits. */
export function putHybrid(codes: usize, count: u32, width: u32, out: usize): usize {
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
