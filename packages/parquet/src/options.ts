/** Who encodes the pages. */
export type ParquetWriterName = 'fletching' | 'parquet-wasm' | 'parquetjs-lite'

/** How pages are compressed. */
export type Compression = 'snappy' | 'zstd' | 'gzip' | 'none'

export interface ParquetOptions {
  readonly writer: ParquetWriterName
  readonly compression: Compression
}
