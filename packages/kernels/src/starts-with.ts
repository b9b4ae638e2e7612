import { sameBytes } from '@fletching/columns'
import type { Bool, Vector } from 'apache-arrow'
import type { Texts } from './text-chunks.ts'
import { testTexts } from './text-test.ts'

/**
 * Tells which texts begin with `prefix`.
 *
 * - Shape: as many rows as `column`, in one chunk; `prefix` is one text, or one for each row.
 * - Nulls: propagate.
 * - Source: PySpark `Column.startswith`.
 *
 * @example
 * ```ts
 * assert.deepEqual([...startsWith(vectorFromArray(['red shoe', 'shirt', null]), 'red')], [true, false, null])
 * ```
 */
export function startsWith(column: Texts, prefix: Texts | string | null): Vector<Bool> {
  return testTexts('startsWith', column, prefix, (text, row, other, otherRow) => {
    const start = text.valueOffsets[row]
    const from = other.valueOffsets[otherRow]
    const to = other.valueOffsets[otherRow + 1]
    const end = start + to - from
    return end <= text.valueOffsets[row + 1] && sameBytes(text.values, start, end, other.values, from, to)
  })
}
