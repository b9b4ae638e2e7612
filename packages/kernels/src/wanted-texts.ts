import { viewOf } from '@fletching/columns'

/**
 * Texts to look for, by the place that a hash gives them: as many lists as a power of two.
 *
 * The hash looks at the length and at the first and last four bytes alone, which tell nearly every text from the few that are wanted; texts that are
 * alike in them stand in one list.
 */
export type WantedTexts = readonly (readonly DataView[])[]

export function wantedTexts(texts: readonly Uint8Array[]): WantedTexts {
  const places = Math.max(2 ** (32 - Math.clz32(4 * texts.length)), PLACES_MIN)
  const wanted: DataView[][] = Array.from({ length: places }, () => [])
  for (const text of texts) {
    const view = viewOf(text)
    wanted[placeOf(view, 0, text.length, places)].push(view)
  }
  return wanted
}

/** Whether the bytes from `start` to `end` are a text that is wanted. */
export function isWanted(bytes: DataView, start: number, end: number, wanted: WantedTexts): boolean {
  const texts = wanted[placeOf(bytes, start, end - start, wanted.length)]
  for (let i = 0; i < texts.length; i++) if (isText(bytes, start, end - start, texts[i])) return true
  return false
}

function placeOf(bytes: DataView, start: number, length: number, places: number): number {
  const first = length < 4 ? shortWord(bytes, start, length) : bytes.getInt32(start, true)
  const last = length < 4 ? 0 : bytes.getInt32(start + length - 4, true)
  const hash = Math.imul(Math.imul(first, 0x9e3779b1) + last + length, 0x85ebca6b)
  return (hash >>> 12) & (places - 1)
}

/** By words of four bytes, the last of which may begin within the one before. */
function isText(bytes: DataView, start: number, length: number, text: DataView): boolean {
  if (length !== text.byteLength) return false
  if (length < 4) return shortWord(bytes, start, length) === shortWord(text, 0, length)
  const last = length - 4
  for (let i = 0; i < last; i += 4) if (bytes.getInt32(start + i, true) !== text.getInt32(i, true)) return false
  return bytes.getInt32(start + last, true) === text.getInt32(last, true)
}

/** Up to three bytes as one word. */
function shortWord(bytes: DataView, start: number, length: number): number {
  let word = 0
  for (let i = 0; i < length; i++) word = (word << 8) | bytes.getUint8(start + i)
  return word
}

/** So few texts as are mostly wanted seldom share a place. */
const PLACES_MIN = 64
