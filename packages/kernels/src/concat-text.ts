import { isValid, Utf8Builder } from '@fletching/columns'
import { type Data, type Utf8, Vector } from 'apache-arrow'
import { operandsOf } from './scalar.ts'
import type { Texts } from './text-chunks.ts'

/**
 * Writes the texts of each row one behind the other.
 *
 * - Shape: as many rows as the vectors, in one chunk; a text may stand for every row.
 * - Nulls: propagate: one null makes the row null.
 * - Errors: InternalError when the lengths differ.
 * - Source: PySpark `concat`.
 *
 * @example
 * ```ts
 * const names = concatText(vectorFromArray(['a', null]), '-', vectorFromArray(['x', 'y']))
 * assert.deepEqual([...names], ['a-x', null])
 * ```
 */
export function concatText(...parts: readonly (Texts | string | null)[]): Vector<Utf8> {
  const { operands, length } = operandsOf('concatText', parts)
  const builder = new Utf8Builder()
  let scratch = new Uint8Array(256)
  for (let row = 0; row < length; row++) {
    if (!operands.every(({ data, step }) => isValid(data, row * step))) {
      builder.appendNull()
      continue
    }
    let at = 0
    for (const { data, step } of operands) {
      const { values, valueOffsets } = data as Data<Utf8>
      const text = values.subarray(valueOffsets[row * step], valueOffsets[row * step + 1])
      if (at + text.length > scratch.length) {
        const grown = new Uint8Array((at + text.length) * 2)
        grown.set(scratch)
        scratch = grown
      }
      scratch.set(text, at)
      at += text.length
    }
    builder.appendBytes(scratch, 0, at)
  }
  return new Vector([builder.finish()])
}
