import { viewOf } from '@fletching/columns'
import { isSameText, shortWord } from './text-words.ts'

/** A text to look for, and its number among them. */
interface WantedText {
  readonly bytes: DataView
  readonly number: number
}

/**
 * Texts to look for, by the place that a hash gives them: as many lists as a power of two.
 *
 * The hash looks at the length and at the first and last four bytes alone, which tell nearly every text from the few that are wanted; texts that are
 * alike in them stand in one list.
 */
export type WantedTexts = readonly (readonly WantedText[])[]

export function wantedTexts(texts: readonly Uint8Array[]): WantedTexts {
  const places = Math.max(2 ** (32 - Math.clz32(4 * texts.length)), PLACES_MIN)
  const wanted: WantedText[][] = Array.from({ length: places }, () => [])
  for (const [number, text] of texts.entries()) {
    const bytes = viewOf(text)
    wanted[placeOf(bytes, 0, text.length, places)].push({ bytes, number })
  }
  return wanted
}

/** The number of the wanted text that the bytes from `start` to `end` are, or -1. */
export function findText(bytes: DataView, start: number, end: number, wanted: WantedTexts): number {
  const length = end - start
  const texts = wanted[placeOf(bytes, start, length, wanted.length)]
  for (let i = 0; i < texts.length; i++) {
    const { bytes: text, number } = texts[i]
    if (length === text.byteLength && isSameText(bytes, start, text, 0, length)) return number
  }
  return -1
}

function placeOf(bytes: DataView, start: number, length: number, places: number): number {
  const first = length < 4 ? shortWord(bytes, start, length) : bytes.getInt32(start)
  const last = length < 4 ? 0 : bytes.getInt32(start + length - 4)
  const hash = Math.imul(Math.imul(first, 0x9e3779b1) + last + length, 0x85ebca6b)
  return (hash >>> 12) & (places - 1)
}

/** So few texts as are mostly wanted seldom share a place. */
const PLACES_MIN = 64
