import { isValid, Utf8Builder } from '@fletching/columns'
import { type Data, type DataType, type Dictionary, type Utf8, Vector } from 'apache-arrow'
import { dictionaryDecode } from './dictionary.ts'

/** A column of texts, dictionary-encoded or not. */
export type Texts = Vector<Utf8> | Vector<Dictionary<Utf8>>

/** Appends the text that comes of the bytes from `start` to `end`. */
export type TextMap = (bytes: Uint8Array, start: number, end: number, target: Utf8Builder) => void

/** A text for each text, chunk by chunk; nulls propagate. */
export function mapTexts(column: Texts, map: TextMap): Vector<Utf8> {
  return new Vector(plainTexts(column).data.map((data) => mapTextChunk(data, map)))
}

/** The column with its texts in place. */
export function plainTexts(column: Texts): Vector<Utf8> {
  return dictionaryDecode(column as Vector<DataType>) as Vector<Utf8>
}

/** A text for each text of a chunk; nulls propagate. */
export function mapTextChunk(data: Data<Utf8>, map: TextMap): Data<Utf8> {
  const builder = new Utf8Builder()
  for (let row = 0; row < data.length; row++) {
    if (isValid(data, row)) map(data.values, data.valueOffsets[row], data.valueOffsets[row + 1], builder)
    else builder.appendNull()
  }
  return builder.finish()
}
