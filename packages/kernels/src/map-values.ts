import { viewOf } from '@fletching/columns'
import { type Data, DataType, type Dictionary, type Utf8, Vector } from 'apache-arrow'
import { oneChunk } from './concat.ts'
import { entryRows } from './concat-data.ts'
import { takeData } from './take-data.ts'
import { mapTextChunk, plainTexts, type Texts } from './text-chunks.ts'
import { findText, type WantedTexts, wantedTexts } from './wanted-texts.ts'

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
  // Half a surrogate pair stands in no column, and its bytes would be those of another text.
  const sound = [...texts].filter(([text]) => DECODER.decode(UTF8.encode(text)) === text)
  const wanted = wantedTexts(sound.map(([text]) => UTF8.encode(text)))
  const others = sound.map(([, other]) => UTF8.encode(other))
  return new Vector(plainTexts(column).data.map((data) => mapChunk(data, wanted, others)))
}

function mapChunk(data: Data<Utf8>, wanted: WantedTexts, others: readonly Uint8Array[]): Data<Utf8> {
  const view = viewOf(data.values)
  return mapTextChunk(data, (bytes, start, end, target) => {
    const number = findText(view, start, end, wanted)
    if (number < 0) target.appendBytes(bytes, start, end)
    else target.appendBytes(others[number], 0, others[number].length)
  })
}

function mapEntries(data: Data<Dictionary<Utf8>>, texts: ReadonlyMap<string, string>): Data<Utf8> {
  return takeData(oneChunk(mapEach(data.dictionary as Vector<Utf8>, texts)), entryRows(data))
}

const UTF8 = new TextEncoder()
const DECODER = new TextDecoder('utf-8', { ignoreBOM: true })
