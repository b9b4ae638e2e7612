import { authorError } from '@fletching/columns/errors'
import type { Schema } from 'apache-arrow'
import type { ParquetOptions } from './options.ts'
import type { RowGroupEncoder } from './row-group.ts'
import { schemaElements } from './schema-elements.ts'

/**
 * Opens the encoder of a writer, which is loaded only now.
 *
 * - Errors: BAD_COLUMN_NAME, NOT_IN_PARQUET (author) for a schema that we do not write; NOT_SUPPORTED (author) for a compression that the
 *   writer has not.
 */
export async function openRowGroupEncoder(schema: Schema, options: ParquetOptions): Promise<RowGroupEncoder> {
  schemaElements(schema)
  if (options.writer === 'parquet-wasm') {
    const { WasmEncoder } = await import('./parquet-wasm.ts')
    return new WasmEncoder(schema, options.compression)
  }
  if (options.compression === 'zstd') {
    throw authorError('NOT_SUPPORTED', 'parquetjs-lite cannot compress with zstd', {
      help: 'choose snappy, gzip or none, or the writer parquet-wasm',
    })
  }
  const { ParquetJsEncoder } = await import('./parquetjs-lite.ts')
  return new ParquetJsEncoder(schema, options.compression)
}
