import type { Utf8, Vector } from 'apache-arrow'
import { changeCase } from './change-case.ts'
import type { Texts } from './text-chunks.ts'

/**
 * Writes texts in lower case.
 *
 * - Shape: as many rows and chunks as `column`.
 * - Nulls: propagate.
 * - Source: Unicode's default mapping, whatever the machine's language.
 *
 * @example
 * ```ts
 * assert.deepEqual([...lower(vectorFromArray(['GRÖSSE', null], new Utf8()))], ['grösse', null])
 * ```
 */
export function lower(column: Texts): Vector<Utf8> {
  return changeCase(column, (text) => text.toLowerCase())
}
