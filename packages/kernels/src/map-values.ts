import { isValid } from '@fletching/columns'
import { type Data, DataType, type Dictionary, type Utf8, Vector } from 'apache-arrow'
import { oneChunk } from './concat.ts'
import { takeData } from './take-data.ts'
import { mapTexts, type Texts } from './text-chunks.ts'

/**
 * Puts other texts in the place of some: a text that is a key of `texts` becomes its value, any other stays.
 *
 * - Shape: as many rows and chunks as `column`.
 * - Nulls: propagate.
 * - Memory: copies; the result is not dictionary-encoded.
 * - Cost: of a dictionary-encoded column each entry is looked up once, whatever the number of rows.
 * - Source: PySpark `DataFrame.replace` with a dictionary.
 *
 * @example
 * ```ts
 * const events = vectorFromArray(['Viewed Product', 'Signed Up', null], new Utf8())
 * const names = mapValues(events, new Map([['Viewed Product', 'Product Viewed']]))
 * assert.deepEqual([...names], ['Product Viewed', 'Signed Up', null])
 * ```
 */
export function mapValues(column: Texts, texts: ReadonlyMap<string, string>): Vector<Utf8> {
  if (!DataType.isDictionary(column.type)) return mapEach(column, texts)
  const chunks = (column as Vector<Dictionary<Utf8>>).data.map((data) => mapEntries(data, texts))
  return new Vector(chunks) as Vector<Utf8>
}

function mapEach(column: Texts, texts: ReadonlyMap<string, string>): Vector<Utf8> {
  return mapTexts(column, (bytes, start, end, target) => {
    const other = texts.get(UTF8.decode(bytes.subarray(start, end)))
    if (other === undefined) target.appendBytes(bytes, start, end)
    else target.append(other)
  })
}

function mapEntries(data: Data<Dictionary<Utf8>>, texts: ReadonlyMap<string, string>): Data<Utf8> {
  const rows = new Int32Array(data.length)
  for (let row = 0; row < rows.length; row++) rows[row] = isValid(data, row) ? Number(data.values[row]) : -1
  return takeData(oneChunk(mapEach(data.dictionary as Vector<Utf8>, texts)), rows)
}

const UTF8 = new TextDecoder('utf-8', { ignoreBOM: true })
