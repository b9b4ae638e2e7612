import { validityOf } from '@fletching/columns'
import { type Data, makeData, type Utf8, Vector } from 'apache-arrow'
import { mapTextChunk, plainTexts, type Texts } from './text-chunks.ts'

/**
 * Changes the case of texts. ASCII is changed byte by byte, for all rows at once; texts with anything else are decoded, without dropping a
 * byte order mark.
 */
export function changeCase(column: Texts, change: (text: string) => string): Vector<Utf8> {
  const changed = Uint8Array.from({ length: ASCII_END }, (_, byte) => change(String.fromCharCode(byte)).charCodeAt(0))
  return new Vector(plainTexts(column).data.map((data) => changeChunk(data, changed, change)))
}

function changeChunk(data: Data<Utf8>, changed: Uint8Array, change: (text: string) => string): Data<Utf8> {
  const { type, length, nullCount, values, valueOffsets } = data
  const first = valueOffsets[0]
  const bytes = values.slice(first, valueOffsets[length])
  let isAscii = true
  for (let i = 0; i < bytes.length; i++) {
    if (bytes[i] < ASCII_END) bytes[i] = changed[bytes[i]]
    else isAscii = false
  }
  if (!isAscii) return changeRows(data, bytes, change)
  const offsets = new Int32Array(length + 1)
  for (let row = 1; row <= length; row++) offsets[row] = valueOffsets[row] - first
  return makeData({ type, length, nullCount, nullBitmap: validityOf(data) ?? null, valueOffsets: offsets, data: bytes })
}

/** - `bytes`: those of the texts, of which all ASCII is changed. */
function changeRows(data: Data<Utf8>, bytes: Uint8Array, change: (text: string) => string): Data<Utf8> {
  const first = data.valueOffsets[0]
  return mapTextChunk(data, (values, start, end, target) => {
    if (isAsciiIn(values, start, end)) target.appendBytes(bytes, start - first, end - first)
    else target.append(change(UTF8.decode(values.subarray(start, end))))
  })
}

function isAsciiIn(bytes: Uint8Array, start: number, end: number): boolean {
  for (let i = start; i < end; i++) if (bytes[i] >= ASCII_END) return false
  return true
}

const ASCII_END = 0x80
const UTF8 = new TextDecoder('utf-8', { ignoreBOM: true })
