import { batchOf } from '@fletching/columns'
import { authorError, dataError, type FletchingError } from '@fletching/columns/errors'
import { plural } from '@fletching/columns/plural'
import { Field, type RecordBatch, Schema, Utf8 } from 'apache-arrow'
import { type ColumnReader, columnReader } from './column-reader.ts'
import type { CsvRecord } from './record.ts'
import { CsvRecordScanner } from './record-scanner.ts'

/**
 * CSV bytes in, record batches out. The first record names the columns.
 *
 * - Shape: one row for each record behind the header, `batchRows` of them a batch. An empty line is a row of a file with one column, and
 *   passed over in any other.
 * - Nulls: an empty field. `""` is the empty text.
 * - Units: as `CsvEncoder` writes them: moments in ISO 8601, days as `2019-05-18`, truths as `true` and `false`.
 * - Memory: the rows of one batch, and what `CsvRecordScanner` takes.
 * - Errors: of the data's kind, with the line and without the value: BAD_CSV_RECORD, BAD_CSV_HEADER, NOT_A_CSV_VALUE. Author's: NOT_IN_CSV for a
 *   column of a type that is not read.
 * - Order: that of the file; bytes cut anywhere give the same batches.
 *
 * Without `columns` all are texts.
 *
 * @example
 * ```ts
 * const decoder = new CsvDecoder({ escape: '"' })
 * const bytes = new TextEncoder().encode('id,item\n7,\n8,"say ""x"""\n')
 * const [batch] = [...decoder.push(bytes), ...decoder.flush()]
 * assert.deepEqual(batch.toArray().map((row) => ({ ...row })), [{ id: '7', item: null }, { id: '8', item: 'say "x"' }])
 * ```
 */
export class CsvDecoder {
  readonly #scanner: CsvRecordScanner
  readonly #given: Schema | undefined
  readonly #batchRows: number
  #schema: Schema | undefined
  #columns: readonly ColumnReader[] = []
  #rows = 0
  #done: RecordBatch[] = []

  constructor(options: { readonly escape: '"' | '\\'; readonly columns?: Schema; readonly batchRows?: number }) {
    this.#given = options.columns
    for (const field of options.columns?.fields ?? []) readerOf(field)
    this.#batchRows = options.batchRows ?? BATCH_ROWS
    this.#scanner = new CsvRecordScanner(options, (record) => this.#take(record))
  }

  /** The columns; undefined until the header has come. */
  get schema(): Schema | undefined {
    return this.#schema
  }

  push(bytes: Uint8Array): RecordBatch[] {
    this.#scanner.push(bytes)
    return this.#takeDone()
  }

  /** The file has ended. */
  flush(): RecordBatch[] {
    this.#scanner.flush()
    if (this.#rows > 0) this.#finishBatch()
    return this.#takeDone()
  }

  #take(record: CsvRecord): void {
    checkRecord(record)
    if (this.#schema === undefined) this.#begin(record)
    else this.#takeRow(record, this.#schema)
  }

  #takeRow(record: CsvRecord, schema: Schema): void {
    const columns = this.#columns
    if (record.isBlank && columns.length > 1) return
    if (record.fieldCount !== columns.length) {
      throw badRecord(
        record,
        `the record has ${record.fieldCount} ${plural(record.fieldCount, 'field')} and the header ${columns.length}`,
      )
    }
    for (let field = 0; field < columns.length; field++) {
      if (record.isEmpty(field)) columns[field].appendNull()
      else if (!columns[field].read(record, field)) throw notAValue(schema.fields[field], record)
    }
    if (++this.#rows === this.#batchRows) this.#finishBatch()
  }

  #begin(record: CsvRecord): void {
    const names = Array.from({ length: record.fieldCount }, (_, field) => record.text(field))
    const expected = this.#given?.fields.map(({ name }) => name)
    if (expected !== undefined && expected.join() !== names.join()) {
      throw dataError('BAD_CSV_HEADER', `the columns are not ${expected.join(', ')}`, {
        at: `line ${record.line}`,
        help: 'the first line names the columns, in the order in which they are expected',
      })
    }
    this.#schema = this.#given ?? new Schema(names.map((name) => new Field(name, new Utf8(), true)))
    this.#columns = this.#schema.fields.map(readerOf)
  }

  #finishBatch(): void {
    const schema = this.#schema as Schema
    const children = this.#columns.map((column) => column.finish())
    this.#done.push(batchOf(schema, this.#rows, children))
    this.#rows = 0
  }

  #takeDone(): RecordBatch[] {
    const done = this.#done
    this.#done = []
    return done
  }
}

function readerOf(field: Field): ColumnReader {
  const reader = columnReader(field)
  if (reader !== undefined) return reader
  throw authorError('NOT_IN_CSV', `a CSV is not read as ${String(field.type)}`, {
    at: `column ${field.name}`,
    help: 'there are texts, whole numbers of 32 and 64 bits, doubles, truths, days and moments in milliseconds',
  })
}

function checkRecord(record: CsvRecord): void {
  if (record.isOpen) throw badRecord(record, 'a quote is not closed before the end of the file')
  if (record.isCut) throw badRecord(record, 'the record is longer than what is read at once; a quote may not be closed')
  if (record.hasTextBehindQuote) throw badRecord(record, 'something stands between a closing quote and the comma')
}

function badRecord(record: CsvRecord, what: string): FletchingError {
  return dataError('BAD_CSV_RECORD', what, {
    at: `line ${record.line}, byte ${record.byteOffset}`,
    help: 'a field with a comma, a quote or a line break stands in quotes; which character escapes a quote is part of the dialect',
  })
}

function notAValue({ name, type }: Field, { line }: CsvRecord): FletchingError {
  return dataError('NOT_A_CSV_VALUE', `a field holds no ${String(type)}`, {
    at: `column ${name}, line ${line}`,
    help: 'read the column as text, or correct the file',
  })
}

const BATCH_ROWS = 16_384
