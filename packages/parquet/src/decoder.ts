import { batchOf } from '@fletching/columns'
import { authorError, type FletchingError, internal } from '@fletching/columns/errors'
import { plural } from '@fletching/columns/plural'
import { Field, type RecordBatch, Schema } from 'apache-arrow'
import type { CompressionCodec } from 'hyparquet'
import { badParquet, reading } from './bad-parquet.ts'
import { readColumn } from './column-reader.ts'
import { type Decompress, openDecompress } from './decompress.ts'
import type { ParquetFooter, RowGroupPlace } from './footer.ts'
import { leavesOf } from './schema-elements.ts'
import { schemaNodes } from './schema-nodes.ts'

/**
 * Opens a decoder of a file whose footer has been read.
 *
 * - `schema`: that with which the footer was read.
 * - `columns`: those that batches have, in this order.
 * - Errors: BAD_PARQUET (environment) for pages in a compression that no writer of ours has; NOT_SUPPORTED (author) for a column of structs or
 *   lists, which may stand in the file beside those that are read.
 */
export async function openParquetDecoder(
  schema: Schema,
  columns: readonly string[],
  footer: ParquetFooter,
): Promise<ParquetDecoder> {
  const codecs = new Set(footer.groups.flatMap(({ chunks }) => chunks.map(({ codec }) => codec)))
  const opened = [...codecs].map(async (codec) => [codec, await openDecompress(codec)] as const)
  const nodes = schemaNodes(schema)
  const leaves = leavesOf(nodes)
  const read = columns.map((name): ReadColumn => {
    const index = nodes.findIndex((node) => node.name === name)
    if (index < 0) throw internal(`the file has no column ${name}`)
    const node = nodes[index]
    if (node.kind !== 'leaf') throw nested(name)
    return { chunk: leaves.indexOf(node), field: schema.fields[index] }
  })
  return new ParquetDecoder(read, footer, new Map(await Promise.all(opened)))
}

function nested(name: string): FletchingError {
  return authorError('NOT_SUPPORTED', 'a column of structs or lists is not read back from Parquet', {
    at: `column ${name}`,
    help: 'take a column of texts, numbers, truths, days or moments',
  })
}

/** A column that is read: the number of its chunk in a row group, and what the schema says of it. */
interface ReadColumn {
  readonly chunk: number
  readonly field: Field
}

/**
 * A file's bytes in, from the first to the last and in pieces of any length; a batch for each row group out.
 *
 * - Shape: texts come as a dictionary where the file holds them so, whatever the schema says.
 * - Memory: the bytes of one row group, and what they hold.
 * - Order: that of the file.
 * - Errors: BAD_PARQUET (environment) for bytes that are not those of which the footer speaks, as far as they show it: a changed digit in a
 *   number is another number.
 */
export class ParquetDecoder {
  readonly #columns: readonly ReadColumn[]
  readonly #footer: ParquetFooter
  readonly #decompress: ReadonlyMap<CompressionCodec, Decompress>
  /** The number of the row group whose bytes come next. */
  #group = 0
  /** Those of its bytes that have come stand at its start. */
  #held: Uint8Array = NO_BYTES
  /** Bytes that have come. */
  #at = 0

  constructor(
    columns: readonly ReadColumn[],
    footer: ParquetFooter,
    decompress: ReadonlyMap<CompressionCodec, Decompress>,
  ) {
    this.#columns = columns
    this.#footer = footer
    this.#decompress = decompress
  }

  /** Takes more bytes, and gives the row groups that end in them. */
  push(bytes: Uint8Array): RecordBatch[] {
    const batches: RecordBatch[] = []
    const from = this.#at
    this.#at += bytes.length
    for (; this.#group < this.#footer.groups.length; this.#group++) {
      const group = this.#footer.groups[this.#group]
      const { start, end } = boundsOf(group)
      if (this.#at <= start) break
      if (this.#held === NO_BYTES) this.#held = new Uint8Array(end - start)
      const first = Math.max(start, from)
      this.#held.set(bytes.subarray(first - from, end - from), first - start)
      if (this.#at < end) break
      const held = this.#held
      this.#held = NO_BYTES
      batches.push(this.#decode(group, held, start))
    }
    return batches
  }

  /** Says that no more bytes come. */
  flush(): void {
    const { length } = this.#footer.groups
    if (this.#group < length)
      throw badParquet(`it is cut: ${this.#group} of its ${length} ${plural(length, 'row group')} came whole`)
  }

  /** - `bytes`: of the file, from `start` on. */
  #decode({ rows, chunks }: RowGroupPlace, bytes: Uint8Array, start: number): RecordBatch {
    const children = this.#columns.map(({ chunk: number, field }) => {
      const chunk = chunks[number]
      const decompress = this.#decompress.get(chunk.codec)
      if (decompress === undefined) throw internal(`nothing was opened for ${chunk.codec}`)
      return reading(`column ${field.name}`, () =>
        readColumn(field, bytes.subarray(chunk.start - start, chunk.end - start), rows, decompress),
      )
    })
    const fields = this.#columns.map(({ field }, index) => new Field(field.name, children[index].type, field.nullable))
    return batchOf(new Schema(fields), rows, children)
  }
}

function boundsOf({ chunks }: RowGroupPlace): { readonly start: number; readonly end: number } {
  return { start: chunks[0].start, end: chunks[chunks.length - 1].end }
}

const NO_BYTES = new Uint8Array()
