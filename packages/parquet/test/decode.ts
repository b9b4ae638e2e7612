import { getBit, isValid } from '@fletching/columns'
import { type Data, DataType, type Dictionary, type RecordBatch, type Schema, type Utf8 } from 'apache-arrow'
import { footerByteLength, openParquetDecoder, readFooter } from '../src/index.ts'
import type { Rows } from './readers.ts'

/** All rows as our decoder reads them, which is given the file in pieces of `pieceBytes`. */
export async function rowsByDecoder(
  file: Uint8Array,
  schema: Schema,
  { columns = schema.fields.map(({ name }) => name), pieceBytes = file.length } = {},
): Promise<Rows> {
  // No more than the footer, and none of the file behind it.
  const end = file.slice(-footerByteLength(file))
  const footer = readFooter(end, file.length, schema)
  const decoder = await openParquetDecoder(schema, columns, footer)
  const rows: Rows = []
  for (let at = 0; at < file.length; at += pieceBytes) {
    for (const batch of decoder.push(file.subarray(at, at + pieceBytes))) rows.push(...rowsOfBatch(batch))
  }
  decoder.flush()
  if (rows.length !== footer.rows) throw new Error(`${rows.length} rows, but the footer says ${footer.rows}`)
  return rows
}

function rowsOfBatch(batch: RecordBatch): Rows {
  return Array.from({ length: batch.numRows }, (_, row) =>
    Object.fromEntries(batch.schema.fields.map(({ name }, column) => [name, textAt(batch.data.children[column], row)])),
  )
}

function textAt(data: Data, row: number): string | null {
  if (!isValid(data, row)) return null
  if (DataType.isDictionary(data.type)) {
    const [entries] = (data as Data<Dictionary<Utf8>>).dictionary?.data ?? []
    return textAt(entries, data.values[row])
  }
  if (DataType.isUtf8(data.type)) {
    const { values, valueOffsets } = data as Data<Utf8>
    return Buffer.from(values.subarray(valueOffsets[row], valueOffsets[row + 1])).toString('hex')
  }
  if (DataType.isBool(data.type)) return String(getBit(data.values, row))
  return String(data.values[row])
}
