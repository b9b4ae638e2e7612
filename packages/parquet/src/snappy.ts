/**
 * The bytes of one Snappy block that was made of `byteLength` bytes.
 *
 * Every place and length is looked at before it is used, so that a damaged block ends in an error: it neither reads nor writes elsewhere, nor
 * goes on for ever.
 *
 * - Errors: a plain Error for what is not such a block.
 * - Source: google/snappy `format_description.txt`.
 */
export function snappyDecompress(block: Uint8Array, byteLength: number): Uint8Array {
  let at = 0
  let declared = 0
  for (let shift = 0; ; shift += 7) {
    const byte = block[at++]
    if (byte === undefined || shift > 28) throw damaged()
    declared += (byte & 0x7f) * 2 ** shift
    if (byte < 0x80) break
  }
  if (declared !== byteLength) throw damaged()
  const target = new Uint8Array(byteLength)
  let filled = 0
  while (at < block.length) {
    const tag = block[at++]
    const kind = tag & 3
    if (kind === LITERAL) {
      let length = tag >> 2
      if (length >= 60) {
        const bytes = length - 59
        length = littleEndian(block, at, bytes)
        at += bytes
      }
      length++
      if (length > block.length - at || length > byteLength - filled) throw damaged()
      copy(block, at, target, filled, length)
      at += length
      filled += length
    } else {
      const bytes = kind === COPY_2 ? 2 : kind === COPY_4 ? 4 : 1
      const length = kind === COPY_1 ? ((tag >> 2) & 7) + 4 : (tag >> 2) + 1
      const back = littleEndian(block, at, bytes) + (kind === COPY_1 ? (tag >> 5) << 8 : 0)
      at += bytes
      if (back === 0 || back > filled || length > byteLength - filled) throw damaged()
      // Byte by byte: what is copied may be what was just written.
      for (const end = filled + length; filled < end; filled++) target[filled] = target[filled - back]
    }
  }
  if (filled !== byteLength) throw damaged()
  return target
}

function littleEndian(bytes: Uint8Array, at: number, count: number): number {
  if (count > bytes.length - at) throw damaged()
  let value = 0
  for (let i = count - 1; i >= 0; i--) value = value * 256 + bytes[at + i]
  return value
}

function copy(source: Uint8Array, from: number, target: Uint8Array, to: number, length: number): void {
  if (length > SHORT) target.set(source.subarray(from, from + length), to)
  else for (let i = 0; i < length; i++) target[to + i] = source[from + i]
}

function damaged(): Error {
  return new Error('a Snappy block is damaged')
}

const LITERAL = 0
const COPY_1 = 1
const COPY_2 = 2
const COPY_4 = 3
/** Bytes up to which a loop beats `set`. */
const SHORT = 32
