import { authorError } from '@fletching/columns/errors'
import type { Schema } from 'apache-arrow'
import { FletchingEncoder } from './fletching.ts'
import type { Compression, ParquetOptions, ParquetWriterName } from './options.ts'
import type { PageCodec } from './page-writer.ts'
import type { RowGroupEncoder } from './row-group.ts'
import { schemaNodes } from './schema-nodes.ts'

/**
 * Refuses what a writer cannot write, without loading it.
 *
 * - Errors: BAD_COLUMN_NAME, NOT_IN_PARQUET (author) for a schema that we do not write; NOT_SUPPORTED (author) for a compression, or structs
 *   and lists, that the writer has not.
 */
export function checkParquet(schema: Schema, { writer, compression }: ParquetOptions): void {
  const nested = schemaNodes(schema).find(({ kind }) => kind !== 'leaf')
  if (nested !== undefined && writer === 'parquetjs-lite') {
    throw authorError('NOT_SUPPORTED', 'parquetjs-lite cannot write structs or lists', {
      at: `column ${nested.label}`,
      help: 'leave --parquet-writer out: the default can',
    })
  }
  const compressions = COMPRESSIONS[writer]
  if (compressions.includes(compression)) return
  throw authorError('NOT_SUPPORTED', `${writer} cannot compress with ${compression}`, {
    help: `choose ${compressions.slice(0, -1).join(', ')} or ${compressions.at(-1)}, or the writer parquet-wasm`,
  })
}

/** The writer that is taken where none is named: ours, where it has the compression. */
export function defaultWriter(compression: Compression): ParquetWriterName {
  return COMPRESSIONS.fletching.includes(compression) ? 'fletching' : 'parquet-wasm'
}

/**
 * Opens the encoder of a writer; those of others are loaded only now.
 *
 * - Errors: those of `checkParquet`.
 */
export async function openRowGroupEncoder(schema: Schema, options: ParquetOptions): Promise<RowGroupEncoder> {
  checkParquet(schema, options)
  const { writer, compression } = options
  if (writer === 'fletching') return new FletchingEncoder(schema, compression as PageCodec)
  if (writer === 'parquetjs-lite') {
    const { ParquetJsEncoder } = await import('./parquetjs-lite.ts')
    return new ParquetJsEncoder(schema, compression as Exclude<Compression, 'zstd'>)
  }
  const { WasmEncoder } = await import('./parquet-wasm.ts')
  return new WasmEncoder(schema, compression)
}

const COMPRESSIONS: Readonly<Record<ParquetWriterName, readonly Compression[]>> = {
  fletching: ['snappy', 'none'],
  'parquet-wasm': ['snappy', 'zstd', 'gzip', 'none'],
  'parquetjs-lite': ['snappy', 'gzip', 'none'],
}
