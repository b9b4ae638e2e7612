import { gunzipSync } from 'node:zlib'

const LF = 0x0a

/** The lines of an object, without their line feeds; what follows the last line feed is a line if it is not empty. */
export function linesOf(object: Uint8Array): Uint8Array[] {
  const bytes = withoutMark(inflated(object))
  const lines: Uint8Array[] = []
  let start = 0
  for (let end = 0; end < bytes.length; end++) {
    if (bytes[end] !== LF) continue
    lines.push(bytes.subarray(start, end))
    start = end + 1
  }
  if (start < bytes.length) lines.push(bytes.subarray(start))
  return lines
}

/** Whether a line holds nothing but what JSON takes for white space. */
export function isBlank(line: Uint8Array): boolean {
  return line.every((byte) => byte === 0x20 || byte === 0x09 || byte === 0x0d)
}

/** Decided by the first two bytes. Damage is not the oracle's subject: `gunzipSync` throws, or stops, as it likes. */
function inflated(object: Uint8Array): Uint8Array {
  return object[0] === 0x1f && object[1] === 0x8b ? gunzipSync(object) : object
}

/** A byte order mark counts only at the start of an object. */
function withoutMark(bytes: Uint8Array): Uint8Array {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? bytes.subarray(3) : bytes
}
