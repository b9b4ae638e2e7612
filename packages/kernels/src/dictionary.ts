import { DictionaryBuilder, isValid } from '@fletching/columns'
import { DataType, type Dictionary, type Int32, makeData, type Utf8, Vector } from 'apache-arrow'
import { decodeDictionary } from './concat-data.ts'

/**
 * Holds each distinct text once, and for each row its number.
 *
 * - Shape: as many rows and chunks as `column`; one dictionary for all chunks, in order of first appearance.
 * - Nulls: propagate; they are not in the dictionary.
 * - Memory: returns `column` itself when it is dictionary-encoded already.
 *
 * @example
 * ```ts
 * const events = dictionaryEncode(vectorFromArray(['a', 'b', 'a', null], new Utf8()))
 * assert.deepEqual([...events.data[0].dictionary], ['a', 'b'])
 * ```
 */
export function dictionaryEncode(
  column: Vector<Utf8> | Vector<Dictionary<Utf8, Int32>>,
): Vector<Dictionary<Utf8, Int32>> {
  if (DataType.isDictionary(column.type)) return column as Vector<Dictionary<Utf8, Int32>>
  const builder = new DictionaryBuilder()
  const chunks = (column as Vector<Utf8>).data.map((data) => {
    for (let row = 0; row < data.length; row++) {
      if (isValid(data, row)) builder.appendBytes(data.values, data.valueOffsets[row], data.valueOffsets[row + 1])
      else builder.appendNull()
    }
    return builder.finish()
  })
  const dictionary = chunks.at(-1)?.dictionary
  return new Vector(
    chunks.map(({ type, length, nullCount, nullBitmap, values }) =>
      makeData({ type, length, nullCount, nullBitmap, data: values, dictionary } as never),
    ),
  ) as unknown as Vector<Dictionary<Utf8, Int32>>
}

/**
 * Puts the values in the place of their numbers.
 *
 * - Shape: as many rows and chunks as `column`.
 * - Nulls: propagate; a number whose entry is null is null too.
 * - Memory: returns `column` itself when it is not dictionary-encoded.
 *
 * @example
 * ```ts
 * const texts = dictionaryDecode(vectorFromArray(['a', 'b', 'a', null], new Dictionary(new Utf8(), new Int32())))
 * assert.deepEqual([...texts], ['a', 'b', 'a', null])
 * ```
 */
export function dictionaryDecode<T extends DataType>(column: Vector<Dictionary<T>> | Vector<T>): Vector<T> {
  if (!DataType.isDictionary(column.type)) return column as Vector<T>
  return new Vector((column as Vector<Dictionary<T>>).data.map(decodeDictionary)) as Vector<T>
}

/** The column, decoded when one of its dictionaries has a null entry: what is null then shows in its bitmaps alone. */
export function withoutNullEntries(column: Vector): Vector {
  return column.data.some(({ dictionary }) => dictionary !== undefined && dictionary.nullCount > 0)
    ? dictionaryDecode(column)
    : column
}
