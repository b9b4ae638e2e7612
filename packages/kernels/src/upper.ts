import type { Utf8, Vector } from 'apache-arrow'
import { changeCase } from './change-case.ts'
import type { Texts } from './text-chunks.ts'

/**
 * Writes texts in upper case.
 *
 * - Shape: as many rows and chunks as `column`.
 * - Nulls: propagate.
 * - Source: Unicode's default mapping, whatever the machine's language.
 *
 * @example
 * ```ts
 * assert.deepEqual([...upper(vectorFromArray(['größe', null], new Utf8()))], ['GRÖSSE', null])
 * ```
 */
export function upper(column: Texts): Vector<Utf8> {
  return changeCase(column, (text) => text.toUpperCase())
}
