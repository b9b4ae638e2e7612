import { countOnes, getBit } from '@fletching/columns'
import { type Data, makeData, Utf8, Vector } from 'apache-arrow'
import { type Operand, operandsOf, validityOfAll } from './scalar.ts'
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
  const validity = validityOfAll(operands, length)
  const offsets = new Int32Array(length + 1)
  for (const operand of operands) addLengths(operand, validity, offsets)
  for (let row = 0; row < length; row++) offsets[row + 1] += offsets[row]
  const bytes = new Uint8Array(offsets[length])
  const ends = offsets.slice()
  for (const operand of operands) putTexts(operand, validity, bytes, ends)
  const nullCount = validity === undefined ? 0 : length - countOnes(validity, 0, length)
  const nullBitmap = validity ?? null
  return new Vector([makeData({ type: new Utf8(), length, nullCount, nullBitmap, valueOffsets: offsets, data: bytes })])
}

/** Adds to the number behind each row the bytes of its text. */
function addLengths({ data, step }: Operand, validity: Uint8Array | undefined, lengths: Int32Array): void {
  const { valueOffsets } = data as Data<Utf8>
  for (let row = 0; row < lengths.length - 1; row++) {
    if (validity === undefined || getBit(validity, row))
      lengths[row + 1] += valueOffsets[row * step + 1] - valueOffsets[row * step]
  }
}

/** Puts the texts to where the rows end up to now, and moves these ends behind them. */
function putTexts(
  { data, step }: Operand,
  validity: Uint8Array | undefined,
  bytes: Uint8Array,
  ends: Int32Array,
): void {
  const { values, valueOffsets } = data as Data<Utf8>
  for (let row = 0; row < ends.length - 1; row++) {
    if (validity !== undefined && !getBit(validity, row)) continue
    const end = valueOffsets[row * step + 1]
    let at = ends[row]
    for (let i = valueOffsets[row * step]; i < end; i++) bytes[at++] = values[i]
    ends[row] = at
  }
}
