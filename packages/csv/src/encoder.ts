import { authorError, internal } from '@fletching/columns/errors'
import type { RecordBatch, Schema } from 'apache-arrow'
import { checkFieldType, columnOf } from './column.ts'
import { type CsvDialect, type DialectRules, rulesOf } from './dialect.ts'
import { encodeRecords } from './records.ts'

/**
 * Record batches in, CSV bytes out: the batches' buffers are encoded in WebAssembly.
 *
 * - Shape: one record for each row; fields in the order of the schema.
 * - Nulls: an empty field. The empty text is one too, but for `athena-opencsv`, where it is `""`.
 * - Units: moments are ISO 8601 in UTC with milliseconds, days `2019-05-18`, doubles what `String` makes of them.
 * - Memory: all encoders of a thread share 4 MiB, and more only while a batch holds a longer record, which may come to about a gigabyte; what
 *   it gives is the caller's.
 * - Errors: NOT_IN_CSV (author) for a column of structs or lists, BAD_COLUMN_NAME (author) for a name that a bare header would
 *   break, NO_SUCH_DIALECT (author), all when it is made; internal for a batch of other columns.
 * - Order: that of the rows.
 *
 * Values that a spreadsheet would take for a formula are left as they are: data stays true.
 *
 * @example
 * ```ts
 * const batch = tableFromArrays({ id: ['a', 'b,c'] }).batches[0]
 * const encoder = new CsvEncoder(batch.schema, { dialect: 'rfc4180' })
 * const text = new TextDecoder()
 * assert.equal(text.decode(encoder.header()) + text.decode(encoder.encode(batch)), 'id\r\na\r\n"b,c"\r\n')
 * ```
 */
export class CsvEncoder {
  /** Line breaks in texts that became blanks, in all batches so far. */
  readonly counts = { lineBreaksReplaced: 0 }
  readonly #names: readonly string[]
  readonly #rules: DialectRules

  constructor(schema: Schema, options: { readonly dialect: CsvDialect }) {
    this.#rules = rulesOf(options.dialect)
    this.#names = schema.fields.map((field) => field.name)
    for (const field of schema.fields) checkFieldType(field)
    for (const name of this.#names) checkName(name)
  }

  /** The names of the columns, never quoted. */
  header(): Uint8Array {
    return UTF8.encode(this.#names.join(',') + this.#rules.lineEnd)
  }

  /** The records of a batch. */
  encode(batch: RecordBatch): Uint8Array {
    this.#checkColumns(batch)
    const { bytes, lineBreaksReplaced } = encodeRecords(batch.data.children.map(columnOf), batch.numRows, this.#rules)
    this.counts.lineBreaksReplaced += lineBreaksReplaced
    return bytes
  }

  #checkColumns(batch: RecordBatch): void {
    const given = batch.schema.fields.map((field) => field.name)
    if (given.length === this.#names.length && given.every((name, column) => name === this.#names[column])) return
    throw internal(`a CSV of the columns ${this.#names.join(', ')} was given a batch of ${given.join(', ')}`)
  }
}

/** No dialect quotes its header, so that a name with a comma would be two. */
function checkName(name: string): void {
  if (!/[,"\\\r\n]/.test(name)) return
  throw authorError('BAD_COLUMN_NAME', `${JSON.stringify(name)} is no name for a CSV column`, {
    help: 'the header is not quoted, so a name holds no comma, quote, backslash or line break',
  })
}

const UTF8 = new TextEncoder()
