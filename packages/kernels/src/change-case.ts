import type { Utf8, Vector } from 'apache-arrow'
import { mapTexts, type Texts } from './text-chunks.ts'

/** Maps texts as strings; they are decoded without dropping a byte order mark. */
export function changeCase(column: Texts, change: (text: string) => string): Vector<Utf8> {
  return mapTexts(column, (bytes, start, end, target) => target.append(change(UTF8.decode(bytes.subarray(start, end)))))
}

const UTF8 = new TextDecoder('utf-8', { ignoreBOM: true })
