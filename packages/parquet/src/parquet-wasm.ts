import { internal } from '@fletching/columns/errors'
import type { RecordBatch, Schema } from 'apache-arrow'
import * as parquet from 'parquet-wasm'
import { arrowStream } from './arrow-stream.ts'
import { oneBatch } from './check-batch.ts'
import { dictionaryColumns } from './dictionary-choice.ts'
import type { Compression } from './options.ts'
import type { BatchRows, RowGroup, RowGroupEncoder } from './row-group.ts'
import { type SchemaNode, schemaNodes } from './schema-nodes.ts'
import { splitFile } from './split-file.ts'

/**
 * Encodes with parquet-wasm, the Rust implementation. Each row group is written as a file of its own, synchronously, and held against
 * the rows that were given: its streams would swallow errors, end early and drop batches without a word.
 */
export class WasmEncoder implements RowGroupEncoder {
  readonly #schema: Schema
  readonly #compression: Compression
  readonly #nodes: readonly SchemaNode[]

  constructor(schema: Schema, compression: Compression) {
    this.#schema = schema
    this.#compression = compression
    this.#nodes = schemaNodes(schema)
  }

  async encode(rows: readonly BatchRows[]): Promise<RowGroup> {
    const batch = oneBatch(this.#schema, rows)
    return splitFile(this.#write(batch), this.#schema, batch.numRows)
  }

  #write(batch: RecordBatch): Uint8Array {
    try {
      const table = parquet.Table.fromIPCStream(arrowStream(this.#schema, batch))
      // Both are taken over by the call and freed with it.
      return parquet.writeParquet(table, this.#properties(batch))
    } catch (cause) {
      throw internal(`parquet-wasm failed: ${cause instanceof Error ? cause.message : String(cause)}`, { cause })
    }
  }

  #properties(batch: RecordBatch): parquet.WriterProperties {
    const dictionaries = dictionaryColumns(batch)
    let builder = new parquet.WriterPropertiesBuilder()
      .setCompression(CODECS[this.#compression])
      .setMaxRowGroupSize(batch.numRows)
      .setStatisticsEnabled(parquet.EnabledStatistics.Chunk)
      // Leaves of structs and lists cannot be named; where a dictionary of theirs gets too large, plain pages follow.
      .setDictionaryEnabled(this.#nodes.some(isNested))
    for (const node of this.#nodes) {
      if (node.kind !== 'leaf') continue
      builder = builder.setColumnDictionaryEnabled(node.name, dictionaries.has(node.name))
      if (!dictionaries.has(node.name) && node.element.type === 'BYTE_ARRAY') {
        builder = builder.setColumnEncoding(node.name, parquet.Encoding.PLAIN)
      }
    }
    return builder.build()
  }
}

function isNested({ kind }: SchemaNode): boolean {
  return kind !== 'leaf'
}

const CODECS: Readonly<Record<Compression, parquet.Compression>> = {
  snappy: parquet.Compression.SNAPPY,
  zstd: parquet.Compression.ZSTD,
  gzip: parquet.Compression.GZIP,
  none: parquet.Compression.UNCOMPRESSED,
}
