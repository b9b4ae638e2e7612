import type { RecordBatch, Schema } from 'apache-arrow'
import type { ColumnChunk } from 'hyparquet'
import { checkBatch } from './check-batch.ts'
import { encodeColumn } from './encode-column.ts'
import { rowEntries } from './entries.ts'
import { leavesIn } from './leaf-data.ts'
import type { PageCodec } from './page-writer.ts'
import type { RowGroup, RowGroupEncoder } from './row-group.ts'
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

  async encode(batch: RecordBatch): Promise<RowGroup> {
    checkBatch(this.#schema, batch)
    const module = openWasmModule()
    const pieces: Uint8Array[] = []
    const columns: ColumnChunk[] = []
    let bytes = 0
    let uncompressedBytes = 0n
    try {
      const rows = rowEntries(batch.numRows)
      for (const [index, node] of this.#nodes.entries()) {
        for (const leaf of leavesIn(node, batch.data.children[index], rows)) {
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
      rows: batch.numRows,
      bytes: joined(pieces, bytes),
      footer: {
        columns,
        total_byte_size: uncompressedBytes,
        num_rows: BigInt(batch.numRows),
        file_offset: 0n,
        total_compressed_size: BigInt(bytes),
      },
    }
  }
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
