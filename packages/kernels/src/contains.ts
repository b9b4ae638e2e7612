import { sameBytes } from '@fletching/columns'
import type { Bool, Vector } from 'apache-arrow'
import type { Texts } from './text-chunks.ts'
import { testTexts } from './text-test.ts'

/**
 * Tells in which texts `part` stands.
 *
 * - Shape: as many rows as `column`, in one chunk; `part` is one text, or one for each row. The empty text stands in every text.
 * - Nulls: propagate.
 * - Source: PySpark `Column.contains`.
 *
 * @example
 * ```ts
 * assert.deepEqual([...contains(vectorFromArray(['red shoe', 'shirt', null]), 'shoe')], [true, false, null])
 * ```
 */
export function contains(column: Texts, part: Texts | string | null): Vector<Bool> {
  return testTexts('contains', column, part, (text, row, other, otherRow) => {
    const from = other.valueOffsets[otherRow]
    const to = other.valueOffsets[otherRow + 1]
    const last = text.valueOffsets[row + 1] - (to - from)
    const first = other.values[from]
    for (let start = text.valueOffsets[row]; start <= last; start++) {
      if (
        from === to ||
        (text.values[start] === first && sameBytes(text.values, start, start + to - from, other.values, from, to))
      )
        return true
    }
    return false
  })
}
