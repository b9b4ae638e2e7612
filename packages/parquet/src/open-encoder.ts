import { authorError } from '@fletching/columns/errors'
import type { Schema } from 'apache-arrow'
import { FletchingEncoder } from './fletching.ts'
import type { ParquetOptions } from './options.ts'
import type { RowGroupEncoder } from './row-group.ts'
import { schemaElements } from './schema-elements.ts'

/**
 * Refuses what a writer cannot write, without loading it.
 *
 * - Errors: BAD_COLUMN_NAME, NOT_IN_PARQUET (author) for a schema that we do not write; NOT_SUPPORTED (author) for a compression that the
 *   writer has not.
 */
export function checkParquet(schema: Schema, { writer, compression }: ParquetOptions): void {
  schemaElements(schema)
  if (writer === 'parquetjs-lite' && compression === 'zstd') {
    throw authorError('NOT_SUPPORTED', 'parquetjs-lite cannot compress with zstd', {
      help: 'choose snappy, gzip or none, or the writer parquet-wasm',
    })
  }
}

/**
 * Opens the encoder of a writer; parquet-wasm and parquetjs-lite are loaded only now. Where ours has not the compression, it is parquet-wasm's.
 *
 * - Errors: those of `checkParquet`.
 */
export async function openRowGroupEncoder(schema: Schema, options: ParquetOptions): Promise<RowGroupEncoder> {
  checkParquet(schema, options)
  const { writer, compression } = options
  if (writer === 'fletching' && (compression === 'snappy' || compression === 'none')) {
    return new FletchingEncoder(schema, compression)
  }
  if (writer === 'parquetjs-lite' && compression !== 'zstd') {
    const { ParquetJsEncoder } = await import('./parquetjs-lite.ts')
    return new ParquetJsEncoder(schema, compression)
  }
  const { WasmEncoder } = await import('./parquet-wasm.ts')
  return new WasmEncoder(schema, compression)
}
