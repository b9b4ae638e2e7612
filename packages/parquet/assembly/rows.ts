/*
 * Brings the rows of chunks together. A chunk comes from the first row that is kept to the last one; which of them are kept is told by ranges: ascending
 * pairs of 32 bits, of a first row and the one behind the last. What is kept moves to the front, where it lies.
 */

/** Moves the values of the kept rows of a chunk, each of so many bytes, behind one another. */
export function keepValues(at: usize, bytes: u32, ranges: usize, count: u32): void {
  const first = load<u32>(ranges)
  let out = at
  for (let range = ranges, end = ranges + usize(count) * 8; range < end; range += 8) {
    const from = at + usize(load<u32>(range) - first) * usize(bytes)
    const length = usize(load<u32>(range, 4) - load<u32>(range)) * usize(bytes)
    if (from !== out) memory.copy(out, from, length)
    out += length
  }
}

/**
 * Moves the texts of the kept rows of a chunk behind one another, and gives where the last one ends.
 *
 * @param starts where each text starts, and at last where the last one ends.
 * @param texts the texts, from the first one on.
 * @param end where the first one is to start.
 */
export function keepTexts(starts: usize, texts: usize, end: u32, ranges: usize, count: u32): u32 {
  const first = load<u32>(ranges)
  const origin = texts - usize(load<u32>(starts))
  let out = starts
  for (let range = ranges, last = ranges + usize(count) * 8; range < last; range += 8) {
    const rows = load<u32>(range, 4) - load<u32>(range)
    const from = starts + usize(load<u32>(range) - first) * 4
    const start = load<u32>(from)
    const bytes = load<u32>(from + usize(rows) * 4) - start
    if (bytes > 0 && origin + usize(start) !== texts) memory.copy(texts, origin + usize(start), bytes)
    texts += usize(bytes)
    moveNumbers(from, rows, end - start, out)
    out += usize(rows) * 4
    end += bytes
  }
  store<u32>(out, end)
  return end
}

/** Adds something to each of so many numbers of 32 bits. */
export function addToNumbers(at: usize, count: u32, more: u32): void {
  moveNumbers(at, count, more, at)
}

/** Moves numbers to where they lie, or before, and adds something to each. */
function moveNumbers(from: usize, count: u32, more: u32, out: usize): void {
  if (more === 0 && from === out) return
  const end = from + usize(count) * 4
  const each = i32x4.splat(more)
  for (; from + 16 <= end; from += 16, out += 16) v128.store(out, i32x4.add(v128.load(from), each))
  for (; from < end; from += 4, out += 4) store<u32>(out, load<u32>(from) + more)
}

/**
 * Appends a bit for each of the kept rows of a chunk, and gives the place behind the last.
 *
 * @param bits has only 0 from `at` on.
 * @param chunk the bits of the chunk, from `offset` on; 0 where all are 1.
 */
export function appendBits(bits: usize, at: u32, chunk: usize, offset: u32, ranges: usize, count: u32): u32 {
  const first = load<u32>(ranges)
  for (let range = ranges, end = ranges + usize(count) * 8; range < end; range += 8) {
    let from = load<u32>(range) - first + offset
    const to = load<u32>(range, 4) - first + offset
    while (from < to) {
      const more = min(to - from, 56)
      let word: u64 = (u64(1) << u64(more)) - 1
      if (chunk !== 0) word &= load<u64>(chunk + usize(from >> 3)) >> u64(from & 7)
      const place = bits + usize(at >> 3)
      store<u64>(place, load<u64>(place) | (word << u64(at & 7)))
      from += more
      at += more
    }
  }
  return at
}

/** Leaves those of so many bits 1 that are 1 in others too. */
export function intersectBits(bits: usize, others: usize, count: u32): void {
  for (const end = bits + usize((count + 7) >> 3); bits < end; bits += 8, others += 8) {
    store<u64>(bits, load<u64>(bits) & load<u64>(others))
  }
}

/** How many of so many bits are 1. */
export function countOnes(bits: usize, count: u32): u32 {
  let ones: u64 = 0
  const end = bits + usize(count >> 6) * 8
  for (; bits < end; bits += 8) ones += popcnt<u64>(load<u64>(bits))
  return u32(ones + popcnt<u64>(load<u64>(bits) & ((u64(1) << u64(count & 63)) - 1)))
}
