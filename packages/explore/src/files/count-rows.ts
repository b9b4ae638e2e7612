import { CsvRecordScanner } from '@fletching/csv'
import { linesOf } from './lines.ts'
import { type InputOptions, type Opened, openInput } from './open-input.ts'
import { parquetFooter } from './parquet-rows.ts'

/**
 * The rows of all objects at an address: lines that are not blank, records behind the header of a CSV, and of Parquet what its footer says.
 *
 * - Errors: those of `openInput`; BAD_PARQUET and LINE_TOO_LONG (data).
 */
export async function countRows(location: string, options: InputOptions = {}): Promise<bigint> {
  let rows = 0n
  for await (const opened of openInput(location, options)) rows += await countObject(opened, options)
  return rows
}

async function countObject(opened: Opened, { csvEscape = '\\' }: InputOptions): Promise<bigint> {
  if (opened.form === 'parquet') return (await parquetFooter(opened)).num_rows
  let count = 0
  if (opened.form === 'ndjson') {
    for await (const { texts } of linesOf(opened.pieces, opened.object.name)) count += texts.length
    return BigInt(count)
  }
  let width = 0
  const scanner = new CsvRecordScanner({ escape: csvEscape }, (record) => {
    if (width === 0) width = record.fieldCount
    // An empty line is a row of a CSV with one column.
    else if (!record.isBlank || width === 1) count++
  })
  for await (const piece of opened.pieces) scanner.push(piece)
  scanner.flush()
  return BigInt(count)
}
