import type { Utf8, Vector } from 'apache-arrow'
import { mapTexts, type Texts } from './text-chunks.ts'

/**
 * Takes the blanks (U+0020) off both ends of texts.
 *
 * - Shape: as many rows and chunks as `column`.
 * - Nulls: propagate.
 * - Source: PySpark `trim`, which leaves tabs and line breaks where they are.
 *
 * @example
 * ```ts
 * assert.deepEqual([...trim(vectorFromArray([' a\t', null], new Utf8()))], ['a\t', null])
 * ```
 */
export function trim(column: Texts): Vector<Utf8> {
  return mapTexts(column, (bytes, start, end, target) => {
    let from = start
    let to = end
    while (from < to && bytes[from] === BLANK) from++
    while (to > from && bytes[to - 1] === BLANK) to--
    target.appendBytes(bytes, from, to)
  })
}

const BLANK = 0x20
