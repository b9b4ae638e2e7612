import { isValid } from '@fletching/columns'
import { internal } from '@fletching/columns/errors'
import { type CsvDialect, CsvEncoder, CsvRecordScanner, rulesOf } from '@fletching/csv'
import { hiveValue } from '@fletching/parquet'
import { asFolder, formatLocation, joinLocation, parseLocation } from '@fletching/storage'
import { DataType, type RecordBatch } from 'apache-arrow'
import { jsonText } from './json-text.ts'
import type { SinkPart } from './morsel.ts'
import { writtenSchema } from './operators.ts'
import { csvTarget } from './outputs.ts'
import type { ParquetSinkPlan, PhysicalSink } from './physical.ts'
import { looseBatch } from './table-part.ts'

/** The row that an output gets of an event. */
export interface TracedRow {
  readonly format: 'csv' | 'parquet'
  /** The CSV, or the folder of the table's partition. */
  readonly output: string
  /** By column: of a CSV what its field holds; of a table the value as text, a struct or a list as JSON, null where it has none. */
  readonly values: Readonly<Record<string, string | null>>
}

/** Reads a row back from what its sink gets. */
export function tracedRow(sink: PhysicalSink, part: SinkPart): TracedRow {
  if (sink.format === 'csv' && part.format === 'csv') {
    const fields = fieldsOf(part.bytes, sink.dialect)
    const values = sink.columns.map(({ name }, column) => [name, fields[column]])
    return { format: 'csv', output: formatLocation(csvTarget(sink.to).file), values: Object.fromEntries(values) }
  }
  if (sink.format === 'parquet' && part.format === 'parquet') {
    const [rows] = part.parts
    const table = asFolder(parseLocation(sink.to))
    const output = formatLocation(rows.folder === '' ? table : joinLocation(table, `${rows.folder}/`))
    const values = { ...valuesOf(looseBatch(rows, writtenSchema(sink))), ...folderValues(sink, rows.folder) }
    const inOrder = sink.columns.map(({ name }) => [name, values[name]])
    return { format: 'parquet', output, values: Object.fromEntries(inOrder) }
  }
  throw internal(`a ${sink.format} sink was given a part for ${part.format}`)
}

/** The values that name the folder of a partition. */
function folderValues({ partitionBy }: ParquetSinkPlan, folder: string): TracedRow['values'] {
  const names = folder.split('/')
  return Object.fromEntries(partitionBy.map((column, at) => [column, hiveValue(column, names[at])]))
}

/** The values of the one row of a batch, in the form in which a CSV has them; structs and lists as JSON. */
function valuesOf(batch: RecordBatch): TracedRow['values'] {
  const { fields } = batch.schema
  const plain = fields.flatMap(({ type }, column) => (DataType.isStruct(type) || DataType.isList(type) ? [] : [column]))
  const texts = plain.length === 0 ? [] : plainTexts(batch.selectAt(plain))
  const values = batch.data.children.map((data, column) => {
    const text = () => (plain.includes(column) ? texts[plain.indexOf(column)] : jsonText(data, 0))
    return [fields[column].name, isValid(data, 0) ? text() : null]
  })
  return Object.fromEntries(values)
}

function plainTexts(batch: RecordBatch): string[] {
  return fieldsOf(new CsvEncoder(batch.schema, { dialect: 'rfc4180' }).encode(batch), 'rfc4180')
}

/** The fields of the one record of a CSV without a header. */
function fieldsOf(bytes: Uint8Array, dialect: CsvDialect): string[] {
  const records: string[][] = []
  const scanner = new CsvRecordScanner(
    { escape: rulesOf(dialect).escape, recordBytesMax: bytes.length + 1 },
    (record) => {
      records.push(Array.from({ length: record.fieldCount }, (_, field) => record.text(field)))
    },
  )
  scanner.push(bytes)
  scanner.flush()
  return records[0]
}
