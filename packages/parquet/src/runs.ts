/**
 * Reads `count` numbers of `bitWidth` bits, in runs of one number and in packed groups of eight, which take all bytes from `start` to `end`.
 *
 * - Errors: a plain Error when they do not hold so many numbers, or more.
 * - Source: apache/parquet-format `Encodings.md`, RLE / bit-packing hybrid.
 */
export function readRuns(
  bytes: Uint8Array,
  start: number,
  end: number,
  bitWidth: number,
  target: Int32Array | Uint8Array,
  count: number,
): void {
  if (bitWidth > WIDTH_MAX || end > bytes.length) throw damaged()
  let at = start
  let row = 0
  while (row < count) {
    let header = 0
    for (let shift = 0; ; shift += 7) {
      if (at >= end || shift > 28) throw damaged()
      const byte = bytes[at++]
      header += (byte & 0x7f) * 2 ** shift
      if (byte < 0x80) break
    }
    const length = Math.floor(header / 2)
    if (length === 0) throw damaged()
    const left = count - row
    if ((header & 1) === 0) {
      const byteLength = (bitWidth + 7) >> 3
      if (length > left || byteLength > end - at) throw damaged()
      let value = 0
      for (let i = 0; i < byteLength; i++) value |= bytes[at++] << (8 * i)
      if (value >= 2 ** bitWidth) throw damaged()
      target.fill(value, row, row + length)
      row += length
    } else {
      // The last group may be filled up.
      if (length * 8 - 7 > left || length * bitWidth > end - at) throw damaged()
      const filled = Math.min(length * 8, left)
      unpack(bytes, at, bitWidth, target, row, filled)
      at += length * bitWidth
      row += filled
    }
  }
  if (at !== end) throw damaged()
}

function unpack(
  bytes: Uint8Array,
  start: number,
  bitWidth: number,
  target: Int32Array | Uint8Array,
  row: number,
  count: number,
): void {
  const mask = 2 ** bitWidth - 1
  let at = start
  let bits = 0
  let held = 0
  for (let i = 0; i < count; i++) {
    while (held < bitWidth) {
      bits |= bytes[at++] << held
      held += 8
    }
    target[row + i] = bits & mask
    bits >>>= bitWidth
    held -= bitWidth
  }
}

function damaged(): Error {
  return new Error('runs of numbers are damaged')
}

/** So that what is held while groups are unpacked fits into 32 bits; a dictionary of more entries is not ours. */
const WIDTH_MAX = 24
