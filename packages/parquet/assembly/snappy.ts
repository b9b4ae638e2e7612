/*
 * Snappy's raw format, as Google's compressor writes it: blocks of 64 KiB, each by itself; in a block, four bytes that were met before are
 * found by their hash, as far as they go on they become a copy, and what lies between copies is a literal. Where nothing is found, ever larger steps are made.
 *
 * Source: google/snappy, format_description.txt and CompressFragment in snappy.cc.
 */
import { copyWords, putVarint, sameBytes } from './bytes'
import { SNAPPY_TABLE, SNAPPY_TABLE_BITS } from './memory'

/** Compresses bytes; what comes out is at most 32 bytes and a sixth longer than they. */
export function compress(start: usize, bytes: u32, out: usize): usize {
  out = putVarint(bytes, out)
  const end = start + usize(bytes)
  for (let block = start; block < end; block += BLOCK_BYTES) out = putBlock(block, min(block + BLOCK_BYTES, end), out)
  return out
}

function putBlock(start: usize, end: usize, out: usize): usize {
  if (end - start < MARGIN_BYTES) return putLiteral(start, u32(end - start), out)
  const shift = openTable(u32(end - start))
  const limit = end - MARGIN_BYTES
  let literal = start
  let at = seek(start + 1, start, limit, shift)
  while (at !== 0) {
    out = putLiteral(literal, u32(at - literal), out)
    let candidate = found
    do {
      const length = 4 + sameBytes(at + 4, candidate + 4, end)
      out = putCopy(u32(at - candidate), length, out)
      at += usize(length)
      literal = at
      if (at >= limit) break
      meet(at - 1, start, shift)
      candidate = meet(at, start, shift)
    } while (load<u32>(at) === load<u32>(candidate))
    at = at >= limit ? 0 : seek(at + 1, start, limit, shift)
  }
  return literal < end ? putLiteral(literal, u32(end - literal), out) : out
}

/** Where `seek` found the same bytes. */
let found: usize = 0

/** The next place whose four bytes were met before; 0 when there is none up to the limit. */
// @ts-expect-error: decorator
@inline
function seek(at: usize, start: usize, limit: usize, shift: u32): usize {
  for (let skip: u32 = 32; at <= limit; at += usize(skip++ >> 5)) {
    const candidate = meet(at, start, shift)
    if (load<u32>(at) === load<u32>(candidate)) {
      found = candidate
      return at
    }
  }
  return 0
}

/** Forgets what was met, and gives the shift of hashes for a table that is as large as so many bytes need. */
function openTable(bytes: u32): u32 {
  const bits = min(SNAPPY_TABLE_BITS, max(8, 32 - clz(bytes - 1)))
  memory.fill(SNAPPY_TABLE, 0, usize(2) << bits)
  return 32 - bits
}

/** Where four bytes of the same hash were last met in the block, or its start; from now on it is here. */
// @ts-expect-error: decorator
@inline
function meet(at: usize, start: usize, shift: u32): usize {
  const slot = SNAPPY_TABLE + usize((load<u32>(at) * 0x1e35_a7bd) >>> shift) * 2
  const candidate = start + usize(load<u16>(slot))
  store<u16>(slot, u16(at - start))
  return candidate
}

function putLiteral(start: usize, bytes: u32, out: usize): usize {
  const size = bytes - 1
  if (size < 60) store<u8>(out++, u8(size << 2))
  else {
    // Blocks have at most 64 KiB.
    const isShort = size < 0x100
    store<u8>(out, isShort ? 60 << 2 : 61 << 2)
    store<u16>(out, u16(size), 1)
    out += isShort ? 2 : 3
  }
  return copyWords(start, bytes, out)
}

function putCopy(offset: u32, bytes: u32, out: usize): usize {
  // No piece has fewer than four bytes.
  for (; bytes >= 68; bytes -= 64) out = putLongCopy(offset, 64, out)
  if (bytes > 64) {
    out = putLongCopy(offset, 60, out)
    bytes -= 60
  }
  if (bytes >= 12 || offset >= 2048) return putLongCopy(offset, bytes, out)
  store<u8>(out, u8(1 | ((bytes - 4) << 2) | ((offset >>> 8) << 5)))
  store<u8>(out, u8(offset), 1)
  return out + 2
}

// @ts-expect-error: decorator
@inline
function putLongCopy(offset: u32, bytes: u32, out: usize): usize {
  store<u8>(out, u8(2 | ((bytes - 1) << 2)))
  store<u16>(out, u16(offset), 1)
  return out + 3
}

const BLOCK_BYTES: usize = 0x1_0000
/** Bytes at the end of a block in which no copy begins. */
const MARGIN_BYTES: usize = 15
