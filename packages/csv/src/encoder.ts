import { internal } from '@fletching/columns/errors'
import type { RecordBatch, Schema } from 'apache-arrow'
import { ByteSink } from './byte-sink.ts'
import { type CsvDialect, DIALECTS, type DialectRules } from './dialect.ts'
import { openFieldWriter } from './field-writer.ts'

/**
 * Record batches in, CSV bytes out, straight from the batches' buffers.
 *
 * - Shape: one record for each row; fields in the order of the schema.
 * - Nulls: an empty field. The empty text is one too, but for `athena-opencsv`, where it is `""`.
 * - Errors: NOT_IN_CSV (author) for a column of structs or lists.
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
  readonly counts = { lineBreaksReplaced: 0 }
  readonly #schema: Schema
  readonly #rules: DialectRules
  readonly #sink = new ByteSink()

  constructor(schema: Schema, options: { readonly dialect: CsvDialect }) {
    this.#schema = schema
    this.#rules = DIALECTS[options.dialect]
  }

  /** The names of the columns, never quoted. */
  header(): Uint8Array {
    const names = this.#schema.fields.map((field) => field.name)
    return UTF8.encode(names.join(',') + this.#rules.lineEnd)
  }

  /** The records of a batch. */
  encode(batch: RecordBatch): Uint8Array {
    const { fields } = this.#schema
    if (batch.data.children.length !== fields.length) {
      throw internal(`the CSV has ${fields.length} columns, but a batch came with ${batch.data.children.length}`)
    }
    const sink = this.#sink
    const context = { sink, rules: this.#rules, folded: (count: number) => this.#folded(count) }
    const writers = fields.map((field, column) => openFieldWriter(field, batch.data.children[column], context))
    const endsInCrlf = this.#rules.lineEnd === '\r\n'
    for (let row = 0; row < batch.numRows; row++) {
      for (let column = 0; column < writers.length; column++) {
        if (column > 0) {
          sink.reserve(1)
          sink.bytes[sink.length++] = COMMA
        }
        writers[column](row)
      }
      sink.reserve(2)
      if (endsInCrlf) sink.bytes[sink.length++] = CR
      sink.bytes[sink.length++] = LF
    }
    return sink.take()
  }

  #folded(count: number): void {
    this.counts.lineBreaksReplaced += count
  }
}

const UTF8 = new TextEncoder()
const LF = 0x0a
const CR = 0x0d
const COMMA = 0x2c
