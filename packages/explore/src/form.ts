/** How the bytes of an object are to be read. */
export type Form = 'gzip' | 'parquet' | 'ndjson' | 'csv'

/** The form of an object by its first bytes, never by its name: magic numbers first, then whether a line begins as a JSON object does. */
export function formOf(bytes: Uint8Array): Form {
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) return 'gzip'
  if (bytes[0] === P && bytes[1] === A && bytes[2] === R && bytes[3] === ONE) return 'parquet'
  const start = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0
  const first = bytes.subarray(start).find((byte) => !BLANKS.has(byte))
  return first === BRACE ? 'ndjson' : 'csv'
}

const [P, A, R, ONE] = [0x50, 0x41, 0x52, 0x31]
const BRACE = 0x7b
const BLANKS: ReadonlySet<number> = new Set([0x20, 0x09, 0x0a, 0x0d])
