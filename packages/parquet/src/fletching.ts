import type { Data, Schema } from 'apache-arrow'
import type { ColumnChunk } from 'hyparquet'
import { checkSchema, noRows } from './check-batch.ts'
import { encodeColumn } from './encode-column.ts'
import { rowEntries } from './entries.ts'
import { leavesIn, rowCount } from './leaf-rows.ts'
import type { PageCodec } from './page-writer.ts'
import { openRanges, type Ranges } from './ranges.ts'
import type { BatchRows, RowGroup, RowGroupEncoder } from './row-group.ts'
import { type SchemaNode, schemaNodes } from './schema-nodes.ts'
import { closeWasmModule, openWasmModule } from './wasm-module.ts'

/**
 * Encodes in a module of our own, leaf by leaf, straight from Arrow's buffers.
 *
 * - Memory: all encoders of a thread share one module, which has room for a column, its codes and a page; what a large one needed is given
 *   back after the row group.
 */
export class FletchingEncoder implements RowGroupEncoder {
  readonly #schema: Schema
  readonly #nodes: readonly SchemaNode[]
  readonly #codec: PageCodec

  constructor(schema: Schema, codec: PageCodec) {
    this.#schema = schema
    this.#nodes = schemaNodes(schema)
    this.#codec = codec
  }

  async encode(rows: readonly BatchRows[]): Promise<RowGroup> {
    const parts = this.#partsOf(rows)
    const count = rowCount(parts)
    if (count === 0) throw noRows()
    const module = openWasmModule()
    const pieces: Uint8Array[] = []
    const columns: ColumnChunk[] = []
    let bytes = 0
    let uncompressedBytes = 0n
    try {
      const entries = rowEntries(count)
      for (const [index, node] of this.#nodes.entries()) {
        const chunks = parts.map(({ columns, ranges }) => ({ data: columns[index], ranges }))
        for (const leaf of leavesIn(module, node, chunks, entries)) {
          const column = encodeColumn(module, leaf, this.#codec, bytes)
          pieces.push(...column.pieces)
          columns.push({ file_offset: 0n, meta_data: column.meta })
          bytes += Number(column.meta.total_compressed_size)
          uncompressedBytes += column.meta.total_uncompressed_size
        }
      }
    } finally {
      if (module.memory.buffer.byteLength > MEMORY_BYTES_KEPT) closeWasmModule()
    }
    return {
      rows: count,
      bytes: joined(pieces, bytes),
      footer: {
        columns,
        total_byte_size: uncompressedBytes,
        num_rows: BigInt(count),
        file_offset: 0n,
        total_compressed_size: BigInt(bytes),
      },
    }
  }

  /** - Errors: internal for a batch of another schema, or ranges that are not rows of it. */
  #partsOf(rows: readonly BatchRows[]): Part[] {
    return rows.flatMap(({ batch, ranges: pairs }) => {
      checkSchema(this.#schema, batch)
      const ranges = openRanges(batch.numRows, pairs)
      return ranges === undefined ? [] : [{ columns: batch.data.children, ranges }]
    })
  }
}

/** Rows of a batch, of which there is one at least. */
interface Part {
  readonly columns: readonly Data[]
  readonly ranges: Ranges
}

function joined(pieces: readonly Uint8Array[], byteLength: number): Uint8Array {
  const bytes = new Uint8Array(byteLength)
  let at = 0
  for (const piece of pieces) {
    bytes.set(piece, at)
    at += piece.length
  }
  return bytes
}

/** Three times what a row group of the usual size needs. */
const MEMORY_BYTES_KEPT = 16 * 1024 * 1024
